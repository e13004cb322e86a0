// Which objects of debug caches are out: one bit for each word of RAM, set while an object that
// was handed out begins there. The map lies behind the books of the page allocator, out of reach
// of any program. slab/pristine.ts keeps it, and says what for; a page that is handed out anew or
// reset holds no object.

import { LIVE_BYTES } from "../abi/limits.ts";
import { DEBUG } from "../base/assert.ts";
import { live_map, ram_base, ram_size } from "../base/memory.ts";

// @ts-ignore: decorator
@inline
function byte_of(offset: u64): usize {
  return live_map + <usize>(offset >> 6);
}

// @ts-ignore: decorator
@inline
function bit_of(offset: u64): u32 {
  const bit = (<u32>(offset >> 3)) & 7;
  return (<u32>1) << bit;
}

/** Whether an object of a debug cache begins at that address, and is out. */
// @ts-ignore: decorator
@inline
export function is_live(object: u64): bool {
  const offset = object - ram_base;
  if (offset >= ram_size || (offset & 7) != 0) return false;
  return (load<u8>(byte_of(offset)) & bit_of(offset)) != 0;
}

// @ts-ignore: decorator
@inline
export function set_live(object: u64): void {
  const offset = object - ram_base;
  if (DEBUG) assert(offset < ram_size && (offset & 7) == 0); // an object lies in RAM
  store<u8>(byte_of(offset), load<u8>(byte_of(offset)) | bit_of(offset));
}

// @ts-ignore: decorator
@inline
export function set_dead(object: u64): void {
  const offset = object - ram_base;
  if (DEBUG) assert(offset < ram_size && (offset & 7) == 0); // an object lies in RAM
  store<u8>(byte_of(offset), load<u8>(byte_of(offset)) & ~bit_of(offset));
}

/** No object lies in the pages from `first` to `end`, exclusive. */
export function forget_live(first: u32, end: u32): void {
  memory.fill(live_map + <usize>(first * LIVE_BYTES), 0, <usize>((end - first) * LIVE_BYTES));
}
