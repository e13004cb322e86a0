// Which of the thirteen kmalloc caches serves how many bytes.

import { KMALLOC_CLASSES } from "../abi/limits.ts";
import { DEBUG } from "../base/assert.ts";
import { cache_by_index, KmemCache } from "./types.ts";

/** Size of each class, in the order of the caches. */
export function class_size(i: u32): u32 {
  if (DEBUG) assert(i < KMALLOC_CLASSES); // there are no larger ones
  if (i < 4) return 8 << i;
  if (i == 4) return 96;
  if (i == 5) return 128;
  if (i == 6) return 192;
  return 256 << (i - 7);
}

/** The cache that serves a request of up to 8 KiB. */
export function kmalloc_slab(size: u32): KmemCache {
  for (let i: u32 = 0; i < KMALLOC_CLASSES; i++) {
    if (DEBUG) assert(i == 0 || size > class_size(i - 1)); // the smallest that will do
    if (size <= class_size(i)) return cache_by_index(i);
  }
  return cache_by_index(KMALLOC_CLASSES - 1);
}
