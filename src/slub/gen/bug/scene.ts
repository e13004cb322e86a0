// Where a mistake happens: an object to make it with, and the state of the object that it hits.
import { KMALLOC_SIZES } from "../../program/kmalloc.ts";
import type { Draft } from "../draft.ts";
import { Feature } from "../features.ts";
import { KMALLOC } from "../holdings.ts";
import { fullSlab, type OwnSlab, ownSlab } from "./own_slab.ts";

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

/** The same by number. */
const Victim = {
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

/** Cells of a slab that can have a first, a last, and one between. */
const CELLS_MIN = 3;

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

  set(draft: Draft, owner: number, slot: number): this {
    this.owner = owner;
    this.slot = slot;
    this.size = draft.slotSize[slot];
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
      return anyObject(draft, draft.caches.pick());
    case Victim.FRESH:
      return freshObject(draft);
    case Victim.KMALLOC:
      return kmallocObject(draft);
    default:
      return objectInOwnSlab(draft, side, state);
  }
}

/** An object as the traffic left it. */
function anyObject(draft: Draft, cache: number): Scene {
  return scene.set(draft, cache, draft.needHeld(cache));
}

function freshObject(draft: Draft): Scene {
  const cache = draft.caches.pick();
  return scene.set(draft, cache, draft.alloc(cache));
}

/** All that kmalloc served was asked for: memory behind it has no owner. */
function kmallocObject(draft: Draft): Scene {
  return scene.set(draft, KMALLOC, draft.kmalloc(draft.prng.pick(KMALLOC_SIZES), false));
}

function objectInOwnSlab(draft: Draft, side: Side, state: number): Scene {
  const slab = slabFor(draft, state);
  if (slab.cells < CELLS_MIN) return freshObject(draft);
  if (state === Victim.SLAB_END) {
    return scene.set(draft, slab.cache, slab.at(side === Side.RIGHT ? slab.cells - 1 : 0));
  }
  const victim = draft.prng.between(1, slab.cells - 2);
  if (state !== Victim.LIVE) {
    freeBefore(draft, slab, victim, state, side);
    draft.free(slab.cache, slab.at(victim));
    freeAfter(draft, slab, victim, state, side);
  }
  return scene.set(draft, slab.cache, slab.at(victim - side));
}

/** A live object with two more behind it, each of them live or free. */
export function objectBeforeTwo(draft: Draft): Scene {
  if (!allows(draft, Feature.CACHES)) return anyObject(draft, draft.caches.pick());
  const slab = draft.prng.oneIn(2) ? fullSlab(draft) : ownSlab(draft);
  const cell = draft.prng.below(Math.max(1, slab.cells - 2));
  for (let behind = cell + 1; behind < Math.min(cell + 3, slab.cells); behind++) {
    if (draft.prng.oneIn(2)) draft.free(slab.cache, slab.at(behind));
  }
  return scene.set(draft, slab.cache, slab.at(cell));
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
      return freedAnyObject(draft, draft.caches.pick());
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
    const cache = draft.caches.pick();
    return scene.set(draft, cache, draft.freeOne(cache));
  }
  const { cache, first, count } = fullSlab(draft);
  const victim = first + draft.prng.below(count);
  draft.free(cache, victim);
  return scene.set(draft, cache, victim);
}

function freedInOwnSlab(draft: Draft, state: number): Scene {
  const slab = slabFor(draft, state);
  if (slab.cells < CELLS_MIN) return freedAfresh(draft);
  const isEnd = state === Victim.SLAB_END;
  const victim = isEnd ? slab.cells - 1 : draft.prng.between(1, slab.cells - 2);
  freeBefore(draft, slab, victim, state, Side.RIGHT);
  giveBack(draft, scene.set(draft, slab.cache, slab.at(victim)));
  freeAfter(draft, slab, victim, state, Side.RIGHT);
  return scene;
}

function slabFor(draft: Draft, state: number): OwnSlab {
  const isFull = state === Victim.FREE_TAIL || state === Victim.SLAB_END;
  return isFull ? fullSlab(draft) : ownSlab(draft);
}

/** Something that is free already stands behind the victim in the list. */
function freeBefore(draft: Draft, slab: OwnSlab, victim: number, state: number, side: Side): void {
  if (state !== Victim.FREE_MIDDLE || draft.prng.oneIn(2)) return;
  freeIfThere(draft, slab, victim + 2 * side);
}

/** What is freed later stands before the victim in the list. */
function freeAfter(draft: Draft, slab: OwnSlab, victim: number, state: number, side: Side): void {
  if (state === Victim.FREE_MIDDLE || state === Victim.FREE_TAIL) {
    freeIfThere(draft, slab, victim + side);
  }
}

function freeIfThere(draft: Draft, slab: OwnSlab, cell: number): void {
  if (cell >= 0 && cell < slab.cells) draft.free(slab.cache, slab.at(cell));
}

/** After damage around a live object: it is given back, or its cache validated. */
export function followLive(draft: Draft, owner: number, slot: number): void {
  switch (draft.prng.below(4)) {
    case 0:
      draft.free(owner, slot);
      return;
    case 1:
      validate(draft, owner, slot);
      return;
    default:
      return;
  }
}

/** After damage to a free object: it is handed out, or its cache validated. */
export function followFreed(draft: Draft, owner: number, slot: number): void {
  switch (draft.prng.below(4)) {
    case 0:
      for (let i = 0; i < 2; i++) obtainAgain(draft, owner, slot);
      return;
    case 1:
      validate(draft, owner, slot);
      return;
    default:
      return;
  }
}

function obtainAgain(draft: Draft, owner: number, slot: number): void {
  if (owner === KMALLOC) draft.kmalloc(draft.slotSize[slot], false);
  else draft.alloc(owner);
}

function validate(draft: Draft, owner: number, slot: number): void {
  if ((draft.allowed & Feature.VALIDATE) === 0) return;
  if (owner === KMALLOC) draft.image.kvalidate(slot);
  else draft.image.validate(owner);
}
