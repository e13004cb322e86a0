// Frees of what is no object, or not one of that cache. A twin frees the object, and into its own
// cache.
import { Slot } from "../../../abi.ts";
import type { Draft } from "../draft.ts";
import { Feature } from "../features.ts";
import { KMALLOC } from "../holdings.ts";
import { objectBeside, Side } from "./scene.ts";

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

function interiorOffset(draft: Draft, size: number): number {
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
