// Where the memory of a cache's objects goes, in bytes for each object that lives: what its slot is
// made of (layout/layout.ts), its share of what slots leave over of a slab, and the free objects
// that nobody has asked for yet.
import { PAGE_SIZE } from "../../abi.ts";
import { BYTE_CAUSES } from "../layout/layout.ts";
import type { SlubContender } from "./slub_contender.ts";

/** Causes, in the order in which they are shown. */
const SPACE_CAUSES = [...BYTE_CAUSES, "free objects"] as const;

export type SpaceCause = (typeof SPACE_CAUSES)[number];

/** Bytes by cause. */
export type Space = Readonly<Record<SpaceCause, number>>;

/** Where the memory of a contender's caches is now, for each object that lives. */
export function spaceOf({ heap, slots, stream, startPages }: SlubContender): Space {
  const count = Math.max(1, stream.alive);
  const entries = BYTE_CAUSES.map((cause): [SpaceCause, number] => {
    const bytes = slots.map(({ slabCauses, objects }, cache) => {
      return (slabCauses[cause] / objects) * stream.aliveOf(cache);
    });
    return [cause, sum(bytes) / count];
  });
  const all = ((heap.core.pages_in_use() - startPages) * PAGE_SIZE) / count;
  const used = sum(entries.map(([, bytes]) => bytes));
  entries.push(["free objects", Math.max(0, all - used)]);
  return Object.fromEntries(entries) as Space;
}

export function totalOf(space: Space): number {
  return sum(SPACE_CAUSES.map((cause) => space[cause]));
}

/** Causes that cost anything in any of the spaces. */
export function causesIn(spaces: readonly Space[]): readonly SpaceCause[] {
  return SPACE_CAUSES.filter((cause) => spaces.some((space) => space[cause] > 0));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
