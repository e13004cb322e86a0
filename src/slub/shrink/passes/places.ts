// Other places: an earlier object, another cache, a plainer value will often do, and then what
// stood there before can go.
import type { Proposals } from "../../../target/shrink.ts";
import type { Address, Program, ProgramOp } from "../../program/op.ts";
import { isAddressName, RESERVED_SLOTS } from "../../program/op.ts";
import { slotsMadeBy } from "../../program/scope.ts";
import { countParts, PLACES, type PlaceFields, withOp, withoutOp } from "../parts.ts";

/** Places grow with the square: only what is small already is searched for them. */
const PARTS_MAX = 32;

/** Everything that one cache does is done by an earlier one. */
export function* mergeCaches(program: Program): Proposals<Program> {
  let kept = program;
  for (let index = kept.ops.length - 1; index > 0; index--) {
    const op = kept.ops[index];
    if (op?.op !== "cache") continue;
    for (const earlier of kept.ops.slice(0, index)) {
      if (earlier.op !== "cache" || earlier.name === op.name) continue;
      const candidate = withoutOp(renamed(kept, op.name, earlier.name), index);
      if (!(yield candidate)) continue;
      kept = candidate;
      break;
    }
  }
}

/** The operations on one cache, on another. */
function renamed(program: Program, from: string, to: string): Program {
  const ops = program.ops.map((op) =>
    op.op !== "cache" && "name" in op && op.name === from ? { ...op, name: to } : op,
  );
  return { header: program.header, ops };
}

/** Each place, with every slot that was filled before the one that stands there. */
export function* useEarlierSlots(program: Program): Proposals<Program> {
  if (countParts(program) > PARTS_MAX) return;
  let kept = program;
  for (let index = kept.ops.length - 1; index >= 0; index--) {
    for (const key of PLACES) {
      const place = (kept.ops[index] as PlaceFields)[key];
      if (place === undefined || RESERVED_SLOTS.includes(place.slot)) continue;
      for (const slot of plainerThan(kept, index, place)) {
        const op = { ...kept.ops[index], [key]: { ...place, slot } } as ProgramOp;
        const candidate = withOp(kept, index, op);
        if (!(yield candidate)) continue;
        kept = candidate;
        break;
      }
    }
  }
}

/** Slots that exist at an operation and come before a place in the order of things. */
function plainerThan(program: Program, index: number, { slot }: Address): readonly string[] {
  const made = program.ops.slice(0, index).flatMap(slotsMadeBy);
  const all = [...new Set([...RESERVED_SLOTS, ...made])];
  return isAddressName(slot) ? all : all.slice(0, all.indexOf(slot));
}
