// The state of a heap as a debugger would see it: every kmem_cache, and the struct pages of the
// memory that programs use.
import { CACHE_MAX, CacheLayout, PAGE_SIZE, STRUCT_PAGE_SIZE, Window } from "../../abi.ts";
import type { Digest } from "../../base/hash.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import { readWindow } from "../../slub/core/memory.ts";

/** The kernel's own pages, and some that slabs lie in. */
const STRUCT_PAGES = 160;
/** Words of slab memory, and of foreign memory. */
const RAM_FIRST = 32 * PAGE_SIZE;
const RAM_BYTES = 4 * PAGE_SIZE;

/** Takes the state in. What a cache that is no more left behind depends on earlier programs. */
export function digestState(digest: Digest, heap: SlabHeap): Digest {
  const { u32 } = heap.views;
  const take = (linear: number, bytes: number): void => {
    digest.words(u32, linear >>> 2, (linear + bytes) >>> 2);
  };
  const caches = heap.core.cache_address();
  for (let i = 0; i < CACHE_MAX; i++) {
    const at = caches + i * CacheLayout.SIZE;
    if (u32[(at + CacheLayout.STATE) >>> 2] !== 0) take(at, CacheLayout.SIZE);
  }
  take(readWindow(heap, Window.MEM_MAP).linear, STRUCT_PAGES * STRUCT_PAGE_SIZE);
  take(readWindow(heap, Window.RAM).linear + RAM_FIRST, RAM_BYTES);
  return digest.word(heap.core.pages_in_use());
}
