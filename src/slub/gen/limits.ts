// How much a program in the making keeps account of.

/** Caches of one program. */
export const CACHES_MAX = 8;
/** Index of the kmalloc caches among the owners of objects. */
export const KMALLOC = CACHES_MAX;
export const OWNERS = CACHES_MAX + 1;
/** Slots of one program. */
export const SLOTS_MAX = 16384;
