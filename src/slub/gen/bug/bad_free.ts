// Objects that are given back twice. In a twin the second free is missing.
import { Letter, Slot } from "../../../abi.ts";
import type { Draft } from "../draft.ts";
import { Feature } from "../features.ts";
import { KMALLOC } from "../holdings.ts";
import { fullSlab } from "./own_slab.ts";
import { followFreed, freedInFullSlab, objectBeside, Side } from "./scene.ts";

const BULK_MAX = 12;
const FEW = Array.from({ length: BULK_MAX + 2 }, (_, count) => new Uint16Array(count));

/** A cache, or kmalloc now and then. */
function pickAnyOwner(draft: Draft): number {
  const isKmalloc = draft.prng.oneIn(5) && (draft.allowed & Feature.KMALLOC) !== 0;
  return isKmalloc ? KMALLOC : draft.caches.pick();
}

function needHeld(draft: Draft, owner: number): number {
  if (owner !== KMALLOC) return draft.needHeld(owner);
  if (draft.heldCount(KMALLOC) > 0) return draft.pickHeld(KMALLOC);
  return draft.kmalloc(draft.sizes.draw(draft.prng), false);
}

/** The second free. */
export function freeAgain(draft: Draft, owner: number, slot: number): void {
  if (draft.isTwin) return;
  draft.mark();
  if (owner === KMALLOC) draft.image.kfree(slot);
  else draft.image.free(owner, slot);
}

export function doubleFree(draft: Draft): void {
  const owner = pickAnyOwner(draft);
  const slot = needHeld(draft, owner);
  draft.free(owner, slot);
  freeAgain(draft, owner, slot);
  followFreed(draft, owner, slot);
}

/** A, B, A: the object is no longer the head of the list when it comes again. */
export function doubleFreeInterleaved(draft: Draft): void {
  const cache = draft.caches.pick();
  const between = draft.prng.between(1, 3);
  while (draft.heldCount(cache) <= between) draft.alloc(cache);
  const slot = draft.freeOne(cache);
  for (let i = 0; i < between; i++) draft.freeOne(cache);
  freeAgain(draft, cache, slot);
  followFreed(draft, cache, slot);
}

/** By then the object has a new owner, which goes on using it. */
export function doubleFreeAfterReuse(draft: Draft): void {
  const { owner, slot } = freedInFullSlab(draft);
  const again = draft.alloc(owner);
  draft.fill(owner, again, draft.prng.below(256));
  freeAgain(draft, owner, slot);
  followFreed(draft, owner, slot);
}

/** All of a slab goes, and the slab with it. RCU would keep it for a while. */
export function doubleFreeAfterDiscard(draft: Draft): void {
  const { cache, first, count } = fullSlab(draft, 0, Letter.R);
  const slot = first + draft.prng.below(count);
  for (let i = 0; i < count; i++) draft.free(cache, first + i);
  draft.image.shrink(cache);
  freeAgain(draft, cache, slot);
}

/** One call names the same object twice. */
export function doubleFreeBulk(draft: Draft): void {
  const cache = draft.caches.pick();
  const count = draft.prng.between(1, BULK_MAX - 1);
  while (draft.heldCount(cache) < count) draft.alloc(cache);
  const slots = FEW[draft.isTwin ? count : count + 1];
  for (let i = 0; i < count; i++) slots[i] = draft.heldAt(cache, i);
  if (!draft.isTwin) repeatOne(draft, slots);
  draft.mark();
  draft.bulkFree(cache, slots);
}

/** One of the objects comes again, at any place; what was there goes to the end. */
function repeatOne(draft: Draft, slots: Uint16Array): void {
  const last = slots.length - 1;
  const twice = slots[draft.prng.below(last)];
  const at = draft.prng.below(slots.length);
  slots[last] = slots[at];
  slots[at] = twice;
}

const GLOBAL_WORDS = 500;

/** An address inside an object: mostly where some field would begin. */
export function invalidFreeInterior(draft: Draft): void {
  const { owner, slot, size } = objectBeside(draft, Side.RIGHT);
  const offset = interiorOffset(draft, size);
  if (draft.isTwin) {
    draft.free(owner, slot);
    return;
  }
  draft.mark();
  if (owner === KMALLOC) draft.image.kfree(slot, offset);
  else draft.image.free(owner, slot, offset);
}

/** Mostly where some field would begin. */
export function interiorOffset(draft: Draft, size: number): number {
  const words = Math.floor((size - 1) / 8);
  if (words > 0 && !draft.prng.oneIn(3)) return 8 * draft.prng.between(1, words);
  return draft.prng.between(1, Math.max(1, size - 1));
}

/** A global variable, in the kernel's image or in vmalloc space. */
export function invalidFreeForeign(draft: Draft): void {
  const cache = draft.caches.pick();
  if (draft.isTwin) {
    draft.freeOne(cache);
    return;
  }
  const slot = draft.prng.oneIn(2) ? Slot.GLOB : Slot.VGLOB;
  const offset = 8 * draft.prng.below(GLOBAL_WORDS);
  const isKfree = draft.prng.oneIn(4) && (draft.allowed & Feature.KMALLOC) !== 0;
  draft.mark();
  if (isKfree) draft.image.kfree(slot, offset);
  else draft.image.free(cache, slot, offset);
}

export function wrongCacheFree(draft: Draft): void {
  const owner = draft.caches.pick();
  const other = otherCache(draft, owner);
  const isKmalloc = draft.prng.oneIn(5) && (draft.allowed & Feature.KMALLOC) !== 0;
  const slot = isKmalloc ? draft.kmalloc(draft.caches.size[owner], false) : draft.needHeld(owner);
  if (draft.isTwin) {
    draft.free(isKmalloc ? KMALLOC : owner, slot);
    return;
  }
  draft.mark();
  draft.image.free(other, slot);
  draft.forget(isKmalloc ? KMALLOC : owner, slot);
}

/** A cache that cannot be merged with the other. */
function otherCache(draft: Draft, owner: number): number {
  const first = draft.prng.below(draft.caches.count);
  for (let i = 0; i < draft.caches.count; i++) {
    const cache = (first + i) % draft.caches.count;
    if (cache !== owner && draft.caches.isGone[cache] === 0 && !draft.caches.mayShare(cache, owner))
      return cache;
  }
  return draft.caches.addOwn();
}
