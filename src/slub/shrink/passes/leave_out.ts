// Leaving parts out, large pieces first, from the end to the beginning (target/shrink_passes.ts
// says why).
import type { Proposals } from "../../../target/shrink.ts";
import { cuttingPairs, cuttingPieces } from "../../../target/shrink_passes.ts";
import type { Program, ProgramOp } from "../../program/op.ts";
import { slotsMadeBy } from "../../program/scope.ts";
import type { PlaceFields } from "../parts.ts";
import { countParts, keepParts, PARTS, PLACES, partsOfOp, withoutOp } from "../parts.ts";

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

/** The attempts grow with the square of the parts. */
const PARTS_MAX = 64;
/** A program as short as this needs no shortcut. */
const SHORT = 4;

/**
 * The operations on one object, and one more that comes after them: often that is the whole bug.
 * Cutting piece by piece may get stuck where many operations hold each other in place; this jumps
 * over all of them.
 */
export function* keepOneObject(program: Program): Proposals<Program> {
  const parts = countParts(program);
  if (parts > PARTS_MAX || parts <= SHORT) return;
  for (const slot of new Set(program.ops.flatMap(slotsMadeBy))) {
    const kept = partsOfSlot(program, slot);
    const last = kept.lastIndexOf(true);
    for (let part = last + 1; part <= parts; part++) {
      const candidate = keepParts(program, (index) => kept[index] || index === part);
      if (yield candidate) return;
    }
  }
}

/** Which parts have to do with a slot. Caches always do. */
function partsOfSlot({ ops }: Program, slot: string): readonly boolean[] {
  return ops.flatMap((op) => {
    if (op.op === "cache") return [true];
    if (!("prefix" in op)) return new Array<boolean>(partsOfOp(op)).fill(touches(op, slot));
    const row = Array.from({ length: op.count }, (_, i) => `${op.prefix}${i}` === slot);
    return row.length === 0 ? [false] : row;
  });
}

function touches(op: ProgramOp, slot: string): boolean {
  if (slotsMadeBy(op).includes(slot)) return true;
  if ("targets" in op) return op.targets.some((target) => target.slot === slot);
  return PLACES.some((key) => (op as PlaceFields)[key]?.slot === slot);
}
