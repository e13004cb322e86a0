// How bad it got: the worst thing that a mistake led to, in the order of severity.
import type { Damage, Segment } from "./damage.ts";
import { Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import type { Violation } from "./violation.ts";

/** From harmless to fatal. */
export const IMPACTS = [
  /** Nothing changed. */
  "none",
  /** Bytes changed that hold nobody's data: red zones, padding, poison, tracks, slack. */
  "damage",
  /** Another owner's bytes changed. */
  "other-owner",
  /** Objects, or whole slabs, cannot be had any more. */
  "lost",
  /** The chain of free objects leads somewhere else, or in a circle. */
  "redirected",
  /** Two owners hold the same bytes. */
  "overlap",
  /** The allocator handed out memory that is not its own. */
  "foreign",
  "hang",
  "oops",
] as const;

export type Impact = (typeof IMPACTS)[number];

/** Rank of an impact: higher is worse. */
export function impactRank(impact: Impact): number {
  return IMPACTS.indexOf(impact);
}

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
    case "broken-list":
      return "redirected";
    case "contents-changed":
    case "not-zeroed":
    case "not-constructed":
      return "other-owner";
    case "null-pointer":
    case "failed-operation":
    case "lost-page":
    case "wrong-counter":
    case "wrong-result":
      return "lost";
    default:
      return "none";
  }
}

export function impactOfDamage(damage: Damage): Impact {
  if (damage.kind === "free") return impactOfFree(damage);
  if (damage.cause === "list-misuse") return "other-owner";
  if (!damage.changed) return "none";
  if (damage.segments.some(isLinkOfChain)) return "redirected";
  return damage.segments.some(belongsToAnother) ? "other-owner" : "damage";
}

/** Whether a changed byte was payload of a live object, other than the writer's. */
export function belongsToAnother(segment: Segment): boolean {
  if (!segment.changed || segment.isOwn || segment.object === NONE) return false;
  return segment.region === Region.PAYLOAD || segment.region === Region.SLACK;
}

function isLinkOfChain(segment: Segment): boolean {
  if (!segment.changed || segment.object !== NONE) return false;
  return segment.region === Region.FREE_POINTER;
}

function impactOfFree(damage: Damage): Impact {
  if (damage.cause === "leak") return "lost";
  if (damage.refused) return damage.isStructural ? "damage" : "none";
  return damage.cause === "wrong-cache-free" ? "damage" : "redirected";
}

/** The worst impact of a case. */
export function worstImpact(shadow: Shadow): Impact {
  let worst = 0;
  for (const damage of shadow.damages) {
    worst = Math.max(worst, impactRank(impactOfDamage(damage)));
  }
  for (const violation of shadow.violations) {
    worst = Math.max(worst, impactRank(impactOfViolation(violation)));
  }
  return IMPACTS[worst];
}

/** Somebody got memory that he should not have got, or lost bytes of his own. */
export function isHarm(violation: Violation): boolean {
  const rank = impactRank(impactOfViolation(violation));
  return rank === impactRank("other-owner") || rank >= impactRank("overlap");
}
