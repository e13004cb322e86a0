// Mistakes that come with the end of a slab or of a cache: a pointer into memory that is another
// cache's by now, objects that are held when their cache goes, and use of them when it is gone.
import { Letter } from "../../../abi.ts";
import type { Draft } from "../draft.ts";
import { Feature } from "../features.ts";
import { KMALLOC } from "../holdings.ts";
import { fullSlab, ownSlab } from "./own_slab.ts";
import { store, storeWithin } from "./value.ts";

const WRITE_MAX = 16;
const LOST_MAX = 3;

/**
 * All objects of a slab are given back, and the slab; the page allocator hands its pages to a new
 * cache with slabs of the same order.
 */
export function crossCacheReuse(draft: Draft): void {
  const { cache, first, count } = fullSlab(draft, 0, Letter.R);
  const stale = first + draft.prng.below(count);
  for (let i = 0; i < count; i++) draft.free(cache, first + i);
  draft.image.shrink(cache);
  const other = draft.caches.addOfOrder(draft.caches.layout[cache].order);
  const objects = draft.allocMany(
    other,
    Math.min(draft.caches.layout[other].objects, WRITE_MAX),
    false,
  );
  const length = draft.prng.between(1, Math.min(draft.caches.size[cache], WRITE_MAX));
  if (draft.isTwin) {
    storeWithin(draft, other, objects, length);
    return;
  }
  draft.mark();
  store(draft, cache, stale, draft.prng.below(draft.caches.size[cache] - length + 1), length);
}

/** Objects are lost; the mistake is the destruction, now or at the end. */
export function leakAtDestroy(draft: Draft): void {
  const { cache, first, count } = ownSlab(draft);
  const lost = draft.prng.between(1, Math.min(count, LOST_MAX));
  const isNow = draft.prng.oneIn(3);
  for (let i = 0; i < count; i++) {
    const isLost = i < lost && !draft.isTwin;
    if (isLost) draft.lose(cache, first + i);
    else if (isNow || draft.prng.oneIn(2)) draft.free(cache, first + i);
  }
  if (!isNow) return;
  draft.mark();
  draft.destroy(cache);
}

/** A write, a read or a free by way of a pointer that outlived its cache. */
export function useAfterDestroy(draft: Draft): void {
  const { cache, first, count } = fullSlab(draft, 0, Letter.R);
  const size = draft.caches.size[cache];
  const stale = first + draft.prng.below(count);
  const length = draft.prng.between(1, Math.min(size, WRITE_MAX));
  const isFree = draft.prng.oneIn(3) && (draft.allowed & Feature.KMALLOC) !== 0;
  if (draft.isTwin && !isFree) storeWithin(draft, cache, stale, length);
  for (let i = 0; i < count; i++) draft.free(cache, first + i);
  draft.destroy(cache);
  if (draft.isTwin) return;
  draft.mark();
  if (isFree) draft.image.kfree(stale);
  else store(draft, KMALLOC, stale, draft.prng.below(size - length + 1), length);
}
