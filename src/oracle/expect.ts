// Checks that must speak. After a damage the oracle waits for the first operation at which the
// kernel is bound to look at the damaged bytes: the free of the damaged object, the allocation of a
// damaged free one, a validate of its slab. If nothing was reported until then, the allocator broke
// its own rule (invariant silent-check). Worked out from profile, letters and layout, never from
// the core.
//
// Waits only where there is no doubt: bytes that changed and stayed, in a slab that is surely
// looked at, with no report of any kind before.
import { Letter, Profile, Status } from "../abi.ts";
import { type Damage, pointerValueOf, type Segment } from "./damage.ts";
import { checksOperations, isDebugCache, type Layout } from "./layout.ts";
import { isPainted, Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/**
 * An object was given back, rightly: its guards are checked as those of a live one, and repainted.
 */
export function expectAtFree(shadow: Shadow, object: number): void {
  const cell = shadow.objects.cell[object];
  if (cell === NONE) return;
  const slab = shadow.objects.slab[object];
  const layout = shadow.caches.layouts[shadow.objects.cache[object]];
  // An empty slab may go back to the page allocator; without checks nobody looks at it then.
  const vanishes = shadow.slabs.live[slab] <= 1 && !checksOperations(layout);
  forEachOpen(shadow, (damage, segment) => {
    if (segment.slab === slab && vanishes) segment.isOpen = false;
    if (!isConcerned(segment, slab, cell)) return;
    const isLooked = checksOperations(layout) && isPainted(layout, segment.region, true);
    if (isLooked) expectReport(shadow, damage);
    if (!isNeverRepainted(segment.region)) segment.isOpen = false;
  });
}

/** A cache handed out an object: it was checked as a free one, and is painted as a live one. */
export function expectAtAlloc(shadow: Shadow, object: number): void {
  const cell = shadow.objects.cell[object];
  if (cell === NONE) return;
  const slab = shadow.objects.slab[object];
  const layout = shadow.caches.layouts[shadow.objects.cache[object]];
  forEachOpen(shadow, (damage, segment) => {
    if (!isConcerned(segment, slab, cell)) return;
    if (checksOperations(layout) && isBadWhileFree(shadow, layout, damage, segment)) {
      expectReport(shadow, damage);
    }
    if (!isNeverRepainted(segment.region)) segment.isOpen = false;
  });
}

/** A cache was validated: each slab with free objects, and with U the full ones, was looked at. */
export function expectAtValidate(shadow: Shadow, cache: number): void {
  const layout = shadow.caches.layouts[cache];
  if (!isDebugCache(layout)) return;
  forEachOpen(shadow, (damage, segment) => {
    if (!isVisited(shadow, layout, cache, segment.slab)) return;
    const isLive = segment.cell !== NONE && shadow.slabs.cellObject[segment.cell] !== NONE;
    const isBad = isLive
      ? isPainted(layout, segment.region, true)
      : isBadWhileFree(shadow, layout, damage, segment);
    if (isBad) expectReport(shadow, damage);
  });
}

/** A free that nobody may do was done: with checks it must have been refused aloud. */
export function expectAtBadFree(shadow: Shadow, damage: Damage): void {
  const hasEnded = shadow.status(shadow.op) !== Status.OK;
  if (damage.cache === NONE || hasEnded) return;
  if (mustRefuse(shadow, damage)) expectReport(shadow, damage);
}

function mustRefuse(shadow: Shadow, damage: Damage): boolean {
  const layout = shadow.caches.layouts[damage.cache];
  const isOld = shadow.machine.profile === Profile.V310;
  switch (damage.cause) {
    case "double-free":
    case "double-free-interleaved":
      return checksOperations(layout);
    case "invalid-free-interior":
      return checksOperations(layout) && !isLiveObject(shadow, damage);
    case "wrong-cache-free":
      return (layout.letters & Letter.F) !== 0 && (!isOld || shadow.machine.memcgKmem);
    case "invalid-free-foreign":
      return !isOld && (layout.letters & Letter.F) !== 0;
    default:
      return false;
  }
}

/** The address inside one object may be the beginning of another. */
function isLiveObject(shadow: Shadow, { at, slab }: Damage): boolean {
  if (slab === NONE) return false;
  const layout = shadow.caches.layouts[shadow.slabs.cache[slab]];
  const cell = shadow.slabs.cellAt(slab, layout, at);
  return cell >= 0 && shadow.slabs.cellObject[cell] !== NONE;
}

function expectReport(shadow: Shadow, damage: Damage): void {
  if (shadow.events.reports.length > 0 || shadow.violations.length > 0) return;
  const cache = damage.slab === NONE ? damage.cache : shadow.slabs.cache[damage.slab];
  shadow.violate("silent-check", cache, damage.object, 0, damage.op);
}

/**
 * The damage lies in the cell itself, or in the tail of its slab, which every operation looks at.
 */
function isConcerned(segment: Segment, slab: number, cell: number): boolean {
  if (segment.slab !== slab) return false;
  return segment.cell === cell || segment.region === Region.SLAB_TAIL;
}

function forEachOpen(shadow: Shadow, visit: (damage: Damage, segment: Segment) => void): void {
  for (const damage of shadow.damages) {
    for (const segment of damage.segments) if (segment.isOpen) visit(damage, segment);
  }
}

/** Painted bytes of a free object, or its free pointer with a value that no check lets pass. */
function isBadWhileFree(shadow: Shadow, layout: Layout, damage: Damage, segment: Segment): boolean {
  if (isPainted(layout, segment.region, false)) return true;
  if (segment.region !== Region.FREE_POINTER || segment.object !== NONE) return false;
  // 3.10 rewrites the whole chain at each allocation, and dies on the way if it is broken.
  if (layout.profile === Profile.V310) return false;
  const value = pointerValueOf(shadow, damage, segment);
  return value === "invalid" || value === "same-slab";
}

/** Red zones and poison are painted anew at each change of state; padding and filler never. */
function isNeverRepainted(region: Region): boolean {
  return region === Region.PADDING || region === Region.ALIGNMENT || region === Region.SLAB_TAIL;
}

function isVisited(shadow: Shadow, layout: Layout, cache: number, slab: number): boolean {
  const { slabs } = shadow;
  if (slab === NONE || slabs.cache[slab] !== cache || slabs.isGone[slab] !== 0) return false;
  const live = slabs.live[slab];
  if (live === 0) return false;
  return live < slabs.objects[slab] || (layout.letters & Letter.U) !== 0;
}
