// Small slabs. A bug that needs a full slab needs as many allocations as a slab has objects, and a
// slab of large objects has few: with larger objects, rows can be shorter.
import type { Proposals } from "../../../target/shrink.ts";
import type { Program } from "../../program/op.ts";
import { numberedSlots } from "../../program/scope.ts";
import { keepParts, partsOfOp } from "../parts.ts";
import { SHIFTS, withSize } from "./sizes.ts";

/** The last one fills a slab of the highest order that SLUB likes. */
const SIZES = [512, 1024, 2048, 4096, 8192, 16384, 32768];
/** Rows shorter than this are short enough. */
const LONG_ROW = 3;

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
