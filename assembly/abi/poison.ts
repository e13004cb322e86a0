// The bytes that SLUB paints with (include/linux/poison.h; slub-reference 3.1).

/** Fresh slab memory under P: padding, alignment filler, slab tail. */
export const POISON_INUSE: u8 = 0x5a;
/** Payload of a free object under P, all bytes but the last. */
export const POISON_FREE: u8 = 0x6b;
/** Last payload byte of a free object under P. */
export const POISON_END: u8 = 0xa5;
/** Red zone of a free object. */
export const SLUB_RED_INACTIVE: u8 = 0xbb;
/** Red zone of an allocated object. */
export const SLUB_RED_ACTIVE: u8 = 0xcc;
/** What the test constructor writes into byte 0 of an object. */
export const CTOR_BYTE: u8 = 0xc7;
