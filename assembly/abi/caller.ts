// Whom tracks name as the caller of an allocation or a free: the place in the script driver that
// runs the operation, or the kernel function that frees on its behalf. The host says which address
// each of them has (ConfigLayout.CALLERS): a track that is overwritten in part shows the rest.

export enum Caller {
  ALLOC = 0,
  ALLOC_N = 1,
  BULK_ALLOC = 2,
  KMALLOC = 3,
  KREALLOC = 4,
  FREE = 5,
  /** freeoff. */
  FREE_OFF = 6,
  FREE_N = 7,
  BULK_FREE = 8,
  KFREE = 9,
  /** krealloc() gives back the object that it moved. */
  KREALLOC_MOVED = 10,
  /** krealloc() of size 0. */
  KREALLOC_ZERO = 11,
  /** The kernel's own memory (3.10): names of caches, maps of slabs, lists of slabs. */
  CACHE_CREATE = 12,
  CACHE_DESTROY = 13,
  VALIDATE = 14,
  SHRINK = 15,
  LIST_OBJECTS = 16,
  /** Work that kfree_nolock() left for later (7.3). */
  DEFERRED = 17,
  COUNT = 18,
}
