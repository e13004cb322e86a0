// Lanes: the straight way through an allocation or a free that changes nothing but its slab, in
// place of the functions of alloc.ts and free.ts. A lane answers 0 or false before it has changed
// anything where its condition does not hold; then the long way is taken. Without this file and
// its calls the core is slower, and otherwise the same.
//
// Here are the lanes of debug caches (plain_lane.ts has the others): 6.x, while the machine is
// pristine (pristine.ts): every link leads to an object, every list to a slab. The slab stays
// where it is: it is on the node's partial list before and after. Left to the long way: T, which
// prints, and 3.10, which drains slabs.

import { Letter } from "../abi/flags.ts";
import { CacheLayout } from "../abi/layout.ts";
import { Unguarded } from "../abi/planted.ts";
import { PageFlag } from "../abi/profile.ts";
import {
  POISON_END, POISON_FREE, SLUB_RED_ACTIVE, SLUB_RED_INACTIVE,
} from "../abi/poison.ts";
import { RAM } from "../base/arena.ts";
import { paint } from "../base/bytes.ts";
import { is_touched_word, ram_base, ram_size } from "../base/memory.ts";
import { is_live, set_dead, set_live } from "../page/live.ts";
import {
  flags_of, freelist_of, inuse_of, is_frozen, known_head, known_page, objects_of, Page, page_at,
  PAGE_LIST, set_freelist, set_inuse, slab_cache_of, virt_to_head_page,
} from "../page/struct_page.ts";
import { unguarded } from "./fault.ts";
import { freelist_ptr, get_freepointer, is_hardened, set_freepointer } from "./freelist.ts";
import { set_orig_size } from "./orig_size.ts";
import { init_object } from "./paint.ts";
import { debug_alloc_drains } from "./profile.ts";
import { has_lanes, pristine } from "./pristine.ts";
import { set_track_at, TRACK_ALLOC, TRACK_FREE } from "./track.ts";
import {
  cache_address, CpuSlab, has, kmem_cache_debug, KmemCache, known_cache, slub_debug_orig_size,
} from "./types.ts";

// @ts-ignore: decorator
@inline
function linear(address: u64): usize {
  return RAM + <usize>(address - ram_base);
}

/** An object of a debug cache; 0 where the long way is to be taken. */
export function lane_alloc(s: KmemCache, requested: u32): u64 {
  if (!pristine || debug_alloc_drains || s.nr_partial == 0) return 0;
  if (!kmem_cache_debug(s) || has(s, Letter.T)) return 0;
  const link = load<u64>(changetype<usize>(s), CacheLayout.PARTIAL);
  const page = known_page(link - PAGE_LIST);
  const inuse = inuse_of(page) + 1;
  if (inuse == objects_of(page)) return 0;
  const object = freelist_of(page);
  if (!is_touched_word(object + s.offset)) return 0;
  const at = linear(object);
  set_freelist(page, freelist_ptr(s, load<u64>(at + s.offset), object + s.offset));
  set_inuse(page, inuse);
  paint_used(s, object, at, requested);
  const tracks = has(s, Letter.U) && !unguarded(Unguarded.LANE_ALLOC_WITHOUT_TRACK);
  if (tracks) set_track_at(s, at, TRACK_ALLOC);
  set_live(object);
  return object;
}

/** A free object has its poison already. */
// @ts-ignore: decorator
@inline
function paint_used(s: KmemCache, object: u64, at: usize, requested: u32): void {
  if (slub_debug_orig_size(s)) {
    set_orig_size(s, object, requested);
    init_object(s, object, SLUB_RED_ACTIVE);
  } else if (has(s, Letter.Z)) {
    paint_zones(s, at, SLUB_RED_ACTIVE);
  }
}

// @ts-ignore: decorator
@inline
function paint_zones(s: KmemCache, at: usize, value: u8): void {
  paint(at - s.red_left_pad, value, s.red_left_pad);
  paint(at + s.object_size, value, s.inuse - s.object_size);
}

/** On a pristine machine, frees an object through its cache; false for the long way. */
// @ts-ignore: decorator
@inline
export function lane_free(s: KmemCache, object: u64): bool {
  if (!is_live(object)) return false;
  const page = known_head(object - ram_base);
  return slab_cache_of(page) == cache_address(s) && free_in_lane(s, page, object);
}

/** kfree() on such a machine: the cache is that of the slab. */
export function lane_kfree(object: u64): bool {
  if (!is_live(object)) return false;
  const page = known_head(object - ram_base);
  return free_in_lane(known_cache(slab_cache_of(page)), page, object);
}

function free_in_lane(s: KmemCache, page: Page, object: u64): bool {
  const prior = freelist_of(page);
  const inuse = inuse_of(page) - 1;
  if (debug_alloc_drains || prior == 0 || inuse == 0 || has(s, Letter.T)) return false;
  const at = linear(object);
  if (has(s, Letter.U)) set_track_at(s, at, TRACK_FREE);
  if (s.object_poison != 0) {
    paint(at, POISON_FREE, s.object_size - 1);
    store<u8>(at + s.object_size - 1, POISON_END);
  }
  if (has(s, Letter.Z)) paint_zones(s, at, SLUB_RED_INACTIVE);
  store<u64>(at + s.offset, freelist_ptr(s, prior, object + s.offset));
  set_freelist(page, object);
  if (!unguarded(Unguarded.LANE_FREE_WITHOUT_COUNT)) set_inuse(page, inuse);
  set_dead(object);
  return true;
}
