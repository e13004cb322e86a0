// Free pointers: the link of the free list, kept inside (or behind) each free object. With
// CONFIG_SLAB_FREELIST_HARDENED the word is stored as next ^ s->random ^ byteswap(its own address).

import { FaultKind } from "../abi/fault.ts";
import { Planted } from "../abi/planted.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { swab } from "../base/bytes.ts";
import { config } from "../base/config.ts";
import { load_word, store_word } from "../base/memory.ts";
import { die } from "../base/oops.ts";
import { order_of } from "../page/block.ts";
import { block_size, objects_of, Page, slab_address } from "../page/struct_page.ts";
import { planted } from "./fault.ts";
import { is_multiple_of_size, KmemCache } from "./types.ts";

/** CONFIG_SLAB_FREELIST_HARDENED, read once at boot. */
let hardened: bool = false;

export function use_hardening(): void {
  hardened = config().hardened != 0;
}

// @ts-ignore: decorator
@inline
export function is_hardened(): bool {
  return hardened;
}

/** Encodes and decodes: the operation is its own inverse. */
// @ts-ignore: decorator
@inline
export function freelist_ptr(s: KmemCache, pointer: u64, at: u64): u64 {
  return hardened ? pointer ^ s.random ^ swab(at) : pointer;
}

/** The object behind `object` on its free list. A bad address is an oops. */
// @ts-ignore: decorator
@inline
export function get_freepointer(s: KmemCache, object: u64): u64 {
  if (DEBUG && clean) assert(object != 0); // behind the last object is none
  if (DEBUG && clean) assert(s.offset + 8 <= s.size); // the pointer lies in the slot
  const at = object + s.offset;
  return freelist_ptr(s, load_word(at), at);
}

// @ts-ignore: decorator
@inline
export function set_freepointer(s: KmemCache, object: u64, next: u64): void {
  const at = object + s.offset;
  if (DEBUG && clean) assert(object != next); // nothing is freed twice
  if (hardened && object == next) die(FaultKind.BUG_FREEPOINTER, object);
  if (planted(Planted.FREE_POINTER_NOT_WRITTEN) && next != 0) return;
  store_word(at, freelist_ptr(s, next, at));
  if (DEBUG && clean) assert(get_freepointer(s, object) == next); // what was linked is found
}

/** Whether a pointer is NULL or the start of an object of this slab, free or not. */
export function check_valid_pointer(s: KmemCache, page: Page, object: u64): bool {
  if (object == 0) return true;
  if (DEBUG && clean) assert(s.size * objects_of(page) <= block_size(order_of(page))); // its own
  const offset = object - s.red_left_pad - slab_address(page);
  if (offset >= <u64>(objects_of(page) * s.size)) return false;
  return is_multiple_of_size(s, <u32>offset);
}
