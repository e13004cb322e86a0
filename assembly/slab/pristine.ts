// Which checks need not be made, because their answer is known.
//
// A machine is *pristine* from its reset until the first thing happens that could make a check
// fail. While it is, three things hold:
//
//   1. every byte of a debug cache's slab, but the payloads of objects that are out, is what the
//      allocator put there;
//   2. struct pages, kmem_caches and the lists of slabs are as the allocator left them;
//   3. page/live.ts has a bit for each object of a debug cache that is out, and for nothing else.
//
// So each check comes out clean: of an object (1), of a slab and its free list (1 and 2), of a
// pointer that is freed (3). What the checks read is kept up all the same: red zones, poison,
// tracks, free lists and counters are written as ever. The mark may drop at any moment, and from
// the next check on the long way reads true memory.
//
// The mark drops *before*
//
//   a. a program writes anywhere but into the payload of an object that is out, a block of whole
//      pages that is out, or foreign memory (note_write; exec/door.ts asks for every operation);
//   b. what is freed, or asked its size and noted, is no object that is out, or of another cache
//      (note_free, note_bulk_free, note_kfree, note_sized);
//   c. a cache without debug options gives out or takes an object: no check looks at its free
//      lists, which may lead anywhere (note_unchecked);
//   d. a cache of objects smaller than a word does: on 3.10 their free pointers lie in their red
//      zones, which is reported of a clean program (note_unchecked);
//   e. a kmem_cache is changed from outside, or a list of the program's own is (spoil);
//   f. anything is reported at all (slab/report.ts).
//
// By induction nothing else can: the allocator's own stores go where 1 to 3 say. A mark for each
// slab would end with its slab only; but a damaged slab is the one that the next operations go to,
// and from then on c and f would have to be followed from slab to slab.
//
// A machine that is `thorough` is never pristine: everything is checked, always. That is for what
// measures or doubts the checks themselves. Both ways give the same answers.

import { ConfigLayout } from "../abi/layout.ts";
import { PAGE_SHIFT } from "../abi/limits.ts";
import { PageFlag } from "../abi/profile.ts";
import { Unguarded } from "../abi/planted.ts";
import { CONFIG } from "../base/arena.ts";
import { init_on_alloc } from "../base/config.ts";
import { is_foreign, ram_base, ram_size } from "../base/memory.ts";
import { block_order, PageUse, use_of } from "../page/block.ts";
import { is_live, set_dead, set_live } from "../page/live.ts";
import {
  block_size, flags_of, known_head, page_index, slab_cache_of,
} from "../page/struct_page.ts";
import { unguarded } from "./fault.ts";
import { get_orig_size } from "./orig_size.ts";
import { has_sheaves, kmalloc_slack_is_red_zone } from "./profile.ts";
import { cache_address, kmem_cache_debug, KmemCache, known_cache } from "./types.ts";

/** Every check is known to come out clean. */
export let pristine: bool = false;
/** No check is skipped, and no lane is taken (slab/lane.ts). */
let thorough: bool = false;
/**
 * Caches without debug options have lanes: not if thorough, nor where there are sheaves, nor where
 * objects are cleared (init_on_alloc).
 */
export let has_lanes: bool = false;

/** Bytes of a free pointer. */
const WORD: u32 = 8;

/** A reset machine is pristine, unless it is to be thorough. */
export function begin_pristine(): void {
  thorough = load<u32>(CONFIG, ConfigLayout.THOROUGH) != 0;
  pristine = !thorough;
  has_lanes = (u32(thorough) | u32(has_sheaves) | u32(init_on_alloc)) == 0;
}

/** From here on everything is checked. */
// @ts-ignore: decorator
@inline
export function spoil(): void {
  pristine = false;
}

/** Bytes from an object's first one on that are its owner's alone. */
function payload_of(s: KmemCache, object: u64): u32 {
  return kmalloc_slack_is_red_zone ? min(get_orig_size(s, object), s.object_size) : s.object_size;
}

/** Bytes of the block of whole pages that begins at an address and is out; 0 where none does. */
function large_block_at(address: u64): u32 {
  const offset = address - ram_base;
  if (offset >= ram_size || (offset & ((1 << PAGE_SHIFT) - 1)) != 0) return 0;
  const page = known_head(offset);
  const index = page_index(page);
  if ((flags_of(page) & PageFlag.SLAB) != 0 || index != <u32>(offset >> PAGE_SHIFT)) return 0;
  return use_of(index) == PageUse.TAKEN ? block_size(block_order(index)) : 0;
}

/** Bytes at `owner` that a program may write and no check looks at. */
function bytes_owned(owner: u64): u32 {
  if (!is_live(owner)) return large_block_at(owner);
  return payload_of(known_cache(slab_cache_of(known_head(owner - ram_base))), owner);
}

/** A program writes `length` bytes at an address, which it takes to be a part of `owner`. */
export function note_write(owner: u64, address: u64, length: u32): void {
  if (!pristine) return;
  const offset = address - owner;
  const owned = bytes_owned(owner);
  if (offset <= owned && length <= owned - <u32>offset) return;
  if (!is_foreign(address)) spoil();
}

/** Whether an object of that cache begins there, and is out. */
function is_live_in(s: KmemCache, object: u64): bool {
  if (!is_live(object)) return false;
  if (unguarded(Unguarded.WRONG_CACHE_FREE)) return true;
  return slab_cache_of(known_head(object - ram_base)) == cache_address(s);
}

/** An object is freed through a cache. */
// @ts-ignore: decorator
@inline
export function note_free(s: KmemCache, object: u64): void {
  if (pristine && !is_live_in(s, object)) spoil();
}

/** Many objects are freed through a cache; `pointers`: where they stand. Each may come once. */
export function note_bulk_free(s: KmemCache, pointers: usize, count: u32): void {
  if (!pristine || unguarded(Unguarded.BULK_FREE)) return;
  let seen: u32 = 0;
  for (; seen < count; seen++) {
    const object = load<u64>(pointers + (seen << 3));
    if (!is_live_in(s, object)) break;
    set_dead(object);
  }
  for (let i: u32 = 0; i < seen; i++) set_live(load<u64>(pointers + (i << 3)));
  if (seen < count) spoil();
}

/** kfree() of a pointer: its cache is that of its slab, whatever that is. */
// @ts-ignore: decorator
@inline
export function note_kfree(object: u64): void {
  if (pristine && !is_live(object) && large_block_at(object) == 0) spoil();
}

/** The size that was asked for is noted anew behind an object. */
export function note_sized(object: u64): void {
  if (pristine && !is_live(object) && !unguarded(Unguarded.KSIZE)) spoil();
}

/** An object of a cache goes out. */
// @ts-ignore: decorator
@inline
export function note_unchecked(s: KmemCache): void {
  if (!kmem_cache_debug(s) || s.object_size < WORD) spoil();
}

/** An object of a debug cache was checked, and goes out. */
// @ts-ignore: decorator
@inline
export function note_out(object: u64): void {
  if (!pristine) return;
  if ((object & 7) != 0) spoil();
  else set_live(object);
}

/** An object of a debug cache comes back. */
// @ts-ignore: decorator
@inline
export function note_back(object: u64): void {
  if (pristine) set_dead(object);
}
