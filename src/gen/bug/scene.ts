// Where a mistake happens: an object to make it with, and the state of the object that it hits. A
// scene in a cache of its own knows where each object lies, because a new slab hands its objects
// out in order (with a randomised freelist it knows the slab at least).
//
//   ╞ first ╪ ... ╪ object ╪ victim ╪ ... ╡   one slab of a new cache, the victim to the right
import { KMALLOC_SIZES } from "../../program/kmalloc.ts";
import { type Draft, KMALLOC } from "../draft.ts";
import { Feature } from "../features.ts";

/** States of a victim, by name; docs/fuzzing.md explains them. */
export const VICTIM_STATES = [
  "any",
  "fresh",
  "kmalloc",
  "live",
  "free-head",
  "free-middle",
  "free-tail",
  "slab-end",
] as const;

export type VictimState = (typeof VICTIM_STATES)[number];

/** The same by number. */
export const Victim = {
  ANY: 0,
  FRESH: 1,
  KMALLOC: 2,
  LIVE: 3,
  FREE_HEAD: 4,
  FREE_MIDDLE: 5,
  FREE_TAIL: 6,
  SLAB_END: 7,
} as const;

/** How often each state is drawn. */
const WEIGHTS = Uint8Array.of(6, 2, 3, 2, 2, 2, 2, 2);
const WEIGHT_SUM = WEIGHTS.reduce((sum, weight) => sum + weight, 0);

/** A slab of no more objects is filled without much ado. */
const FULL_MAX = 32;
/** Objects of a slab that is not filled. */
const ROW = 8;
/** Objects of a slab that can have a first, a last, and one between. */
const OBJECTS_MIN = 3;

/** The victim's place beside the object. */
export const Side = { RIGHT: 1, LEFT: -1 } as const;

export type Side = (typeof Side)[keyof typeof Side];

export class Scene {
  /** A cache, or KMALLOC. */
  owner = 0;
  /** The object that the mistake is made with. */
  slot = 0;
  /** Bytes that the program may use of it. */
  size = 0;
  /** Objects of the slab from its first on, if it is the scene's own; else 0. */
  count = 0;
  /** Slot of the first of them. */
  first = 0;

  set(draft: Draft, owner: number, slot: number): this {
    this.owner = owner;
    this.slot = slot;
    this.size = draft.slotSize[slot];
    this.count = 0;
    return this;
  }
}

const scene = new Scene();

/** Draws a state; what the options rule out becomes `any`. */
function drawVictim(draft: Draft): number {
  let drawn = draft.prng.below(WEIGHT_SUM);
  let state = 0;
  while (drawn >= WEIGHTS[state]) drawn -= WEIGHTS[state++];
  if (state === Victim.KMALLOC && !allows(draft, Feature.KMALLOC)) return Victim.ANY;
  if (state >= Victim.LIVE && !allows(draft, Feature.CACHES)) return Victim.ANY;
  return state;
}

function allows(draft: Draft, feature: number): boolean {
  return (draft.allowed & feature) !== 0;
}

/** A live object whose neighbour on that side is in a state that is drawn. */
export function objectBeside(draft: Draft, side: Side): Scene {
  const state = drawVictim(draft);
  switch (state) {
    case Victim.ANY:
      return anyObject(draft, draft.pickCache());
    case Victim.FRESH:
      return freshObject(draft);
    case Victim.KMALLOC:
      return kmallocObject(draft);
    default:
      return objectInOwnSlab(draft, side, state);
  }
}

/** An object as the traffic left it. */
export function anyObject(draft: Draft, cache: number): Scene {
  return scene.set(draft, cache, draft.needHeld(cache));
}

function freshObject(draft: Draft): Scene {
  const cache = draft.pickCache();
  return scene.set(draft, cache, draft.alloc(cache));
}

/** All that kmalloc served was asked for: behind it lies what is nobody's. */
function kmallocObject(draft: Draft): Scene {
  return scene.set(draft, KMALLOC, draft.kmalloc(draft.prng.pick(KMALLOC_SIZES), false));
}

function objectInOwnSlab(draft: Draft, side: Side, state: number): Scene {
  const cache = cacheFor(draft, state);
  const count = fillSlab(draft, cache, isFullFor(state));
  if (count < OBJECTS_MIN) return freshObject(draft);
  const { first } = scene;
  const isEnd = state === Victim.SLAB_END;
  const atEnd = side === Side.RIGHT ? count - 1 : 0;
  const victim = isEnd ? atEnd + side : draft.prng.between(1, count - 2);
  if (!isEnd && state !== Victim.LIVE) freeAs(draft, cache, first + victim, state, side);
  scene.set(draft, cache, first + victim - side);
  return note(first, count);
}

/** A live object with two more behind it, each of them live or free. */
export function objectBeforeTwo(draft: Draft): Scene {
  if (!allows(draft, Feature.CACHES)) return anyObject(draft, draft.pickCache());
  const { owner, first, count } = draft.prng.oneIn(2) ? fullSlab(draft) : ownSlab(draft);
  const slot = first + draft.prng.below(Math.max(1, count - 2));
  for (let behind = slot + 1; behind < Math.min(slot + 3, first + count); behind++) {
    if (draft.prng.oneIn(2)) draft.free(owner, behind);
  }
  return scene.set(draft, owner, slot);
}

/**
 * An object that was given back, its cell in a state that is drawn. A twin's is still held: it is
 * to be given back after its use.
 */
export function freedObject(draft: Draft): Scene {
  const state = drawVictim(draft);
  switch (state) {
    case Victim.ANY:
    case Victim.LIVE:
      return freedAnyObject(draft, draft.pickCache());
    case Victim.FRESH:
      return freedAfresh(draft);
    case Victim.KMALLOC:
      return freedKmallocObject(draft);
    default:
      return freedInOwnSlab(draft, state);
  }
}

function freedAnyObject(draft: Draft, cache: number): Scene {
  return giveBack(draft, anyObject(draft, cache));
}

function freedAfresh(draft: Draft): Scene {
  return giveBack(draft, freshObject(draft));
}

function freedKmallocObject(draft: Draft): Scene {
  return giveBack(draft, kmallocObject(draft));
}

function giveBack(draft: Draft, { owner, slot }: Scene): Scene {
  if (!draft.isTwin) draft.free(owner, slot);
  return scene;
}

/** The only free object of a cache; without caches of its own, one that probably comes next. */
export function freedInFullSlab(draft: Draft): Scene {
  if (!allows(draft, Feature.CACHES)) {
    const cache = draft.pickCache();
    return scene.set(draft, cache, draft.freeOne(cache));
  }
  fullSlab(draft);
  const victim = scene.first + draft.prng.below(scene.count);
  draft.free(scene.owner, victim);
  return scene.set(draft, scene.owner, victim);
}

function freedInOwnSlab(draft: Draft, state: number): Scene {
  const cache = cacheFor(draft, state);
  const count = fillSlab(draft, cache, isFullFor(state));
  if (count < OBJECTS_MIN) return freedAfresh(draft);
  const { first } = scene;
  const isEnd = state === Victim.SLAB_END;
  const victim = first + (isEnd ? count - 1 : draft.prng.between(1, count - 2));
  freeAs(draft, cache, victim, isEnd ? Victim.FREE_HEAD : state, Side.RIGHT, draft.isTwin);
  scene.set(draft, cache, victim);
  return note(first, count);
}

/** Objects of a slab of the cache's own: all of them, or the first few. */
export function ownSlab(draft: Draft): Scene {
  const cache = draft.addOwnCache();
  const count = fillSlab(draft, cache, false);
  const { first } = scene;
  scene.set(draft, cache, first);
  return note(first, count);
}

/** All objects of the only slab of a new cache; behind them lie `tailMin` bytes or more. */
export function fullSlab(draft: Draft, tailMin = 0, lettersAway = 0): Scene {
  const cache = draft.addFullCache(FULL_MAX, tailMin, lettersAway);
  const count = fillSlab(draft, cache, true);
  const { first } = scene;
  scene.set(draft, cache, first);
  return note(first, count);
}

function isFullFor(state: number): boolean {
  return state === Victim.FREE_TAIL || state === Victim.SLAB_END;
}

function cacheFor(draft: Draft, state: number): number {
  return isFullFor(state) ? draft.addFullCache(FULL_MAX, 0) : draft.addOwnCache();
}

/** Obtains objects of a new slab; `scene.first` is the first. Returns how many. */
function fillSlab(draft: Draft, cache: number, isFull: boolean): number {
  const { objects } = draft.layout[cache];
  const fills = objects <= FULL_MAX && (isFull || draft.prng.oneIn(2));
  const count = fills ? objects : Math.min(objects, ROW);
  const isBulk = draft.has(Feature.BULK) && draft.prng.oneIn(4);
  scene.first = draft.allocMany(cache, count, isBulk);
  return count;
}

/** Frees the victim, and others before or after it, so that it ends up at its place in the list. */
function freeAs(
  draft: Draft,
  cache: number,
  victim: number,
  state: number,
  side: Side,
  keepsVictim = false,
): void {
  const other = victim + side;
  const isHead = state === Victim.FREE_HEAD;
  const isMiddle = state === Victim.FREE_MIDDLE && draft.prng.oneIn(2);
  if (isMiddle && draft.isHeld(cache, other + side)) draft.free(cache, other + side);
  if (!keepsVictim) draft.free(cache, victim);
  if (!isHead && draft.isHeld(cache, other)) draft.free(cache, other);
}

function note(first: number, count: number): Scene {
  scene.first = first;
  scene.count = count;
  return scene;
}
