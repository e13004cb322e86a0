// Pages that nobody owns.
//
// Sees: a slab that is neither counted by a cache nor given back, a page given back twice, a large
// request whose pages stay. Does not see: a slab that its cache still counts (see census.ts).
import { CACHE_MAX, CacheLayout } from "../../abi.ts";
import type { SlabHeap } from "../core/heap.ts";
import type { Shadow } from "../oracle/shadow.ts";
import { NONE } from "../oracle/slabs.ts";

/** The pages that are out must be those of the caches' slabs and of large requests. */
export function comparePages(heap: SlabHeap, shadow: Shadow, startPages: number): void {
  const found = heap.core.pages_in_use() - startPages;
  const expected = pagesOfCaches(heap, shadow.caches.end) + shadow.largePages;
  if (found !== expected) shadow.violate("lost-page", NONE, NONE, found, expected);
}

function pagesOfCaches(heap: SlabHeap, end: number): number {
  const { u32 } = heap.views;
  let pages = 0;
  for (let index = 0; index < Math.min(end, CACHE_MAX); index++) {
    const at = (heap.areas.cache + index * CacheLayout.SIZE) >>> 2;
    if (u32[at + CacheLayout.STATE / 4] === 0) continue;
    pages += u32[at + CacheLayout.NR_SLABS / 4] << (u32[at + CacheLayout.OO / 4] >>> 16);
  }
  return pages;
}
