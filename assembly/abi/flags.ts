// Cache flags. In programs and in the configuration they travel as *letters*, one bit each, because
// their kernel values differ from version to version (slub-reference 9.5). The core turns them into
// what it needs; the host turns them into the number that a kernel would print.

/** One bit per letter of the script language's `cache NAME SIZE ALIGN FLAGS`. */
export const enum Letter {
  /** F: SLAB_CONSISTENCY_CHECKS (3.10: SLAB_DEBUG_FREE). */
  F = 1,
  /** Z: SLAB_RED_ZONE. */
  Z = 2,
  /** P: SLAB_POISON. */
  P = 4,
  /** U: SLAB_STORE_USER. */
  U = 8,
  /** T: SLAB_TRACE. */
  T = 16,
  /** H: SLAB_HWCACHE_ALIGN. */
  H = 32,
  /** R: SLAB_TYPESAFE_BY_RCU (3.10: SLAB_DESTROY_BY_RCU). */
  R = 64,
  /** K: SLAB_RECLAIM_ACCOUNT. */
  K = 128,
  /** A: SLAB_ACCOUNT; as a boot letter SLAB_FAILSLAB. */
  A = 256,
  /** D: SLAB_CACHE_DMA32. */
  D = 512,
  /**
   * No M in the script: SLAB_NOLEAKTRACE, which also keeps the cache from merging; on 7.3, where it
   * would take the sheaves away, SLAB_NO_MERGE.
   */
  NOLEAKTRACE = 1024,
  /** The cache has a constructor. */
  CTOR = 2048,
  /** SLAB_KMALLOC: a kmalloc size class. */
  KMALLOC = 4096,
  /** O (boot letters only): drop Z, P and U where they would raise the minimum order. */
  ORDER_GUARD = 8192,
  /** N (7.3): SLAB_NOLEAKTRACE, and so no sheaves. */
  N = 16384,
  /** O (7.3): SLAB_NO_USER_FLAGS, which slub_debug does not reach. */
  O = 32768,
}

/** SLAB_DEBUG_FLAGS: a cache with any of these is a debug cache. */
export const DEBUG_LETTERS: u32 = 31;
/** DEBUG_METADATA_FLAGS: Z, P and U make objects larger. */
export const METADATA_LETTERS: u32 = 14;
/** DEBUG_DEFAULT_FLAGS: what a bare `slub_debug` means. */
export const DEFAULT_DEBUG_LETTERS: u32 = 15;

/** What a list operation looks at before it links or unlinks an entry. */
export const enum ListChecks {
  /** Nothing. */
  NONE,
  /** CONFIG_DEBUG_LIST: whatever can be wrong is reported. */
  ALL,
  /** CONFIG_LIST_HARDENED alone: neighbours that do not agree are; NULL and LIST_POISON fault. */
  NEIGHBOURS,
}
