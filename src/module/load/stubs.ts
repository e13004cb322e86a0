// What a foreign module gets for its imports: nothing of this machine. Functions that a C library
// cannot do without (growing memory, copying, telling that it gives up) do what they ought to
// within the module's own memory; all others return nothing, and leave a note that they were
// called.
import { visibleName } from "../../base/visible.ts";
import { PAGE_BYTES } from "../../wasm/cap.ts";
import type { Entity, FunctionType, GlobalType, Import, TableType } from "../../wasm/entity.ts";
import { NO_LIMIT } from "../../wasm/growth.ts";
import type { ForeignPlan, MemoryPlan } from "./plan.ts";

/** The module gave up by itself: it called abort, an assertion's failure, exit. */
export class GuestAbort extends Error {
  override readonly name = "GuestAbort";
}

export interface StubCall {
  count: number;
  /** What the call was taken for, where its name did not say. */
  takenFor: string | undefined;
}

/** A number as WebAssembly hands it over. */
type Value = number | bigint;
type Stub = (...args: Value[]) => unknown;

const GIVES_UP =
  /abort|assert|proc_exit|^_*exit$|throw|panic|unreachable|trap|segfault|alignfault|^_*die$/i;

export class Stubs {
  /** By import; those before the module was ready are not counted. */
  readonly #calls: Map<string, StubCall>;
  /** Names such as __proto__ are names. */
  readonly imports: WebAssembly.Imports = Object.create(null);
  readonly #plan: ForeignPlan;
  #memory: WebAssembly.Memory | undefined;
  /** The memory that was made for the instance, and the one that is left of another. */
  #imported: WebAssembly.Memory | undefined;
  readonly #spare: WebAssembly.Memory | undefined;
  #break = 0;
  /** Set when constructors have run. */
  isReady = false;
  /** Pages that memory may grow to. */
  pagesLimit = NO_LIMIT;
  /** Memory grows by so many pages at a time, as long as there are so many. */
  pagesAtATime = 1;

  /** Calls of all instances of a module go into one list. `before`: of an instance that ended. */
  constructor(plan: ForeignPlan, calls: Map<string, StubCall>, before?: Stubs) {
    this.#plan = plan;
    this.#spare = before === undefined ? undefined : before.#imported;
    this.#calls = calls;
    for (const one of plan.imports) this.#place(one);
  }

  /** The memory that blocks lie in, once it is known. */
  get memory(): WebAssembly.Memory | undefined {
    return this.#memory;
  }

  set memory(memory: WebAssembly.Memory | undefined) {
    this.#memory = memory;
    this.#break = memory?.buffer.byteLength ?? 0;
  }

  #place({ module, name, entity }: Import): void {
    this.imports[module] ??= Object.create(null) as WebAssembly.ModuleImports;
    this.imports[module][name] = this.#valueFor(module, name, entity);
  }

  #valueFor(module: string, name: string, entity: Entity): WebAssembly.ImportValue {
    switch (entity.kind) {
      case "function":
        return this.#counted(`${module}.${name}`, this.#stubFor(this.#fullName(name), entity.type));
      case "memory":
        this.#imported = memoryAnew(this.#plan.memory, this.#spare);
        this.memory = this.#imported;
        return this.#imported;
      case "table":
        return newTable(entity.table);
      case "global":
        return newGlobal(entity.global, globalNamed(this.#plan, name));
      case "tag":
        return newTag(entity.type);
    }
  }

  #fullName(name: string): string {
    const { importNames } = this.#plan;
    return Object.hasOwn(importNames, name) ? importNames[name] : name;
  }

  #counted(name: string, stub: Stub): Stub {
    const call: StubCall = this.#calls.get(name) ?? { count: 0, takenFor: undefined };
    return (...args) => {
      if (this.isReady) {
        call.count++;
        this.#calls.set(name, call);
      }
      return stub.apply(call, args);
    };
  }

  #stubFor(name: string, type: FunctionType): Stub {
    const plain = name.replace(/^_+/, "");
    const known = Object.hasOwn(KNOWN, plain) ? KNOWN[plain] : undefined;
    if (known !== undefined && type.params.every((param) => param === "i32")) {
      return (...args) => known(this, args.map(Number));
    }
    if (GIVES_UP.test(name)) {
      return () => {
        throw new GuestAbort(visibleName(name));
      };
    }
    return this.#unknownStub(type);
  }

  /** Shortened names: growing and copying are told by what they are asked for. */
  #unknownStub({ params, results }: FunctionType): Stub {
    const nothing = nothingOf(results);
    const stubs = this;
    const shape = params.join();
    if (shape === "i32" && results.join() === "i32") {
      return function (this: StubCall, wanted) {
        if (!stubs.isReady || !stubs.#isRequestForMore(Number(wanted) >>> 0)) return nothing;
        this.takenFor = "growing memory";
        return stubs.growTo(Number(wanted) >>> 0);
      };
    }
    if (shape === "i32,i32,i32") {
      return function (this: StubCall, to, from, length) {
        if (!stubs.isReady || !stubs.#isCopy(Number(length) >>> 0)) return nothing;
        this.takenFor = "copying memory";
        return stubs.copy(Number(to) >>> 0, Number(from) >>> 0, Number(length) >>> 0);
      };
    }
    return () => nothing;
  }

  #isRequestForMore(bytes: number): boolean {
    return bytes > (this.#memory?.buffer.byteLength ?? Number.POSITIVE_INFINITY);
  }

  /** Compilers leave copies to their glue from 512 bytes on. */
  #isCopy(length: number): boolean {
    return length >= 512;
  }

  /** 1 if memory has so many bytes now, else 0. */
  growTo(bytes: number): number {
    const memory = this.#memory;
    if (memory === undefined) return 0;
    const pages = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
    if (pages > 0 && bytes > this.pagesLimit * PAGE_BYTES) return 0;
    if (pages <= 0 || grow(memory, Math.max(pages, this.pagesAtATime))) return 1;
    return grow(memory, pages) ? 1 : 0;
  }

  /** The address where the new room begins, -1 if there is none. */
  moveBreak(bytes: number): number {
    const before = this.#break;
    if (before + bytes < 0 || this.growTo(before + bytes) === 0) return -1;
    this.#break += bytes;
    return before;
  }

  copy(to: number, from: number, length: number): number {
    const bytes = this.bytes();
    if (to + length <= bytes.length && from + length <= bytes.length) {
      bytes.copyWithin(to, from, from + length);
    }
    return to;
  }

  fill(to: number, value: number, length: number): number {
    this.bytes().fill(value, to, to + length);
    return to;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#memory?.buffer ?? new ArrayBuffer(0));
  }

  /** Stores a word, if there is such a place. */
  store(at: number, value: number): void {
    const bytes = this.bytes();
    if (at + 4 <= bytes.length) new DataView(bytes.buffer).setUint32(at, value, true);
  }

  load(at: number): number {
    const bytes = this.bytes();
    return at + 4 <= bytes.length ? new DataView(bytes.buffer).getUint32(at, true) : 0;
  }

  get pagesMax(): number {
    return this.#plan.memory.maximum;
  }
}

function grow(memory: WebAssembly.Memory, pages: number): boolean {
  try {
    memory.grow(pages);
    return true;
  } catch {
    return false;
  }
}

type Known = (stubs: Stubs, args: readonly number[]) => number;

/** What is known by its name; arguments are 32-bit words. */
const KNOWN: Readonly<Record<string, Known>> = {
  emscripten_resize_heap: (stubs, [bytes]) => stubs.growTo(bytes >>> 0),
  emscripten_get_heap_size: (stubs) => stubs.bytes().length,
  getTotalMemory: (stubs) => stubs.bytes().length,
  emscripten_get_heap_max: (stubs) => stubs.pagesMax * PAGE_BYTES,
  sbrk: (stubs, [bytes]) => stubs.moveBreak(bytes | 0),
  memcpy: copyStub,
  memmove: copyStub,
  emscripten_memcpy_big: copyStub,
  emscripten_memcpy_js: copyStub,
  memset: (stubs, [to, value, length]) => stubs.fill(to >>> 0, value, length >>> 0),
  fd_write: writeStub,
  environ_sizes_get: zeroStub,
  args_sizes_get: zeroStub,
};

function copyStub(stubs: Stubs, [to, from, length]: readonly number[]): number {
  return stubs.copy(to >>> 0, from >>> 0, length >>> 0);
}

/** Everything was written: a caller that hears of less tries again for ever. */
function writeStub(stubs: Stubs, [, vectors, count, written]: readonly number[]): number {
  let length = 0;
  for (let i = 0; i < Math.min(count, 1024); i++) length += stubs.load(vectors + 8 * i + 4);
  stubs.store(written, length);
  return 0;
}

/** There is nothing: neither entries nor bytes of them. */
function zeroStub(stubs: Stubs, [entries, bytes]: readonly number[]): number {
  stubs.store(entries, 0);
  stubs.store(bytes, 0);
  return 0;
}

function globalNamed({ globals }: ForeignPlan, name: string): number {
  return Object.hasOwn(globals, name) ? globals[name] : 0;
}

function nothingOf(results: FunctionType["results"]): unknown {
  const values = results.map((type) => {
    if (type === "ref") return null;
    return type === "i64" ? 0n : 0;
  });
  return values.length > 1 ? values : values[0];
}

/** Zeroes are cheap up to here, and give no work to the collector of garbage as a memory does. */
const CLEARED_MAX = 32 << 20;

/** A memory as it is at the very beginning: the one that is left, if it has not grown, or new. */
function memoryAnew(plan: MemoryPlan, spare: WebAssembly.Memory | undefined): WebAssembly.Memory {
  const bytes = plan.initial * PAGE_BYTES;
  if (spare === undefined || spare.buffer.byteLength !== bytes || bytes > CLEARED_MAX) {
    return newMemory(plan);
  }
  new Uint8Array(spare.buffer).fill(0);
  return spare;
}

function newMemory({ initial, maximum, isShared }: MemoryPlan): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial, maximum, shared: isShared });
}

/** A module that can be linked with others needs room for their functions, too. */
const TABLE_ROOM = 4096;

function newTable({ initial, maximum, element }: TableType): WebAssembly.Table {
  const roomy = Math.min(initial + TABLE_ROOM, maximum ?? Number.POSITIVE_INFINITY);
  return new WebAssembly.Table({ initial: roomy, maximum, element });
}

function newGlobal({ value, isMutable }: GlobalType, number: number): WebAssembly.Global {
  const isLong = value === "i64";
  const type = value === "ref" ? "externref" : value;
  const content = value === "ref" ? null : isLong ? BigInt(number) : number;
  const descriptor = { value: type as "i32", mutable: isMutable };
  return new WebAssembly.Global(descriptor, content as number);
}

/** Tags are newer than the types that TypeScript knows of WebAssembly. */
function newTag({ params }: FunctionType): WebAssembly.ImportValue {
  const { Tag } = WebAssembly as unknown as {
    Tag: new (type: { parameters: readonly string[] }) => WebAssembly.ImportValue;
  };
  return new Tag({ parameters: params.map((type) => (type === "ref" ? "externref" : type)) });
}
