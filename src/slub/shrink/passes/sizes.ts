// Smaller objects. A write behind the end of an object, or at its end, stays there only if its
// offset shrinks along with the object, and a write at a free pointer in the middle only if it
// moves by half of that: each size is tried with the offsets as they are, and in these ways.
import type { Proposals } from "../../../target/shrink.ts";
import { lowered } from "../../../target/shrink_passes.ts";
import type { Program, ProgramOp } from "../../program/op.ts";
import { numberedSlots, slotsMadeBy } from "../../program/scope.ts";
import { keepParts, PLACES, type PlaceFields, partsOfOp } from "../parts.ts";

type CacheOp = Extract<ProgramOp, { readonly op: "cache" }>;

/** What becomes of an offset when the object shrinks from one size to another. */
export type Shift = (offset: number, from: number, to: number) => number;

const WORD = 8;

const SHIFTS: readonly Shift[] = [
  (offset) => offset,
  (offset, from, to) => (offset >= from / 2 ? offset - from + to : offset),
  // The size of an object is rounded up to whole words, and so is what lies behind it.
  (offset, from, to) => (offset >= from / 2 ? offset - wordsOf(from) + wordsOf(to) : offset),
  (offset, from, to) => (offset >= from / 2 ? offset - halfOf(from) + halfOf(to) : offset),
];

export function* shrinkObjects(program: Program): Proposals<Program> {
  let kept = program;
  for (let index = 0; index < kept.ops.length; index++) {
    const op = kept.ops[index];
    if (op.op === "cache" || op.op === "kmalloc") kept = yield* shrinkOne(kept, index, op.size);
  }
}

function* shrinkOne(
  program: Program,
  index: number,
  size: number,
): Generator<Program, Program, boolean> {
  let kept = program;
  const sizes = lowered(size, 1);
  for (let next = sizes.next(false); next.done !== true; ) {
    let isTaken = false;
    for (const shift of SHIFTS) {
      const candidate = withSize(kept, index, next.value, shift);
      isTaken = yield candidate;
      if (!isTaken) continue;
      kept = candidate;
      break;
    }
    next = sizes.next(isTaken);
  }
  return kept;
}

/** The program with objects of another size, and offsets into them that follow. */
function withSize(program: Program, index: number, size: number, shift: Shift): Program {
  const sized = program.ops[index] as CacheOp;
  const users = slotsOf(program, index);
  const ops = program.ops.map((op, at) => {
    if (at === index) return { ...sized, size };
    return shifted(op, users, (offset) => shift(offset, sized.size, size));
  });
  return { header: program.header, ops };
}

/** The slots that objects of a cache, or of one kmalloc, are in. */
function slotsOf(program: Program, index: number): ReadonlySet<string> {
  const op = program.ops[index];
  if (op.op !== "cache") return new Set(slotsMadeBy(op));
  const own = program.ops.filter((one) => "name" in one && one.name === op.name);
  return new Set(own.flatMap(slotsMadeBy));
}

function shifted(
  op: ProgramOp,
  users: ReadonlySet<string>,
  shift: (offset: number) => number,
): ProgramOp {
  let moved = op;
  for (const key of PLACES) {
    const place = (op as PlaceFields)[key];
    if (place === undefined || !users.has(place.slot)) continue;
    if (place.offset !== 0) {
      moved = { ...moved, [key]: { ...place, offset: shift(place.offset) } } as ProgramOp;
    }
    const { offset } = op as { readonly offset?: number | "fp" };
    if (key === "target" && typeof offset === "number") {
      moved = { ...moved, offset: shift(offset) } as ProgramOp;
    }
  }
  return moved;
}

/** Where 6.x keeps the free pointer of an object: in the middle, at a whole word. */
function halfOf(size: number): number {
  return Math.floor(wordsOf(size) / 2 / WORD) * WORD;
}

function wordsOf(size: number): number {
  return Math.ceil(size / WORD) * WORD;
}

/** The last one fills a slab of the highest order that SLUB likes. */
const SIZES = [512, 1024, 2048, 4096, 8192, 16384, 32768];
/** Rows shorter than this are short enough. */
const LONG_ROW = 3;

/**
 * A bug that needs a full slab needs as many allocations as a slab has objects, and a slab of large
 * objects has few: with larger objects, rows can be shorter.
 */
export function* useSmallSlabs(program: Program): Proposals<Program> {
  let kept = program;
  for (let index = 0; index < kept.ops.length; index++) {
    const op = kept.ops[index];
    if (op.op === "cache") kept = yield* shortenRowsOf(kept, index, op);
  }
}

function* shortenRowsOf(
  program: Program,
  index: number,
  cache: { readonly name: string; readonly size: number },
): Generator<Program, Program, boolean> {
  const longest = longestRow(program, cache.name);
  for (const size of SIZES.filter((one) => longest > LONG_ROW && one > cache.size)) {
    for (const shift of SHIFTS) {
      const grown = withSize(program, index, size, shift);
      for (let length = 1; length < longest; length = Math.ceil(length * 1.5)) {
        const candidate = withShortRows(grown, cache.name, length);
        if (yield candidate) return candidate;
      }
    }
  }
  return program;
}

function longestRow({ ops }: Program, name: string): number {
  return Math.max(0, ...ops.map((op) => ("prefix" in op && op.name === name ? op.count : 0)));
}

/** Rows of a cache end after `length` objects. */
function withShortRows(program: Program, name: string, length: number): Program {
  const kept = program.ops.flatMap((op) => {
    if (!("prefix" in op) || op.name !== name) return new Array(partsOfOp(op)).fill(true);
    return numberedSlots(op.prefix, Math.max(op.count, 1)).map((_, i) => i < length);
  });
  return keepParts(program, (part) => kept[part]);
}
