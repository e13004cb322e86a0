// Which option in force looks at what was damaged, when, and in which words: the expectation that
// tells an escape from a blind spot. Like all of the oracle it asks only profile, letters and
// layout.
import { DEBUG_LETTERS, Letter, Profile } from "../../abi.ts";
import type { Damage, Segment } from "./damage.ts";
import { checksOperations, isDebugCache, type Layout } from "./layout.ts";
import { isPainted, Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/** When a check looks. */
type Occasion = "free" | "alloc" | "validate" | "operation";

export interface Sight {
  /** Letter bit of the option. */
  readonly letter: number;
  readonly when: Occasion;
  /** The words of the report, as later profiles say them. */
  readonly words: string;
}

const SECTION_WORDS: Partial<Record<Region, string>> = {
  [Region.LEFT_REDZONE]: "Left Redzone overwritten",
  [Region.RIGHT_REDZONE]: "Right Redzone overwritten",
  [Region.ALIGNMENT]: "Alignment padding overwritten",
  [Region.PADDING]: "Object padding overwritten",
  [Region.SLAB_TAIL]: "Padding overwritten",
  [Region.PAYLOAD]: "Poison overwritten",
  [Region.SLACK]: "kmalloc Redzone overwritten",
};

/** What the check of a kind of bytes says. */
export function checkWordsOf(region: Region): string {
  return SECTION_WORDS[region] ?? "";
}

/** Every way in which options in force could see a damage; empty for a blind spot. */
export function sightsOf(shadow: Shadow, damage: Damage): Sight[] {
  if (damage.kind === "free") return sightsOfFree(shadow, damage);
  const sights: Sight[] = [];
  for (const segment of damage.segments) {
    if (!segment.changed || segment.slab === NONE) continue;
    const layout = shadow.caches.layouts[shadow.slabs.cache(segment.slab)];
    for (const sight of sightsOfSegment(layout, segment)) addSight(sights, sight);
  }
  return sights;
}

function addSight(sights: Sight[], sight: Sight): void {
  const isKnown = sights.some((one) => one.when === sight.when && one.words === sight.words);
  if (!isKnown) sights.push(sight);
}

function sightsOfSegment(layout: Layout, segment: Segment): Sight[] {
  const isLive = segment.object !== NONE;
  if (segment.region === Region.FREE_POINTER) return sightsOfFreePointer(layout, isLive);
  if (!isPainted(layout, segment.region, isLive)) return [];
  const words = checkWordsOf(segment.region);
  const letter = letterOf(segment.region);
  const sights: Sight[] = [{ letter, when: "validate", words }];
  if (checksOperations(layout))
    sights.unshift({ letter, when: occasionOf(segment, isLive), words });
  return sights;
}

function occasionOf(segment: Segment, isLive: boolean): Occasion {
  if (segment.region === Region.SLAB_TAIL) return "operation";
  return isLive ? "free" : "alloc";
}

/** The option that has such bytes painted. */
export function letterOf(region: Region): number {
  switch (region) {
    case Region.LEFT_REDZONE:
    case Region.RIGHT_REDZONE:
    case Region.SLACK:
      return Letter.Z;
    default:
      return Letter.P;
  }
}

/**
 * Of a free object F follows the chain; of a live one only a pointer outside the payload counts.
 */
function sightsOfFreePointer(layout: Layout, isLive: boolean): Sight[] {
  const gate = layout.letters & (layout.profile === Profile.V310 ? DEBUG_LETTERS : Letter.F);
  const words = "Freepointer corrupt";
  if (!isLive) {
    if (gate === 0) return [];
    const chain: Sight = { letter: gate, when: "operation", words: "Freechain corrupt" };
    return [{ letter: gate, when: "alloc", words }, chain];
  }
  if (!layout.freePointerOutside || !isDebugCache(layout)) return [];
  const letter = layout.letters & DEBUG_LETTERS;
  const sights: Sight[] = [{ letter, when: "validate", words }];
  // From 5.4 to 6.6 a free clears the pointer before anyone looks.
  const isLooked = layout.profile !== Profile.V61 && gate !== 0;
  if (isLooked) sights.unshift({ letter: gate, when: "free", words });
  return sights;
}

function sightsOfFree(shadow: Shadow, damage: Damage): Sight[] {
  if (damage.cause === "leak-at-destroy") {
    return [{ letter: 0, when: "operation", words: "Objects remaining" }];
  }
  if (damage.cache === NONE) return [];
  const layout = shadow.caches.layouts[damage.cache];
  if (!checksOperations(layout) || damage.cause === "double-free-after-reuse") return [];
  const letter = layout.letters & (layout.profile === Profile.V310 ? DEBUG_LETTERS : Letter.F);
  return [{ letter, when: "free", words: wordsOfFree(damage) }];
}

/** What the check of a free says. */
export function wordsOfFree(damage: Damage): string {
  switch (damage.cause) {
    case "invalid-free-interior":
      return "Invalid object pointer";
    case "wrong-cache-free":
    case "wrong-cache-leak":
      return "Wrong slab cache";
    case "invalid-free-foreign":
      return "Not a slab page";
    default:
      return "Object already free";
  }
}
