// What a program did wrong, by name. The oracle finds the cause from what happened; the generator's
// bug classes carry the same names, so that intention and finding can be compared. Where several
// names fit, the most particular one is used: the notes say what decides.

export const CAUSES = [
  /** Nothing: a clean program. */
  "none",
  /** Bytes right behind a live object. */
  "overflow-right",
  /** Bytes before a live object. */
  "overflow-left",
  /** Exactly one byte behind a live object, and not zero. */
  "off-by-one",
  /** The same, and zero. */
  "off-by-one-nul",
  /** Only bytes of a free object, through a pointer that outlived it. */
  "write-after-free",
  /** The second free of an object comes with no other free into its cache in between. */
  "double-free",
  /** The second free comes after others. */
  "double-free-interleaved",
  "invalid-free-interior",
  "invalid-free-foreign",
  "wrong-cache-free",
  /** A list_head that lies beyond the object: the program takes it for a larger type. */
  "wrong-size-use",
  /** A pointer was stored over the free pointer of a free object. */
  "free-pointer-forge",
  /** So many bytes behind a live object that the whole next one is covered. */
  "overflow-far",
  /** Only bytes that were served and not asked for. */
  "overflow-slack",
  /** Several writes behind one object, with gaps. */
  "overflow-strided",
  "read-out-of-bounds",
  "read-after-free",
  /** Bytes of a live object that were not written since it was obtained. */
  "uninitialised-read",
  /** Through an old pointer into an object that has a new owner. */
  "write-after-reuse",
  /** The object that was freed again has a new owner by now. */
  "double-free-after-reuse",
  /** The slab of the object that was freed again is no slab of its cache any more. */
  "double-free-after-discard",
  /** One bulk free names an object twice. */
  "double-free-bulk",
  /** A forged free pointer that leads to an object from which the chain came. */
  "freelist-cycle",
  /** Only bytes behind the last object of a slab. */
  "slab-padding",
  /** Through an old pointer into memory that is another cache's by now. */
  "cross-cache-reuse",
  "leak-at-destroy",
  /** Through a pointer whose cache was destroyed. */
  "use-after-destroy",
  /** A pointer that krealloc made stale, or the end of an object that it made shorter. */
  "krealloc-misuse",
  /** An object is given back in another state than its constructor left it in. */
  "constructor-violation",
  /** One bit of one byte changes, wherever it lies. */
  "bit-flip",
  /** Found in scripts only: an address that no object lies at, and lists out of order. */
  "stray-write",
  "list-misuse",
  /** The pointer waits in a sheaf of its cache already, and lies there twice (7.3). */
  "double-free-in-sheaf",
  /** The pointer went back to its slab before: it is in a sheaf and on a free list (7.3). */
  "double-free-sheaf-and-slab",
  /** A pointer that should not be in a sheaf went unnoticed until the sheaf was flushed (7.3). */
  "bad-free-flushed",
  /** Bytes of a sheaf, which is an object of a kmalloc cache that the kernel holds (7.3). */
  "sheaf-overwrite",
  /** The object waits for the end of a grace period (7.3). */
  "double-free-rcu",
  /** The kernel sees that the cache is wrong, says so, and leaks the object (7.3). */
  "wrong-cache-leak",
] as const;

export type Cause = (typeof CAUSES)[number];

/** So many causes are older than those that only 7.3 has. */
export const FIRST_CAUSES = CAUSES.indexOf("double-free-in-sheaf");

/** The number of a cause, for keys. */
export function causeNumber(cause: Cause): number {
  return CAUSES.indexOf(cause);
}
