// How bad it got: which impact the damages and broken rules of a case come to.
import { IMPACTS, type Impact, impactRank } from "../../target/verdict.ts";
import { isCleared } from "./cleared.ts";
import type { Damage, Mistake, Segment } from "./damage.ts";
import { Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import type { Violation } from "./violation.ts";

/** What each broken rule means for the owners of memory, once a mistake explains it. */
export function impactOfViolation(violation: Violation): Impact {
  switch (violation.invariant) {
    case "crash":
    case "trap":
      return "oops";
    case "hang":
      return "hang";
    case "foreign-pointer":
      return "foreign";
    case "overlap":
    case "shared-slab":
    case "misplaced-object":
      return "overlap";
    case "freelist-cycle":
    case "freelist-escape":
    case "live-on-freelist":
      return "redirected";
    case "broken-list":
    case "slab-owner":
    case "slab-frozen":
    case "sheaf-limits":
      return "list";
    case "contents-changed":
    case "not-zeroed":
    case "not-constructed":
      return "other-owner";
    case "null-pointer":
    case "failed-operation":
    case "lost-page":
    case "total-objects":
    case "partial-count":
    case "objects-in-use":
    case "slab-inuse":
    case "slab-objects":
    case "wrong-slab-count":
    case "wrong-shrink-answer":
    case "wrong-bulk-count":
      return "lost";
    case "red-zone":
    case "poison":
    case "padding":
      return "damage";
    default:
      return "none";
  }
}

function impactOfDamage(shadow: Shadow, damage: Damage): Impact {
  if (damage.kind === "free") return impactOfFree(damage);
  if (damage.kind === "read") return impactOfRead(shadow, damage);
  if (damage.cause === "list-misuse") return "list";
  if (!damage.changed) return "none";
  if (damage.segments.some(isLinkOfChain)) return "redirected";
  return damage.segments.some(belongsToAnother) ? "other-owner" : "damage";
}

/** Who reads a cleared object before anyone has written to it finds zeroes. */
function impactOfRead(shadow: Shadow, { cause, object }: Damage): Impact {
  return cause === "uninitialised-read" && isCleared(shadow, object) ? "none" : "disclosed";
}

/** Whether a changed byte was payload of a live object, other than the writer's. */
export function belongsToAnother(segment: Segment): boolean {
  if (!segment.changed || segment.isOwn || segment.object === NONE) return false;
  return segment.region === Region.PAYLOAD || segment.region === Region.SLACK;
}

function isLinkOfChain(segment: Segment): boolean {
  if (!segment.changed || segment.object !== NONE) return false;
  return segment.region === Region.FREE_POINTER || segment.region === Region.SHEAF;
}

function impactOfFree(damage: Damage): Impact {
  if (damage.cause === "leak-at-destroy" || damage.cause === "wrong-cache-leak") return "lost";
  if (damage.refused) return damage.isStructural ? "damage" : "none";
  return damage.cause === "wrong-cache-free" ? "damage" : "redirected";
}

/** The worst impact of a case. */
export function worstImpact(shadow: Shadow): Impact {
  return worstImpactOf(shadow, shadow.damages);
}

/** The worst that came of some of the damages of a case: what broke later counts for all. */
export function worstImpactOf(shadow: Shadow, damages: readonly Damage[]): Impact {
  let worst = 0;
  for (const damage of damages) {
    worst = Math.max(worst, impactRank(impactOfDamage(shadow, damage)));
    if (isInherited(shadow, damage)) worst = Math.max(worst, impactRank("other-owner"));
  }
  if (damages.some((damage) => damage.kind !== "read") || damages.length === 0) {
    for (const violation of shadow.violations) {
      worst = Math.max(worst, impactRank(impactOfViolation(violation)));
    }
  }
  return IMPACTS[worst];
}

/** The object that was given back in a wrong state has a new owner. */
function isInherited({ objects }: Shadow, { cause, object }: Damage): boolean {
  if (cause !== "constructor-violation") return false;
  return objects.lastIn(objects.cell(object)) !== object;
}

/** An owner got memory that it should not have got, or lost bytes of its own. */
export function isHarm(violation: Violation): boolean {
  switch (impactOfViolation(violation)) {
    case "other-owner":
    case "foreign":
    case "overlap":
      return true;
    default:
      return false;
  }
}

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
