// How far a mistake reached before it showed: into whose bytes, and what the allocator made of it.
// The third part of a signature.
import type { Damage, Mistake, Segment } from "./damage.ts";
import { impactOfViolation } from "./impact.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import type { Violation } from "./violation.ts";

/** From nowhere to far. */
export const PROPAGATIONS = [
  /** Nothing changed. */
  "nowhere",
  /** The kernel refused to do it. */
  "refused",
  /** The cell that the program meant: its guards, its metadata, its old payload. */
  "own-cell",
  /** The tail of its slab. */
  "slab-tail",
  "free-neighbour",
  "live-neighbour",
  /** The cell that it meant, which is another object's by now. */
  "new-owner",
  /** Another slab of the same cache. */
  "other-slab",
  "other-cache",
  /** Memory that is no slab of the program's. */
  "other-page",
  /** The program's own lists. */
  "list",
  /** The chain of free objects: an object stands on it that should not, or twice. */
  "free-list",
  /** What the allocator then did: the worst of it, before the mistake showed. */
  "lost",
  "foreign",
  "overlap",
] as const;

export type Propagation = (typeof PROPAGATIONS)[number];

export function propagationNumber(propagation: Propagation): number {
  return PROPAGATIONS.indexOf(propagation);
}

/** How far a mistake reached until `shownAt`, an operation. */
export function propagationOf(shadow: Shadow, mistake: Mistake, shownAt: number): Propagation {
  let farthest = 0;
  for (const damage of mistake.damages) farthest = Math.max(farthest, reachOf(shadow, damage));
  for (const violation of shadow.violations) {
    if (violation.op > shownAt) continue;
    farthest = Math.max(farthest, reachOfViolation(violation));
  }
  return PROPAGATIONS[farthest];
}

function reachOfViolation(violation: Violation): number {
  const impact = impactOfViolation(violation);
  switch (impact) {
    case "lost":
    case "foreign":
    case "overlap":
      return propagationNumber(impact);
    default:
      return 0;
  }
}

function reachOf(shadow: Shadow, damage: Damage): number {
  if (damage.kind === "free") {
    if (damage.cause === "leak-at-destroy") return propagationNumber("nowhere");
    return propagationNumber(damage.refused ? "refused" : "free-list");
  }
  let farthest = damage.cause === "list-misuse" ? propagationNumber("list") : 0;
  for (const segment of damage.segments) {
    if (!segment.changed) continue;
    farthest = Math.max(farthest, propagationNumber(placeOf(shadow, damage, segment)));
  }
  return farthest;
}

/** Where a changed byte lies, seen from the object that was written through. */
function placeOf(shadow: Shadow, damage: Damage, segment: Segment): Propagation {
  if (segment.slab === NONE) return "other-page";
  const home = damage.object === NONE ? NONE : shadow.objects.slab(damage.object);
  if (home !== NONE && segment.slab !== home) {
    const isSameCache = shadow.slabs.cache(segment.slab) === shadow.slabs.cache(home);
    return isSameCache ? "other-slab" : "other-cache";
  }
  if (segment.cell === NONE) return "slab-tail";
  if (home !== NONE && segment.cell === shadow.objects.cell(damage.object)) {
    return segment.object === NONE || segment.isOwn ? "own-cell" : "new-owner";
  }
  return segment.object === NONE ? "free-neighbour" : "live-neighbour";
}
