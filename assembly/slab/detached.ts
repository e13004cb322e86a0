// struct detached_freelist: objects of one slab out of an array of pointers, linked so that they
// can be freed together.

import { Fn } from "../abi/fault.ts";
import { BULK_MAX } from "../abi/limits.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { dead, enter, leave, page_fault } from "../base/oops.ts";
import { virt_to_head_page } from "../page/struct_page.ts";
import {
  cache_from_obj, free_into_slab, slab_free_freelist_hook, virt_to_slab,
} from "./free.ts";
import { is_hardened, set_freepointer } from "./freelist.ts";
import { corrects_wrong_cache } from "./profile.ts";
import { KmemCache } from "./types.ts";

/** Pointers of one bulk free, as an array of BULK_MAX words the caller filled. */
export const bulk_pointers: usize = memory.data(8192);

/** Slabs that differ from the first one's, after which the search for more of its objects ends. */
const LOOKAHEAD: u32 = 3;

// struct detached_freelist: there is one at a time, and its fields are variables of this module,
// which the loops that build it keep in registers.
export let list_head: u64 = 0;
export let list_tail: u64 = 0;
export let list_count: u32 = 0;
export let list_slab: u64 = 0;
export let list_cache: KmemCache | null = null;

// @ts-ignore: decorator
@inline
function pointer(i: u32): u64 {
  if (DEBUG) assert(i < BULK_MAX); // the array ends there
  return load<u64>(bulk_pointers + (i << 3));
}

// @ts-ignore: decorator
@inline
function set_pointer(i: u32, value: u64): void {
  if (DEBUG) assert(i < BULK_MAX); // other data follows
  store<u64>(bulk_pointers + (i << 3), value);
}

function slab_of(object: u64): u64 {
  return corrects_wrong_cache ? virt_to_slab(object) : virt_to_head_page(object);
}

function begin_list(s: KmemCache, object: u64): void {
  list_tail = object;
  list_head = object;
  list_count = 1;
  set_freepointer(s, object, 0);
}

function extend_list(s: KmemCache, object: u64): void {
  if (DEBUG && clean) assert(object != list_head); // nothing is freed twice
  set_freepointer(s, object, list_head);
  list_head = object;
  list_count++;
}

/**
 * Offset of s->offset in 6.x's kmem_cache: what the kernel reads of a cache that it did not find.
 */
const OFFSET_IN_CACHE: u64 = 0x28;
/** The same in 3.10's: a build without memory cgroups finds no cache for a page of none. */
const OFFSET_IN_CACHE_310: u64 = 0x20;

/**
 * Links the last pointer's slab mates, and moves what is left to the front. Returns how many are
 * left.
 */
export function build_detached_freelist(s: KmemCache, size: u32): u32 {
  if (DEBUG) assert(size != 0); // something is left
  const object = pointer(--size);
  // Whatever page the first object lies in counts as its slab, slab or not.
  list_slab = virt_to_head_page(object);
  if (dead) return 0;
  list_cache = cache_from_obj(s, object);
  if (list_cache == null) page_fault(OFFSET_IN_CACHE, false);
  return dead ? size : link_slab_mates(list_cache!, object, size);
}

/** 7.3 does not ask which cache the objects are from. */
export function build_detached_freelist_73(s: KmemCache, size: u32): u32 {
  const object = pointer(--size);
  list_slab = virt_to_slab(object);
  return dead ? 0 : link_slab_mates(s, object, size);
}

/** Links an object and those of its slab among the first `size` pointers. */
// @ts-ignore: decorator
@inline
function link_slab_mates(s: KmemCache, object: u64, size: u32): u32 {
  begin_list(s, object);
  let left = size;
  let lookahead = LOOKAHEAD;
  while (size > 0 && !dead) {
    const other = pointer(--size);
    if (slab_of(other) == list_slab) {
      extend_list(s, other);
      left--;
      if (size != left) {
        set_pointer(size, pointer(left));
        set_pointer(left, other);
      }
    } else if (--lookahead == 0) {
      break;
    }
  }
  return left;
}

/** 3.10 leaves holes in the array, and goes on at the first pointer that it skipped. */
function build_detached_freelist_310(s: KmemCache, size: u32): u32 {
  let object: u64;
  do {
    object = pointer(--size);
  } while (object == 0 && size > 0);
  list_cache = null;
  if (object == 0) return 0;
  list_cache = s;
  list_slab = 0;
  begin_list(s, object);
  list_slab = slab_of(object);
  set_pointer(size, 0);
  let skipped: u32 = 0;
  let lookahead = LOOKAHEAD;
  while (size > 0 && !dead) {
    const other = pointer(--size);
    if (other == 0) continue;
    if (slab_of(other) == list_slab) {
      extend_list(s, other);
      set_pointer(size, 0);
    } else {
      if (--lookahead == 0) break;
      if (skipped == 0) skipped = size + 1;
    }
  }
  return skipped;
}

export function next_list_310(s: KmemCache, size: u32): u32 {
  const owner = cache_from_obj(s, pointer(size - 1));
  if (dead) return 0;
  const caller = enter(Fn.BUILD_DETACHED_FREELIST);
  let left: u32 = 0;
  if (owner != null) left = build_detached_freelist_310(owner, size);
  else page_fault(OFFSET_IN_CACHE_310, false);
  leave(caller);
  return left;
}

/** 7.3: frees the first `size` of bulk_pointers into their slabs, as objects of that cache. */
export function __kmem_cache_free_bulk(s: KmemCache, size: u32): void {
  const caller = enter(Fn.BUILD_DETACHED_FREELIST);
  while (size > 0 && !dead) {
    size = build_detached_freelist_73(s, size);
    if (!dead && list_slab != 0) free_into_slab(s, list_slab, list_head, list_tail, list_count);
  }
  leave(caller);
}

/** The same where a cache has no sheaves: each list is run through, which reverses it. */
export function free_bulk_without_sheaves(s: KmemCache, size: u32): void {
  const caller = enter(Fn.KMEM_CACHE_FREE_BULK);
  while (size > 0 && !dead) {
    // Encoding of free pointers makes the function long enough to stand on its own.
    const outer = enter(is_hardened() ? Fn.BUILD_DETACHED_FREELIST : Fn.KMEM_CACHE_FREE_BULK);
    size = build_detached_freelist_73(s, size);
    leave(outer);
    if (dead || list_slab == 0) continue;
    const is_list = list_count > 1;
    const first = is_list ? slab_free_freelist_hook(s, list_head, list_tail) : list_head;
    const last = is_list ? list_head : list_tail;
    if (!dead) free_into_slab(s, list_slab, first, last, list_count);
  }
  leave(caller);
}
