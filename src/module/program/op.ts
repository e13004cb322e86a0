// Programs for foreign allocators: what is asked of one, as data. An operation on a block that is
// not there (it was refused, or freed already) is left out when the program runs: whatever is cut
// out of a program leaves a program.
//
// A compiled program has four words an operation:   code | slot << 8   a   b   c

export const FOREIGN_OPS = [
  "alloc",
  "zalloc",
  "resize",
  "free",
  "cycle",
  "collect",
  "limit",
  "settle",
  "write",
  "refree",
  "freeoff",
  "freesize",
  "freeat",
  "stale",
  "restale",
] as const;

export type ForeignOpName = (typeof FOREIGN_OPS)[number];

/** Codes by name. */
export const Code = Object.fromEntries(FOREIGN_OPS.map((name, code) => [name, code])) as Readonly<
  Record<ForeignOpName, number>
>;

export interface ForeignOp {
  readonly op: ForeignOpName;
  /** Number of the block's slot; -1 where there is none. */
  readonly slot: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** What the three numbers of an operation mean. */
export const FIELDS: Readonly<Record<ForeignOpName, readonly string[]>> = {
  /** A block of so many bytes. */
  alloc: ["size", "align"],
  /** A block of count times size bytes, all zero. */
  zalloc: ["count", "size"],
  /** The block with another size, its contents kept. */
  resize: ["size"],
  free: [],
  /** A block of that size, got and given back so many times; the mode says in which order. */
  cycle: ["size", "count", "mode"],
  /** Objects that are not kept are freed. */
  collect: [],
  /** From here on memory may grow by so many pages; by all, if they are more than it may have. */
  limit: ["pages"],
  /** All blocks are freed, and most of the memory that they took has to be had in one piece. */
  settle: [],
  /** Misuse: bytes written from an offset on, counted from the block's start. */
  write: ["offset", "length", "byte"],
  /** Misuse: the block that the slot held last is freed again. */
  refree: [],
  /** Misuse: an address inside the block is freed. */
  freeoff: ["offset"],
  /** Misuse: the block is freed as one of another size. */
  freesize: ["size"],
  /** Misuse: an address that was never handed out is freed. */
  freeat: ["address"],
  /** Misuse: bytes written into the block that the slot held last. */
  stale: ["offset", "length", "byte"],
  /** Misuse: the block that the slot held before it was resized is freed. */
  restale: [],
};

/** Operations that are mistakes of the program. */
export function isMisuse(op: ForeignOpName): boolean {
  return FOREIGN_OPS.indexOf(op) >= FOREIGN_OPS.indexOf("write");
}

export const HAS_NO_SLOT: readonly ForeignOpName[] = [
  "cycle",
  "collect",
  "limit",
  "settle",
  "freeat",
];

export const FOREIGN_SLOTS_MAX = 1 << 16;
export const WORDS_PER_OP = 4;

/** What a target's operations are written into, and read from, in bulk. */
export class ForeignImage {
  readonly words: Uint32Array;
  count = 0;

  constructor(opsMax: number) {
    this.words = new Uint32Array(opsMax * WORDS_PER_OP);
  }

  clear(): void {
    this.count = 0;
  }

  add(code: number, slot: number, a = 0, b = 0, c = 0): void {
    const at = this.count++ * WORDS_PER_OP;
    this.words[at] = code | (slot << 8);
    this.words[at + 1] = a;
    this.words[at + 2] = b;
    this.words[at + 3] = c;
  }
}

export function imageOf(ops: readonly ForeignOp[]): ForeignImage {
  const image = new ForeignImage(ops.length);
  for (const { op, slot, a, b, c } of ops) image.add(Code[op], Math.max(slot, 0), a, b, c);
  return image;
}

export function opsOf(image: ForeignImage): ForeignOp[] {
  return Array.from({ length: image.count }, (_, index) => opAt(image, index));
}

function opAt({ words }: ForeignImage, index: number): ForeignOp {
  const at = index * WORDS_PER_OP;
  const op = FOREIGN_OPS[words[at] & 0xff];
  const slot = HAS_NO_SLOT.includes(op) ? -1 : words[at] >>> 8;
  const isSigned = op === "write" || op === "stale" || op === "freeoff";
  const a = isSigned ? words[at + 1] | 0 : words[at + 1];
  return { op, slot, a, b: words[at + 2], c: words[at + 3] };
}
