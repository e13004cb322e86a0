// What must be seen, and when. After a damage the oracle waits for the first operation at which the
// kernel is bound to look at the damaged bytes: the free of the damaged object, the allocation of a
// damaged free one, a walk along a damaged chain, the end of a slab, a validate. That operation and
// the words of the check are an expectation; the verdict compares it with what was reported. If
// nothing was, the allocator broke its own rule (invariant silent-check). Worked out from profile,
// letters and layout, never from the core.
//
// Expects only where there is no doubt: bytes that changed and stayed, in a slab that is surely
// looked at. What may be looked at, sooner or later, is in sight.ts.
import { Letter, Op, Profile, Status } from "../../abi.ts";
import { opOf } from "../program/record.ts";
import type { Damage, Segment } from "./damage.ts";
import { isRefusedPointer, pointerValueOf } from "./free_pointer.ts";
import { checksOperations, isDebugCache, type Layout } from "./layout.ts";
import { isPainted, Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { checkWordsOf, letterOf, wordsOfFree } from "./sight.ts";
import { NONE } from "./slabs.ts";

const FREE_POINTER_WORDS = "Freepointer corrupt";
const CHAIN_WORDS = "Freechain corrupt";
const COUNT_WORDS = "Wrong object count";

/**
 * An object was given back, rightly: its guards are checked as those of a live one, and repainted;
 * the chain of its slab is walked.
 */
export function expectAtFree(shadow: Shadow, object: number): void {
  const cell = shadow.objects.cell(object);
  if (cell === NONE) return;
  const slab = shadow.objects.slab(object);
  if (!isOpenIn(shadow, slab)) return;
  const layout = shadow.caches.layouts[shadow.objects.cache(object)];
  const isChecked = checksOperations(layout);
  // An empty slab may go back to the page allocator; without checks it is not looked at then.
  const vanishes = shadow.slabs.live(slab) <= 1 && !isChecked;
  forEachOpen(shadow, (damage, segment) => {
    if (segment.slab !== slab) return;
    if (vanishes) segment.isOpen = false;
    if (isConcerned(segment, cell)) {
      if (isChecked) expectGuard(shadow, layout, damage, segment, object);
      if (!isNeverRepainted(segment.region)) segment.isOpen = false;
    } else if (isChecked && layout.profile !== Profile.V310) {
      expectChain(shadow, layout, damage, segment);
    }
  });
}

/** Bytes of a live object, or of the tail, that a free looks at. */
function expectGuard(
  shadow: Shadow,
  layout: Layout,
  damage: Damage,
  segment: Segment,
  object: number,
): void {
  const { region } = segment;
  const isLooked =
    region === Region.SLACK
      ? !shadow.objects.isMeasured(object) && isPainted(layout, region, true)
      : isPainted(layout, region, true);
  if (isLooked) expect(shadow, damage, letterOf(region), checkWordsOf(region));
  if (region === Region.FREE_POINTER && checksPointerOfLive(shadow, layout)) {
    expectPointer(shadow, layout, damage, segment);
  }
}

/** Other operations link objects with each other before they free them. */
const ONE_BY_ONE: readonly Op[] = [Op.FREE, Op.FREE_N, Op.KFREE, Op.KREALLOC];

/** A free pointer outside the payload is checked of a live object, too, unless a free clears it. */
function checksPointerOfLive(shadow: Shadow, layout: Layout): boolean {
  if (!layout.freePointerOutside || layout.profile === Profile.V61) return false;
  return ONE_BY_ONE.includes(opOf(shadow.image.words, shadow.op));
}

function expectPointer(shadow: Shadow, layout: Layout, damage: Damage, segment: Segment): void {
  const value = pointerValueOf(shadow, damage, segment);
  if (isRefusedPointer(value)) expect(shadow, damage, gateOf(layout), FREE_POINTER_WORDS);
}

/** F walks the chain of a slab: a link that leads nowhere, or past objects, shows. */
function expectChain(shadow: Shadow, layout: Layout, damage: Damage, segment: Segment): void {
  if (segment.region !== Region.FREE_POINTER || segment.object !== NONE) return;
  switch (pointerValueOf(shadow, damage, segment).kind) {
    case "interior":
    case "outside":
      expect(shadow, damage, gateOf(layout), CHAIN_WORDS);
      return;
    case "null":
    case "free-object":
      expect(shadow, damage, gateOf(layout), COUNT_WORDS);
      return;
    default:
      return;
  }
}

/**
 * A cache handed out an object: it was checked as a free one, and is painted as a live one. One of
 * a prefilled sheaf was in use for the kernel already: neither it nor its slab is looked at.
 */
export function expectAtAlloc(shadow: Shadow, object: number): void {
  if (opOf(shadow.image.words, shadow.op) === Op.SHEAF_ALLOC) return;
  const cell = shadow.objects.cell(object);
  if (cell === NONE) return;
  const slab = shadow.objects.slab(object);
  if (!isOpenIn(shadow, slab)) return;
  const layout = shadow.caches.layouts[shadow.objects.cache(object)];
  const isChecked = checksOperations(layout);
  forEachOpen(shadow, (damage, segment) => {
    if (segment.slab !== slab || !isConcerned(segment, cell)) return;
    if (isChecked) expectOfFree(shadow, layout, damage, segment);
    if (!isNeverRepainted(segment.region)) segment.isOpen = false;
  });
}

/** Painted bytes of a free object, or its free pointer with a value that no check lets pass. */
function expectOfFree(shadow: Shadow, layout: Layout, damage: Damage, segment: Segment): void {
  const { region } = segment;
  if (isPainted(layout, region, false)) {
    expect(shadow, damage, letterOf(region), checkWordsOf(region));
  } else if (region === Region.FREE_POINTER && segment.object === NONE) {
    // 3.10 rewrites the whole chain at each allocation, and dies on the way if it is broken.
    if (layout.profile !== Profile.V310) expectPointer(shadow, layout, damage, segment);
  }
}

/** A cache was validated: each slab with free objects, and with U the full ones, was looked at. */
export function expectAtValidate(shadow: Shadow, cache: number): void {
  const layout = shadow.caches.layouts[cache];
  if (!isDebugCache(layout)) return;
  forEachOpen(shadow, (damage, segment) => {
    if (!isVisited(shadow, layout, cache, segment.slab)) return;
    const { region, cell } = segment;
    const isLive = cell !== NONE && shadow.slabs.cellObject[cell] !== NONE;
    if (isLedAstray(layout, damage, segment.slab)) return;
    if (!isLive) expectOfFree(shadow, layout, damage, segment);
    else if (isPainted(layout, region, true) && region !== Region.SLACK) {
      expect(shadow, damage, letterOf(region), checkWordsOf(region));
    }
  });
}

/**
 * Which of the slab's cells the kernel takes for free ones is open: a forbidden free that
 * was not refused put something else into the chain, or on 3.10, where an allocation takes the
 * whole chain and gives the rest back, a link was overwritten and what hung on it may be lost.
 */
function isLedAstray(layout: Layout, damage: Damage, slab: number): boolean {
  const { kind, isStructural, refused, slab: own, segments } = damage;
  if (kind === "free") return isStructural && !refused && own === slab;
  return layout.profile === Profile.V310 && segments.some((one) => isLinkIn(slab, one));
}

/** A free object's free pointer, overwritten. */
function isLinkIn(slab: number, segment: Segment): boolean {
  const isFree = segment.object === NONE && segment.slab === slab;
  return isFree && segment.region === Region.FREE_POINTER && segment.changed;
}

/** Empty slabs of a cache go back for certain: what is painted in them is looked at once more. */
export function expectAtDiscard(shadow: Shadow, cache: number): void {
  const layout = shadow.caches.layouts[cache];
  // With R the end of a slab comes after a grace period.
  if (!checksOperations(layout) || (layout.letters & Letter.R) !== 0) return;
  forEachOpen(shadow, (damage, segment) => {
    const { slab, region } = segment;
    if (slab === NONE || shadow.slabs.cache(slab) !== cache) return;
    if (shadow.slabs.live(slab) > 0 || shadow.slabs.isGone(slab)) return;
    if (isLedAstray(layout, damage, slab)) return;
    if (isPainted(layout, region, false)) {
      expect(shadow, damage, letterOf(region), checkWordsOf(region));
    }
    segment.isOpen = false;
  });
}

/** A forbidden free was done: with checks it must have been refused and reported. */
export function expectAtBadFree(shadow: Shadow, damage: Damage): void {
  const hasEnded = shadow.status(shadow.op) !== Status.OK;
  if (damage.cache === NONE || hasEnded || !mustRefuse(shadow, damage)) return;
  const layout = shadow.caches.layouts[damage.cache];
  expect(shadow, damage, gateOf(layout), wordsOfFree(damage));
}

/** A cache was destroyed with objects in use: that is said always. */
export function expectAtLeak(shadow: Shadow, damage: Damage): void {
  if (shadow.status(shadow.op) === Status.BUSY) expect(shadow, damage, 0, "Objects remaining");
}

function mustRefuse(shadow: Shadow, damage: Damage): boolean {
  const layout = shadow.caches.layouts[damage.cache];
  const isOld = shadow.machine.profile === Profile.V310;
  switch (damage.cause) {
    case "double-free":
    case "double-free-interleaved":
      // A sheaf that the program holds may have the object, which is in use then.
      return checksOperations(layout) && !shadow.prefilled.hasAnyOf(damage.cache);
    case "invalid-free-interior":
      // 3.10 takes the cache that the page names. If it names none, nothing happens; if another,
      // the options of that one are in force.
      if (isOld && !shadow.slabs.isOf(damage.slab, damage.cache)) return false;
      return checksOperations(layout) && !mayBeLiveObject(shadow, damage);
    case "wrong-cache-leak":
    case "wrong-cache-free":
      return (layout.letters & Letter.F) !== 0 && (!isOld || shadow.machine.memcgKmem);
    case "invalid-free-foreign":
      return !isOld && (layout.letters & Letter.F) !== 0;
    default:
      return false;
  }
}

/** The address inside one object may be the beginning of another, also of one of the kernel's. */
function mayBeLiveObject(shadow: Shadow, { at, slab }: Damage): boolean {
  if (slab === NONE) return false;
  const cache = shadow.slabs.cache(slab);
  const cell = shadow.slabs.cellAt(slab, shadow.caches.layouts[cache], at);
  return cell >= 0 && (shadow.caches.isKernels(cache) || shadow.slabs.cellObject[cell] !== NONE);
}

/** The options that switch the checks of operations on. */
function gateOf(layout: Layout): number {
  return layout.letters & Letter.F;
}

function expect(shadow: Shadow, damage: Damage, letter: number, words: string): void {
  shadow.expectations.push({ damage, op: shadow.op, letter, words });
}

/**
 * The damage lies in the cell itself, or in the tail of its slab, which every operation looks at.
 */
function isConcerned(segment: Segment, cell: number): boolean {
  return segment.cell === cell || segment.region === Region.SLAB_TAIL;
}

/** Whether anything in a slab is still open: nothing is, behind most mistakes. */
function isOpenIn(shadow: Shadow, slab: number): boolean {
  for (const { segments } of shadow.damages) {
    for (const segment of segments) if (segment.slab === slab && segment.isOpen) return true;
  }
  return false;
}

function forEachOpen(shadow: Shadow, visit: (damage: Damage, segment: Segment) => void): void {
  for (const damage of shadow.damages) {
    for (const segment of damage.segments) if (segment.isOpen) visit(damage, segment);
  }
}

/** Red zones and poison are painted anew at each change of state; padding and filler never. */
function isNeverRepainted(region: Region): boolean {
  return region === Region.PADDING || region === Region.ALIGNMENT || region === Region.SLAB_TAIL;
}

function isVisited(shadow: Shadow, layout: Layout, cache: number, slab: number): boolean {
  const { slabs } = shadow;
  if (slab === NONE || slabs.cache(slab) !== cache || slabs.isGone(slab)) return false;
  const live = slabs.live(slab);
  if (live === 0) return false;
  return live < slabs.objects(slab) || (layout.letters & Letter.U) !== 0;
}
