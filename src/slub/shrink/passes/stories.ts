// What happens to one object, and nothing else: often that is the whole bug. Cutting piece by piece
// may get stuck where many operations hold each other in place; this jumps over all of them.
import type { Proposals } from "../../../target/shrink.ts";
import type { Program, ProgramOp } from "../../program/op.ts";
import { slotsMadeBy } from "../../program/scope.ts";
import { countParts, keepParts, PLACES, type PlaceFields, partsOfOp } from "../parts.ts";

/** Stories grow with the square. */
const PARTS_MAX = 64;
/** A program as short as this is a story already. */
const SHORT = 4;

/** The operations on one object, and one more that comes after them. */
export function* keepOneStory(program: Program): Proposals<Program> {
  const parts = countParts(program);
  if (parts > PARTS_MAX || parts <= SHORT) return;
  for (const slot of new Set(program.ops.flatMap(slotsMadeBy))) {
    const story = partsOfStory(program, slot);
    const last = story.lastIndexOf(true);
    for (let part = last + 1; part <= parts; part++) {
      const candidate = keepParts(program, (index) => story[index] || index === part);
      if (yield candidate) return;
    }
  }
}

/** Which parts have to do with a slot. Caches always do. */
function partsOfStory({ ops }: Program, slot: string): readonly boolean[] {
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
