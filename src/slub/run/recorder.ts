// What the recordings' kernel driver says about an operation: its result in the words of the script
// language. The core has run the operation; this looks at what it left behind, and answers the
// operations that only look (state, list, sym, cmp, geometry ...) by itself.
import { Letter, NO_CACHE_INDEX, Op, Status } from "../../abi.ts";
import { readU64 } from "../../base/bytes.ts";
import { hexOfBytes } from "../../base/hex.ts";
import { measureCache } from "../core/geometry.ts";
import { SlabHeap } from "../core/heap.ts";
import { type CacheFields, readCache } from "../core/kmem_cache.ts";
import { readLong } from "../core/memory.ts";
import { readSheaf } from "../core/sheaf.ts";
import { slabOf } from "../core/struct_page.ts";
import type { Address } from "../program/address.ts";
import type { ProgramImage } from "../program/image.ts";
import { bootCacheNames, KMALLOC_SIZES, secondKmallocNames } from "../program/kmalloc.ts";
import { GLOB_SIZE, type Machine } from "../program/machine.ts";
import type { OpWithResult, ProgramOp } from "../program/op.ts";
import { OPERATIONS, type ResultKind } from "../program/operations.ts";
import { geometryText, infoText } from "./info_text.ts";
import { type KnownCache, Ledger, type TrackedSlab } from "./ledger.ts";
import { Listing } from "./listing.ts";
import { Places } from "./places.ts";
import { joined, type ResultText } from "./result_text.ts";
import type { NamedRange } from "./symbols.ts";

/** kmalloc's answer to a request of no bytes. */
const ZERO_SIZE_PTR = 16n;
/** Steps that `listwalk` takes at most. */
const WALK_STEPS = 16;
const POINTER_BYTES = 8;
const ENOMEM = 12;
/** Kinds of results of operations that yield a pointer. */
const YIELD_POINTER: ReadonlySet<ResultKind> = new Set([
  "allocated",
  "kmalloced",
  "kreallocated",
  "loaded pointer",
  "pointer",
  "symbol",
]);

/** How results read: a function for each kind. */
type Results = { readonly [Kind in ResultKind]: (op: OpWithResult<Kind>) => ResultText };

/** What a kernel log says about caches. */
export interface CacheLookup {
  nameOf(index: number): string;
  fieldsOf(index: number): CacheFields;
}

export class Recorder implements CacheLookup {
  readonly #heap: SlabHeap;
  readonly #machine: Machine;
  readonly #ledger: Ledger;
  readonly #places: Places;
  readonly #listing: Listing;
  readonly #slots: ReadonlyMap<string, number>;
  readonly #ranges: NamedRange[];
  /** Names of all kmem_caches there are, by index, whether the script knows them or not. */
  readonly #cacheNames: string[];
  /** The operation at hand. */
  #index = 0;

  readonly #results: Results = {
    created: (op) => this.#created(op.name),
    returned: () => `ret=${this.#signedValue}${this.#ledger.sweep()}`,
    validated: () => `slabs=${this.#signedValue}${this.#ledger.sweep()}`,
    destroyed: (op) => this.#destroyed(op.name),
    geometry: (op) => this.#withCache(op.name, (known) => this.#geometry(known)),
    allocated: (op) => [this.#locations(op.name, [this.#value]), this.#ledger.sweep()],
    "all allocated": (op) => this.#locations(op.name, this.#extraPointers()),
    "bulk allocated": (op) => [
      `ret=${this.#aux} `,
      this.#locations(op.name, this.#extraPointers()),
    ],
    freed: () => `ok${this.#ledger.sweep()}`,
    "bulk freed": () => `ok n=${this.#aux}${this.#ledger.sweep()}`,
    "sheaf got": () => this.#sheaf(this.#value),
    "sheaf refilled": () => this.#refilled(),
    "CPU moved": () => `ret=0${this.#ledger.sweep()}`,
    kmalloced: () => this.#kmalloced(),
    kreallocated: () => this.#kreallocated(),
    number: () => `${this.#value}`,
    written: () => (this.#status === Status.FAULT ? "FAULT" : "ok"),
    bytes: () => this.#readBytes(),
    "loaded pointer": () =>
      this.#status === Status.FAULT ? "FAULT" : this.#places.symbol(this.#value),
    pointer: () => this.#places.symbol(this.#value),
    region: ({ slot, address, size }) => {
      this.#ranges.unshift({ name: slot, base: address, size: BigInt(size) });
      return "ok";
    },
    links: () => this.#linked(),
    walk: (op) => this.#walk(this.#pointer(op.target)),
    ok: () => "ok",
    equality: (op) => (this.#pointer(op.target) === this.#pointer(op.other) ? "equal" : "differ"),
    symbol: (op) => this.#places.symbol(this.#pointer(op.target)),
    state: (op) => this.#withCache(op.name, (known) => this.#listing.text(known, false)),
    lists: (op) => this.#withCache(op.name, (known) => this.#listing.text(known, true)),
    measured: (op) => this.#measured(op),
    "object's geometry": (op) => this.#kgeometry(this.#pointer(op.target)),
    "object's state": (op) => this.#kstate(this.#pointer(op.target)),
    "object's slabs": () => (this.#aux === 0 ? "" : `slabs=${this.#signedValue}`),
    machine: () => infoText(this.#machine),
  };

  constructor(heap: SlabHeap, image: ProgramImage) {
    const { machine } = heap;
    this.#heap = heap;
    this.#machine = machine;
    this.#ledger = new Ledger(heap);
    this.#ranges = [
      { name: "glob", base: machine.glob, size: BigInt(GLOB_SIZE) },
      { name: "vglob", base: machine.vglob, size: BigInt(GLOB_SIZE) },
    ];
    this.#places = new Places(heap, this.#ledger, () => this.#ranges);
    this.#listing = new Listing(heap, this.#ledger, this.#places);
    this.#slots = new Map(image.slotNames.map((name, slot) => [name, slot]));
    this.#cacheNames = [...bootCacheNames(machine.profile)];
  }

  /** Memory that has a name, the youngest first: regions of the script so far, glob, vglob. */
  get ranges(): readonly NamedRange[] {
    return this.#ranges;
  }

  /** Slabs that got their number since the last time. */
  takeAdded(): readonly TrackedSlab[] {
    return this.#ledger.takeAdded();
  }

  /** Numbered slabs that were given back since the last time. */
  takeGone(): readonly TrackedSlab[] {
    return this.#ledger.takeGone();
  }

  /** The name of a kmem_cache. */
  nameOf(index: number): string {
    if (index === NO_CACHE_INDEX) return "<unknown>";
    return this.#cacheNames[index] ?? "<unknown>";
  }

  /** The figures of a kmem_cache. */
  fieldsOf(index: number): CacheFields {
    return readCache(this.#heap, index);
  }

  /** The result of operation `index`, which the core has just run. */
  record(op: ProgramOp, index: number): ResultText {
    this.#index = index;
    switch (this.#status) {
      case Status.CRASH:
        return "CRASH (no return)";
      case Status.HANG:
        return "HANG (never returns)";
      case Status.NO_CACHE:
        return noCacheText(op);
      case Status.LIMIT:
        return "ERR limit";
      default:
        return this.#resultOf(op);
    }
  }

  /**
   * Without the annotation the compiler intersects the parameters of all entries, which takes it
   * longer than the rest of the sources.
   */
  #resultOf(op: ProgramOp): ResultText {
    const text: (op: never) => ResultText = this.#results[kindOf(op)];
    return text(op as never);
  }

  /** The pointer that the operation just recorded yielded. */
  pointerOf(op: ProgramOp): bigint | undefined {
    const ended = this.#status === Status.OK || this.#status === Status.PAGES;
    if (!ended || !YIELD_POINTER.has(kindOf(op))) return undefined;
    return op.op === "sym" ? this.#pointer(op.target) : this.#value;
  }

  get #status(): Status {
    return this.#heap.result(this.#index).status;
  }

  get #aux(): number {
    return this.#heap.result(this.#index).aux;
  }

  get #value(): bigint {
    return this.#heap.value(this.#index);
  }

  get #signedValue(): bigint {
    return BigInt.asIntN(64, this.#value);
  }

  /** Where in the extra results this operation's bytes begin. */
  get #position(): number {
    return Number(this.#value);
  }

  #pointer(target: Address): bigint {
    const slot = this.#slots.get(target.slot) ?? 0;
    return BigInt.asUintN(64, this.#heap.slot(slot) + BigInt(target.offset));
  }

  #withCache(name: string, text: (known: KnownCache) => ResultText): ResultText {
    const known = this.#ledger.byName(name);
    return known === undefined ? `ERR no cache ${name}` : text(known);
  }

  #geometry(known: KnownCache): string {
    return geometryText(this.#machine, readCache(this.#heap, known.index));
  }

  /** A cache that is made, measured and destroyed again: done on a heap of its own. */
  #measured({ size, align, flags, ctor }: OpWithResult<"measured">): string {
    const heap = new SlabHeap(this.#heap.kind);
    heap.configure(this.#machine);
    const fields = measureCache(heap, { size, align, flags: flags.replace("M", ""), ctor });
    return fields === undefined ? "FAILED" : geometryText(this.#machine, fields);
  }

  /** A new cache, or one that became an alias of another. */
  #created(name: string): string {
    if (this.#status === Status.FAILED) return "FAILED";
    const index = Number(this.#value);
    if (this.#status === Status.CREATED) this.#cacheNames[index] = name;
    else this.#nameSecondKmalloc(index);
    const known = this.#ledger.meet(index, this.nameOf(index));
    this.#ledger.create(name, known);
    const merged = this.#status === Status.MERGED ? `MERGED into ${known.name} ` : "";
    return `${merged}${this.#geometry(known)}`;
  }

  /** A cache of the kernel's own that a program reaches only by becoming an alias of it. */
  #nameSecondKmalloc(index: number): void {
    const { letters, size } = readCache(this.#heap, index);
    const isReclaimable = (letters & Letter.KMALLOC) !== 0 && (letters & Letter.K) !== 0;
    if (!isReclaimable) return;
    const sizeClass = KMALLOC_SIZES.indexOf(size);
    this.#cacheNames[index] = secondKmallocNames(this.#machine.profile)[sizeClass];
  }

  #destroyed(name: string): string {
    switch (this.#status) {
      case Status.DESTROYED:
        this.#ledger.destroy(name, true);
        return "destroyed";
      case Status.BUSY:
        return `BUSY refcount=${this.#aux | 0}${this.#ledger.sweep()}`;
      default:
        this.#ledger.destroy(name, false);
        return `refcount=${this.#aux | 0}`;
    }
  }

  #locations(name: string, pointers: readonly bigint[]): ResultText {
    return this.#withCache(name, (known) => {
      const places = pointers.map((pointer) => this.#places.location(pointer, known));
      return joined(places, "; ");
    });
  }

  /** The pointers that allocn and bulkalloc obtained. */
  #extraPointers(): bigint[] {
    const count = this.#aux;
    const bytes = this.#heap.extra(this.#position, count * POINTER_BYTES);
    return Array.from({ length: count }, (_, i) => readU64(bytes, i * POINTER_BYTES));
  }

  /** A prefilled sheaf, by what it holds and what it has room for. */
  #sheaf(address: bigint): string {
    if (address === 0n) return "null";
    const { size, capacity } = readSheaf(this.#heap, address);
    return `size=${size} capacity=${capacity}`;
  }

  /** A refill that memory did not suffice for returns -ENOMEM. */
  #refilled(): string {
    const status = this.#aux & 2 ? -ENOMEM : 0;
    const isNew = this.#aux & 1 ? " new" : "";
    return `ret=${status} ${this.#sheaf(this.#value)}${isNew}${this.#ledger.sweep()}`;
  }

  #kstate(pointer: bigint): ResultText {
    const index = slabOf(this.#heap, pointer)?.cache;
    if (index === undefined) return "";
    return this.#listing.text(this.#ledger.meet(index, this.nameOf(index)), false);
  }

  #kmalloced(): ResultText {
    const pointer = this.#value;
    if (pointer === 0n) return "null";
    if (pointer === ZERO_SIZE_PTR) return "ZERO_SIZE_PTR";
    if (this.#status === Status.PAGES) return `PAGES order=${this.#aux >>> 8}`;
    return this.#kmallocPlace(pointer);
  }

  #kreallocated(): ResultText {
    const pointer = this.#value;
    const gone = (): string => this.#ledger.sweep();
    if (pointer === 0n) return `null${gone()}`;
    if (pointer === ZERO_SIZE_PTR) return `ZERO_SIZE_PTR${gone()}`;
    const how = this.#aux & 1 ? "same" : "moved";
    if (this.#status === Status.PAGES) return `${how} ${gone()}`;
    return [`${how} `, this.#kmallocPlace(pointer), gone()];
  }

  /** Where a kmalloc object lies. Its cache is known from now on. */
  #kmallocPlace(pointer: bigint): ResultText {
    const index = slabOf(this.#heap, pointer)?.cache ?? NO_CACHE_INDEX;
    const known = this.#ledger.meet(index, this.nameOf(index));
    return [this.#places.location(pointer, known), ` ksize=${this.#aux >>> 8}`];
  }

  #kgeometry(pointer: bigint): string {
    const cache = slabOf(this.#heap, pointer)?.cache;
    if (cache === undefined) return "";
    const geometry = geometryText(this.#machine, readCache(this.#heap, cache));
    return `${this.nameOf(cache)} ${geometry}`;
  }

  #readBytes(): string {
    const hex = hexOfBytes(this.#heap.extra(this.#position, this.#aux));
    return this.#status === Status.FAULT ? `${hex}FAULT` : hex;
  }

  /** What the new entry's links are after a listadd. */
  #linked(): ResultText {
    const links = this.#heap.extra(this.#position, 2 * POINTER_BYTES);
    const next = this.#places.symbol(readU64(links, 0));
    return ["next=", next, " prev=", this.#places.symbol(readU64(links, POINTER_BYTES))];
  }

  #walk(head: bigint): ResultText {
    const walked: ResultText[] = ["head=", this.#places.symbol(head)];
    let at = head;
    for (let i = 0; i < WALK_STEPS; i++) {
      const next = readLong(this.#heap, at);
      if (next === undefined) return [...walked, " -> FAULT"];
      walked.push(" -> ", this.#places.symbol(next));
      at = next;
      if (at === head) break;
    }
    return walked;
  }
}

function kindOf(op: ProgramOp): ResultKind {
  return OPERATIONS[op.op].result;
}

/** The driver's frees say both what is missing and that the arguments are wrong, in one breath. */
function noCacheText(op: ProgramOp): string {
  const text = `ERR no cache ${"name" in op ? op.name : ""}`;
  return OPERATIONS[op.op].code === Op.FREE ? `${text}ERR args` : text;
}
