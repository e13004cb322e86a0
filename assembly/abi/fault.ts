// How a simulated machine dies, and in which kernel function.

/** Kinds of fatal faults. */
export enum FaultKind {
  NONE = 0,
  /** Read of an address that nothing is mapped at. */
  PAGE_READ = 1,
  /** Write to an address that nothing is mapped at. */
  PAGE_WRITE = 2,
  /** Use of a non-canonical address. */
  PROTECTION = 3,
  /** BUG_ON() in set_freepointer: an object would point to itself (hardened). */
  BUG_FREEPOINTER = 4,
  /** BUG_ON(!PageCompound(page)) in kfree (3.10). */
  BUG_KFREE = 5,
  /** An endless loop. */
  HANG = 6,
  /** BUG_ON(free <= 0) while shrinking (6.x). */
  BUG_SHRINK = 8,
  /** BUG() of a list that is corrupt (BUG_ON_DATA_CORRUPTION); the Warning tells where. */
  BUG_LIST = 9,
  /** Division by zero: the size of a cache was overwritten. */
  DIVIDE = 7,
}

/** Kernel functions that can fault; the host knows their symbols per profile. */
export enum Fn {
  NONE = 0,
  RUN_OP = 1,
  KMEM_CACHE_ALLOC = 2,
  SLAB_ALLOC_SLOW = 3,
  GET_PARTIAL_NODE = 4,
  KMEM_CACHE_FREE = 5,
  SLAB_FREE_SLOW = 6,
  DEACTIVATE_SLAB = 7,
  KFREE = 8,
  GET_MAP = 9,
  LIST_ADD = 10,
  LIST_DEL = 11,
  ON_FREELIST = 12,
  CHECK_OBJECT = 13,
  VALIDATE_SLAB = 14,
  KMEM_CACHE_ALLOC_BULK = 15,
  KMEM_CACHE_FREE_BULK = 16,
  BUILD_DETACHED_FREELIST = 17,
  KMALLOC = 18,
  CHECK_SLAB = 19,
  KSIZE = 20,
  SHUTDOWN_CACHE = 21,
  SHRINK = 22,
  UNFREEZE_PARTIALS = 23,
  FREE_DEBUG_PROCESSING = 24,
  PRINT_TRAILER = 25,
  KMALLOC_TRACK_CALLER = 26,
  SLAB_PAD_CHECK = 27,
  /** The driver's, which shows the lists of a cache. */
  DO_STATE = 28,
  /** The driver's, which says where an object lies. */
  RES_LOC = 29,
  MEMCHR_INV = 30,
  MEMSET = 31,
  // From here on: callers that tracks name. A fault is told by five bits of its place.
  KMEM_CACHE_CREATE = 32,
  KMEM_CACHE_DESTROY = 33,
  VALIDATE_SLAB_CACHE = 34,
  LIST_SLAB_OBJECTS = 35,
  KREALLOC = 36,
  /** 7.3: the work that kfree_nolock() leaves for later. */
  DEFERRED_PERCPU_WORK_FN = 37,
}
