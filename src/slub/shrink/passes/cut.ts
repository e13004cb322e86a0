// Leaving parts out, large pieces first.
//
// Every loop goes from the end to the beginning: operations depend on earlier ones only, so a piece
// near the end takes nothing along, and what is left out there leaves the numbers of all parts
// before it as they are. Nothing starts over after a success: what became possible by it is found
// in the next round, and most of the time nothing did.
import type { Program } from "../../program/op.ts";
import { countParts, keepParts, withoutOp, withoutParts } from "../parts.ts";
import type { Proposals } from "../pass.ts";

/** Pairs grow with the square: only what is small already is searched for them. */
const PAIRS_PARTS_MAX = 32;

/** Whole caches, with all that is done to them. */
export function* cutCaches(program: Program): Proposals {
  let kept = program;
  for (let index = kept.ops.length - 1; index >= 0; index--) {
    if (kept.ops[index]?.op !== "cache") continue;
    const candidate = withoutOp(kept, index);
    if (yield candidate) kept = candidate;
  }
}

/** Pieces of half the parts, a quarter of them, and so on down to single ones. */
export function* cutPieces(program: Program): Proposals {
  let kept = program;
  for (let size = Math.ceil(countParts(kept) / 2); size >= 1; size = nextSize(size)) {
    for (let end = countParts(kept); end > 0; end -= size) {
      const candidate = withoutParts(kept, Math.max(end - size, 0), end);
      if (yield candidate) kept = candidate;
    }
  }
}

function nextSize(size: number): number {
  return size === 1 ? 0 : Math.ceil(size / 2);
}

/** Whole operations, rows as well: a row may be able to go where none of its parts can. */
export function* cutOperations(program: Program): Proposals {
  let kept = program;
  for (let index = kept.ops.length - 1; index >= 0; index--) {
    if (index >= kept.ops.length) continue;
    const candidate = withoutOp(kept, index);
    if (yield candidate) kept = candidate;
  }
}

/** Two parts at a time: a free and the allocation that took what it gave back. */
export function* cutPairs(program: Program): Proposals {
  let kept = program;
  if (countParts(kept) > PAIRS_PARTS_MAX) return;
  for (let later = countParts(kept) - 1; later > 0; later--) {
    for (let earlier = later - 1; earlier >= 0; earlier--) {
      const candidate = withoutPair(kept, earlier, later);
      if (yield candidate) kept = candidate;
    }
    later = Math.min(later, countParts(kept));
  }
}

function withoutPair(program: Program, earlier: number, later: number): Program {
  return keepParts(program, (part) => part !== earlier && part !== later);
}
