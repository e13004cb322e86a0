// What an allocation says about zeroes, in bits. Its caller asks with __GFP_ZERO; whether the
// object is cleared depends on init_on_alloc, too (zeroing.ts). The door of the allocator settles
// that, so that the way to an object only carries the answer.

export const enum Zeroes {
  NONE = 0,
  /** The object is cleared before it is handed out. */
  CLEARED = 1,
  /** __GFP_ZERO: a new slab of a cache with a constructor warns of it. */
  ASKED_FOR = 2,
}

/** What the caller asks for is what it gets: so it is without init_on_alloc. */
// @ts-ignore: decorator
@inline
export function as_asked(zeroed: bool): u32 {
  return select<u32>(Zeroes.CLEARED | Zeroes.ASKED_FOR, Zeroes.NONE, zeroed);
}
