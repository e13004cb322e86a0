// Leaving parts out, large pieces first, from the end to the beginning (target/shrink_passes.ts
// says why).
import type { Proposals } from "../../../target/shrink.ts";
import { cuttingPairs, cuttingPieces } from "../../../target/shrink_passes.ts";
import type { Program } from "../../program/op.ts";
import { PARTS, withoutOp } from "../parts.ts";

const PAIRS_PARTS_MAX = 32;

/** Pieces of a program, down to single parts. */
export const cutPieces = cuttingPieces(PARTS, Math.ceil);

/** Two parts at a time. */
export const cutPairs = cuttingPairs(PARTS, PAIRS_PARTS_MAX);

/** Whole caches, with all that is done to them. */
export function* cutCaches(program: Program): Proposals<Program> {
  let kept = program;
  for (let index = kept.ops.length - 1; index >= 0; index--) {
    if (kept.ops[index]?.op !== "cache") continue;
    const candidate = withoutOp(kept, index);
    if (yield candidate) kept = candidate;
  }
}

/** Whole operations, rows as well: a row may be able to go where none of its parts can. */
export function* cutOperations(program: Program): Proposals<Program> {
  let kept = program;
  for (let index = kept.ops.length - 1; index >= 0; index--) {
    if (index >= kept.ops.length) continue;
    const candidate = withoutOp(kept, index);
    if (yield candidate) kept = candidate;
  }
}
