// Deliberate bugs of the canary build, one at a time, chosen when a machine boots. Each must be
// found by a fuzzing campaign; the release build contains none of them.

export enum Planted {
  NONE = 0,
  /** slab->inuse is not decremented by a free. */
  INUSE_NOT_DECREMENTED = 1,
  /** free does not link the object to the rest of the free list. */
  FREE_POINTER_NOT_WRITTEN = 2,
  /** A slab is given back while one object is still in use. */
  SLAB_FREED_WHILE_IN_USE = 3,
  /** The right red zone is painted and checked one byte short. */
  RED_ZONE_ONE_BYTE_SHORT = 4,
  /** The poison check skips the last byte. */
  POISON_CHECK_SKIPS_LAST_BYTE = 5,
  /** Merging ignores the alignment that the new cache asks for. */
  MERGE_IGNORES_ALIGNMENT = 6,
  /** alloc leaves the object on the free list. */
  ALLOC_LEAVES_OBJECT_FREE = 7,
  /** A zeroed allocation clears one word less. */
  ZEROING_ONE_WORD_SHORT = 8,
  /** The double free check looks at the head of the free list only. */
  DOUBLE_FREE_CHECKS_HEAD_ONLY = 9,
  /** A slab that becomes empty is neither kept nor given back. */
  EMPTY_SLAB_LOST = 10,
  /** init_object on free poisons one byte beyond the payload of an object without red zone. */
  POISON_ONE_BYTE_LONG = 11,
  /** A new slab holds one object more than fits. */
  ONE_OBJECT_TOO_MANY = 12,
  /** The left red zone is not checked. */
  LEFT_RED_ZONE_UNCHECKED = 13,
  /** The constructor is not called for the last object of a slab. */
  CONSTRUCTOR_SKIPS_LAST_OBJECT = 14,
  /** The walk for a cache to merge with never gets past one of 768 to 1023 bytes. */
  MERGE_WALK_STANDS_STILL = 15,
  /** The third name of one cache makes the core trap. */
  THIRD_NAME_TRAPS = 16,
  /** The barn takes full sheaves without end. */
  BARN_LIMIT_IGNORED = 17,
  /** A full main sheaf takes more, and is not swapped with a spare that has room. */
  SPARE_NOT_SWAPPED = 18,
  /** Flushing a sheaf leaves its top object out. */
  FLUSH_LOSES_AN_OBJECT = 19,
  /** A sheaf takes one pointer more than it has room for. */
  CAPACITY_ONE_TOO_MANY = 20,
  /** What CPU 1 frees goes to CPU 0's main sheaf. */
  FREE_ON_CPU_1_GOES_TO_CPU_0 = 21,
  /** A refill leaves the slab that it emptied on the list, and takes from it again. */
  REFILL_FROM_BAD_SLAB = 22,
}

/**
 * Deliberate bugs of the ways that skip checks, each by its number in the same field. Such a canary
 * is not thorough; the others are, because their bugs are in the checks that would be skipped.
 */
export enum Unguarded {
  /** wfp writes a free pointer, and the machine counts as pristine all the same. */
  WFP = 101,
  /** So does a bulk free of what was not allocated. */
  BULK_FREE = 102,
  /** So does a free through another cache than the object's. */
  WRONG_CACHE_FREE = 103,
  /** So does a change of s->offset. */
  SET_OFFSET = 104,
  /** The allocation lane writes no track. */
  LANE_ALLOC_WITHOUT_TRACK = 105,
  /** The free lane of debug caches does not count the object. */
  LANE_FREE_WITHOUT_COUNT = 106,
  /** The free lane of other caches does not count the object. */
  PLAIN_FREE_WITHOUT_COUNT = 107,
  /** The size that ksize() notes behind an object goes anywhere. */
  KSIZE = 108,
}
