// A program that ran, as data: what its pages show, step by step. State is a table of keys and
// values, and each operation changes some of them, so that a long program stays small.
//
//   b<block>           the block is there: what the allocator believes of it
//   o<block>.<cell>    what is so: who lives in a cell of a slab
//   c<cache>           what the allocator believes of a cache
//   x                  where the two differ
//   h<slot>            a block of a module's heap
//
// Bytes travel apart from that, as patches.

/** How the walk of a free list ended, and the place that it led to. */
export interface ChainView {
  /** Numbers of the objects on it, from its head on. */
  readonly at: readonly number[];
  readonly end: "null" | "bad" | "loop" | "fault";
  /** The name or address of what is no object, or the number of the object that comes again. */
  readonly to?: string;
}

/** What the allocator believes of a slab; an empty object for memory that is none of its own. */
export interface BlockBelief {
  /** The shape of its objects, by number. */
  readonly shape?: number;
  readonly inuse?: number;
  readonly frozen?: boolean;
  /** Its own free list. */
  readonly chain?: ChainView;
  /** The CPU whose slab it is, and that CPU's free list. */
  readonly cpu?: number;
  readonly cpuChain?: ChainView;
  /** Its objects that wait in sheaves. */
  readonly sheaves?: readonly SheafList[];
}

/** Cells in a sheaf, the next to be handed out first. */
export type SheafList = readonly [place: string, cells: readonly number[]];

/** A sheaf: `main of CPU 0`, `full 2 of the barn`. */
export interface SheafView {
  readonly place: string;
  readonly size: number;
  readonly capacity: number;
  /** The next to be handed out first; a text for a pointer that is no object. */
  readonly objects: readonly (readonly [block: number, cell: number] | string)[];
}

/** What a cache of 7.3 has in sheaves; `empty`: empty ones of the barn. */
export interface SheavesView {
  readonly sheaves: readonly SheafView[];
  readonly empty: number;
}

/** `N`: never used. `L`: alive, since operation `op`, as `name`. `F`: free again, since `op`. */
export type CellTruth =
  | readonly ["N"]
  | readonly ["L", name: string, asked: number, op: number]
  | readonly ["F", name: string, op: number];

/** Slabs on a list, by block; what is wrong with the list. */
export interface SlabsView {
  readonly blocks: readonly number[];
  readonly damage?: string;
}

export interface CpuView {
  readonly slab: number | null;
  /** The free list of a CPU without a slab, or with one that no page shows. */
  readonly stray?: string;
  readonly partial: SlabsView;
}

/** What the allocator believes of a cache, with what is so. */
export interface CacheView {
  readonly name: string;
  /** Words on its objects: their size, and its debug letters. */
  readonly about: string;
  readonly slabs: number;
  readonly objects: number;
  /** Objects on none of its lists, and objects that the program has. */
  readonly believedLive: number;
  readonly live: number;
  /** The running kernel has objects in it, too, which nobody but the allocator counts. */
  readonly isShared: boolean;
  readonly cpus: readonly CpuView[];
  readonly partial: SlabsView;
  readonly full: SlabsView;
}

/** Something that the allocator believes and that is not so. */
export interface Difference {
  readonly text: string;
  readonly block?: number;
  readonly cells?: readonly number[];
}

/** An object outside of every cell. */
export interface StrayObject {
  readonly name: string;
  readonly cache: string;
  readonly place: string;
  readonly asked: number;
  readonly op: number;
  /** Where it lies, if a block holds its first byte. */
  readonly block?: number;
  readonly first?: number;
}

/** How the bytes of a cell are divided: each part ends where the next begins. */
export interface CellShape {
  readonly cache: string;
  readonly size: number;
  /** Bytes of the cell before the object. */
  readonly left: number;
  readonly objectSize: number;
  readonly live: readonly CellPart[];
  readonly free: readonly CellPart[];
}

export type CellPart = readonly [end: number, region: string];

/**
 * A block that a module handed out: alive, or free again, since operation `op`. `first`: bytes from
 * the beginning of the heap's memory record.
 */
export type HeapBlock = readonly [
  state: "L" | "F",
  name: string,
  first: number,
  size: number,
  op: number,
];

/** A piece of memory that is shown: a slab, a range that the program named, a module's heap. */
export interface BlockRecord {
  readonly kind: "slab" | "range" | "heap";
  readonly name: string;
  /** Sixteen hex digits. */
  readonly address: string;
  readonly size: number;
  readonly cells: number;
}

/** Bytes from an offset on, in hex; who wrote them, if it was not the operation at hand. */
export type BytePatch = readonly [
  block: number,
  offset: number,
  hex: string,
  role: number,
  writer?: number,
];

/** What one operation changed. */
export interface TraceDelta {
  readonly set?: readonly (readonly [key: string, value: unknown])[];
  readonly mem?: readonly BytePatch[];
}

export interface TraceOp {
  readonly text: string;
  readonly result: string;
  readonly says: string;
  readonly kernel: readonly string[];
}

/** Bytes that an operation changed without a right to. */
export interface TraceDamage {
  readonly op: number;
  readonly address: string;
  readonly length: number;
  readonly region: string;
  readonly owner: string;
  readonly block?: number;
  readonly first?: number;
  readonly cell?: number;
}

/** Operations to jump to; a field is missing where nothing of the kind happened. */
export interface TraceJumps {
  readonly mistake?: number;
  readonly damage?: number;
  readonly report?: number;
  readonly crash?: number;
}

export interface Trace {
  readonly source: string;
  readonly machine: string;
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
  /** Sixteen hex digits over everything that the machine answered and printed; not of a module. */
  readonly digest?: string;
  readonly roles: readonly string[];
  readonly ops: readonly TraceOp[];
  readonly jumps: TraceJumps;
  readonly blocks: readonly BlockRecord[];
  readonly shapes: readonly CellShape[];
  readonly damages: readonly TraceDamage[];
  readonly deltas: readonly TraceDelta[];
}

/** What a page holds: one run, or two of the same program side by side. */
export interface TracePage {
  readonly traces: readonly Trace[];
}
