// Frees that nobody may do.
import { Slot } from "../../abi.ts";
import type { Draft } from "../draft.ts";

const GLOBAL_WORDS = 500;

export function doubleFree(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.freeOne(cache);
  draft.mark();
  draft.image.free(cache, slot);
}

/** A, B, A: the object is no longer the head of the list when it comes again. */
export function doubleFreeInterleaved(draft: Draft): void {
  const cache = draft.pickCache();
  const between = draft.prng.between(1, 3);
  while (draft.heldCount(cache) <= between) draft.alloc(cache);
  const slot = draft.freeOne(cache);
  for (let i = 0; i < between; i++) draft.freeOne(cache);
  draft.mark();
  draft.image.free(cache, slot);
}

export function doubleFreeAfterReuse(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.freeOne(cache);
  draft.alloc(cache);
  draft.mark();
  draft.image.free(cache, slot);
}

export function doubleFreeAfterDiscard(draft: Draft): void {
  const cache = draft.addOwnCache();
  const slot = draft.alloc(cache);
  draft.free(cache, slot);
  draft.image.shrink(cache);
  draft.mark();
  draft.image.free(cache, slot);
}

export function doubleFreeBulk(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.needHeld(cache);
  draft.mark();
  draft.image.bulkFree(cache, [slot, slot]);
  draft.forget(cache, slot);
}

/** An address inside an object: mostly where some field would begin. */
export function invalidFreeInterior(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.needHeld(cache);
  const size = draft.size[cache];
  const words = Math.floor((size - 1) / 8);
  const isField = words > 0 && !draft.prng.oneIn(3);
  const offset = isField
    ? 8 * draft.prng.between(1, words)
    : draft.prng.between(1, Math.max(1, size - 1));
  draft.mark();
  draft.image.free(cache, slot, offset);
}

/** A global variable, in the kernel's image or in vmalloc space. */
export function invalidFreeForeign(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.prng.oneIn(2) ? Slot.GLOB : Slot.VGLOB;
  draft.mark();
  draft.image.free(cache, slot, 8 * draft.prng.below(GLOBAL_WORDS));
}

export function wrongCacheFree(draft: Draft): void {
  if (draft.cacheCount < 2) draft.addCache();
  const owner = draft.pickCache();
  const other = (owner + draft.prng.between(1, draft.cacheCount - 1)) % draft.cacheCount;
  const slot = draft.needHeld(owner);
  draft.mark();
  draft.image.free(other, slot);
  draft.forget(owner, slot);
}
