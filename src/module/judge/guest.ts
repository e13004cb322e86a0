// An allocator in a module, ready to be called: instances of it, each with a memory as it was at
// the very beginning, and one way to call them all.
import { visibleName } from "../../base/visible.ts";
import { FUEL, FUEL_FULL } from "../../wasm/fuel.ts";
import { NO_LIMIT, PAGES_LIMIT } from "../../wasm/growth.ts";
import { type StoreListener, WATCH_MODULE, watchImports } from "../../wasm/toolchain.ts";
import type { Argument, Binding, Bound } from "../load/binding.ts";
import type { ForeignPlan } from "../load/plan.ts";
import { type StubCall, Stubs } from "../load/stubs.ts";
import type { Heap } from "./heap.ts";

type Raw = (...args: number[]) => number;

/** A function of the guest's, called with everything that any convention may want to know. */
type Call = (pointer: number, oldSize: number, size: number, align: number) => number;

const AHEAD_PAGES = 64;
const NO_BYTES = new Uint8Array(0);

export class Guest implements Heap {
  readonly plan: ForeignPlan;
  readonly #module: WebAssembly.Module;
  /** Imports that were called since an instance was ready, in all instances. */
  readonly stubCalls = new Map<string, StubCall>();
  #stubs: Stubs;
  #memory: WebAssembly.Memory | undefined;
  #alloc: Call = never;
  #free: Call = never;
  #realloc: Call = never;
  #calloc: Call = never;
  #aligned: Call | undefined;
  /** A word of the heap's own where posix_memalign puts its pointers. */
  #place = 0;
  #pin: Raw | undefined;
  #collect: Raw | undefined;
  bytes = NO_BYTES;
  words = new Uint32Array(0);
  readonly #isShared: boolean;
  #fuel: WebAssembly.Global | undefined;
  #pagesLimit: WebAssembly.Global | undefined;
  /** Turns of loops between two refills. */
  fuelFull: number;
  #filled = 0;
  /** Units that were used up between refills, in all instances. */
  turns = 0;
  /** What the instance exports; counters, if the module was given some. */
  exports: WebAssembly.Exports = {};
  onStore: StoreListener | undefined;
  /** Constructors that trapped, if any did: the instance goes on without them. */
  failedInit: string | undefined;

  constructor(module: WebAssembly.Module, plan: ForeignPlan) {
    this.#module = module;
    this.plan = plan;
    this.fuelFull = plan.fuel ?? FUEL_FULL;
    this.#stubs = new Stubs(plan, this.stubCalls);
    this.#isShared = plan.memory.isShared;
  }

  /** The same module, called in another way. */
  calledBy(binding: Binding): Guest {
    return new Guest(this.#module, { ...this.plan, binding });
  }

  restart(): void {
    let exports = this.#instantiate();
    const failed = this.failedInit === undefined ? this.#initialise(exports) : undefined;
    if (failed !== undefined) {
      this.failedInit = failed;
      exports = this.#instantiate();
    }
    this.exports = exports;
    this.#bind(exports);
    this.refuel();
    this.#stubs.isReady = true;
    this.#memory = this.#stubs.memory;
    this.#refresh();
    if (this.plan.binding.aligned?.args[0] === "place") this.#place = this.#alloc(0, 0, 16, 16);
  }

  #instantiate(): WebAssembly.Exports {
    this.#stubs = new Stubs(this.plan, this.stubCalls, this.#stubs);
    const { exports } = new WebAssembly.Instance(this.#module, this.#imports());
    const { exported } = this.plan.memory;
    this.#fuel = exports[FUEL] as WebAssembly.Global | undefined;
    this.#filled = this.#fuel?.value ?? 0;
    this.#pagesLimit = exports[PAGES_LIMIT] as WebAssembly.Global | undefined;
    this.refuel();
    if (exported !== undefined) this.#stubs.memory = exports[exported] as WebAssembly.Memory;
    const { firstWord } = this.plan;
    if (firstWord !== undefined) this.#stubs.store(firstWord.at, firstWord.value);
    return exports;
  }

  #imports(): WebAssembly.Imports {
    const { imports } = this.#stubs;
    if (!this.plan.isWatched) return imports;
    const watch = watchImports((address, bytes) => this.onStore?.(address, bytes));
    return { ...imports, [WATCH_MODULE]: { ...imports[WATCH_MODULE], ...watch } };
  }

  #initialise(exports: WebAssembly.Exports): string | undefined {
    for (const name of this.plan.binding.init) {
      try {
        (exports[name] as Raw)();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return `${visibleName(name)}: ${visibleName(why)}`;
      }
    }
    return undefined;
  }

  #bind(exports: WebAssembly.Exports): void {
    const { binding } = this.plan;
    const call = (bound: Bound | undefined): Call =>
      bound === undefined ? never : callOf(exports[bound.name] as Raw, bound.args);
    this.#alloc = call(binding.alloc);
    this.#free = binding.free === undefined ? nothing : call(binding.free);
    this.#realloc = call(binding.realloc);
    this.#calloc = call(binding.calloc);
    this.#aligned = binding.aligned && call(binding.aligned);
    this.#place = 0;
    this.#pin = binding.pin && (exports[binding.pin.name] as Raw);
    this.#collect = binding.collect && (exports[binding.collect.name] as Raw);
  }

  get pages(): number {
    this.look();
    return this.bytes.length >>> 16;
  }

  look(): Uint8Array {
    if (this.bytes.length === 0 || this.#isShared) this.#refresh();
    return this.bytes;
  }

  #refresh(): void {
    const buffer = this.#memory?.buffer;
    if (buffer === undefined || this.bytes.buffer === buffer) return;
    this.bytes = new Uint8Array(buffer) as typeof NO_BYTES;
    this.words = new Uint32Array(buffer) as Uint32Array<ArrayBuffer>;
  }

  refuel(): void {
    if (this.#fuel === undefined) return;
    this.turns += this.#filled - this.#fuel.value;
    this.#filled = this.fuelFull;
    this.#fuel.value = this.fuelFull;
  }

  get isOutOfFuel(): boolean {
    return this.#fuel?.value === 0;
  }

  get canLimitGrowth(): boolean {
    return this.#pagesLimit !== undefined;
  }

  get pagesLimit(): number {
    return Math.min(this.#stubs.pagesLimit, this.plan.memory.maximum);
  }

  limitGrowth(pages = NO_LIMIT): void {
    this.#stubs.pagesLimit = pages;
    if (this.#pagesLimit !== undefined) this.#pagesLimit.value = pages;
  }

  /**
   * Lets memory grow by more than the module asks its host for, as long as there is more: each time
   * costs a fraction of a millisecond, and one that takes all there is asks a thousand times.
   */
  growAhead(): void {
    this.#stubs.pagesAtATime = AHEAD_PAGES;
  }

  alloc(size: number, align: number): number {
    const isPlain = this.#aligned === undefined || align <= this.plan.binding.alignment;
    const pointer = isPlain ? this.#alloc(0, 0, size, align) : this.#allocWhole(size, align);
    if (this.#pin !== undefined && pointer !== 0) this.#pin(pointer);
    return pointer;
  }

  /** The size is a multiple of the alignment, as C11 asks for, unless that is none of 32 bits. */
  #allocWhole(size: number, align: number): number {
    const whole = Math.ceil(size / align) * align;
    return this.allocAligned(whole > SIZE_MAX ? size : whole, align);
  }

  /** By the function for aligned blocks, as it is. */
  allocAligned(size: number, align: number): number {
    const isPlaced = this.plan.binding.aligned?.args[0] === "place";
    return isPlaced ? this.#allocPlaced(size, align) : this.#aligned!(0, 0, size, align);
  }

  /** The convention of POSIX; an error number says no. */
  #allocPlaced(size: number, align: number): number {
    if (this.#place === 0) return 0;
    const problem = this.#aligned!(this.#place, 0, size, Math.max(align, 4));
    if (problem !== 0) return 0;
    const view = new DataView(this.look().buffer);
    return view.getUint32(this.#place, true);
  }

  zalloc(count: number, size: number): number {
    return this.#calloc(0, count, size, 0);
  }

  realloc(pointer: number, oldSize: number, size: number, align: number): number {
    return this.#realloc(pointer, oldSize, size, align);
  }

  free(pointer: number, size: number, align: number): void {
    this.#free(pointer, size, size, align);
  }

  collect(): void {
    this.#collect?.();
  }
}

function never(): number {
  throw new TypeError("the module has no such function");
}

function nothing(): number {
  return 0;
}

const SIZE_MAX = 0xffffffff;

/** Class 1 of AssemblyScript holds bytes and no pointers, in all its versions. */
const CLASS_OF_BYTES = 1;

/** Orders arguments as a function wants them. A function for each order: calls stay direct. */
function callOf(raw: Raw, args: readonly Argument[]): Call {
  switch (args.join()) {
    case "size":
      return (_pointer, _old, size) => raw(size) >>> 0;
    case "size,align":
      return (_pointer, _old, size, align) => raw(size, align) >>> 0;
    case "place,align,size":
      return (place, _old, size, align) => raw(place, align, size) >>> 0;
    case "align,size":
      return (_pointer, _old, size, align) => raw(align, size) >>> 0;
    case "size,class":
      return (_pointer, _old, size) => raw(size, CLASS_OF_BYTES) >>> 0;
    case "count,size":
      return (_pointer, count, size) => raw(count, size) >>> 0;
    case "pointer":
      return (pointer) => raw(pointer) >>> 0;
    case "pointer,size":
      return (pointer, _old, size) => raw(pointer, size) >>> 0;
    case "pointer,size,align":
      return (pointer, _old, size, align) => raw(pointer, size, align) >>> 0;
    case "pointer,old-size,size":
      return (pointer, old, size) => raw(pointer, old, size) >>> 0;
    case "pointer,old-size,size,align":
      return (pointer, old, size, align) => raw(pointer, old, size, align) >>> 0;
    default:
      return never;
  }
}
