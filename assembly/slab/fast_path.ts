// What callers of the allocator call. The fast path of an allocation pops the CPU's lockless free
// list, that of a free pushes onto it where the object is of the cpu slab. On 7.3 there is neither:
// sheaves stand in their place (pcs.ts).

import { Fn } from "../abi/fault.ts";
import { Planted } from "../abi/planted.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { dead, enter, leave, page_fault } from "../base/oops.ts";
import { virt_to_head_page } from "../page/struct_page.ts";
import { ___slab_alloc, ask_for, load_freelist, zero_object } from "./alloc.ts";
import { planted } from "./fault.ts";
import {
  __slab_free, cache_from_obj, is_freed_through_its_cache, slab_free_freelist_hook, virt_to_slab,
} from "./free.ts";
import { get_freepointer, set_freepointer } from "./freelist.ts";
import { is_object_of } from "./invariants.ts";
import { lane_free } from "./lane.ts";
import { alloc_object, free_object } from "./pcs.ts";
import { note_free, note_unchecked, pristine } from "./pristine.ts";
import {
  corrects_wrong_cache, debug_alloc_drains, free_truncates, has_sheaves,
} from "./profile.ts";
import { hold_objects } from "./single.ts";
import { CpuSlab, held_objects, is_cache, KmemCache, this_cpu } from "./types.ts";
import { Zeroes } from "./zeroes.ts";

/** Whether an allocation makes a detour: one branch asks for everything that is rare. */
// @ts-ignore: decorator
@inline
function makes_detour(s: KmemCache): bool {
  return (held_objects(s) | <u32>has_sheaves) != 0;
}

/** 7.3 has sheaves; and others first take what the running kernel holds of the cache. */
function detour(s: KmemCache, c: CpuSlab, size: u32, zeroes: u32): u64 {
  let object: u64 = 0;
  if (has_sheaves) {
    object = alloc_object(s, size, zeroes, true);
  } else {
    hold_objects(s);
    const is_there = c.freelist != 0 && c.page != 0;
    object = is_there ? load_freelist(s, c, c.freelist) : ___slab_alloc(s, c, zeroes);
  }
  if (dead) return 0;
  if ((zeroes & Zeroes.CLEARED) != 0 && object != 0) zero_object(s, object);
  return object;
}

/**
 * Allocates one object; `size` bytes of it are what the caller asked for. 0 when there is no
 * memory.
 */
export function slab_alloc(s: KmemCache, size: u32, zeroes: u32): u64 {
  const c = this_cpu(s);
  note_unchecked(s);
  ask_for(size);
  let object = c.freelist;
  if (object == 0 || c.page == 0) {
    if (makes_detour(s)) return detour(s, c, size, zeroes);
    object = ___slab_alloc(s, c, zeroes);
  } else if (!planted(Planted.ALLOC_LEAVES_OBJECT_FREE)) {
    c.freelist = get_freepointer(s, object);
  }
  if (dead) return 0;
  if (DEBUG && clean) assert(object != 0 || this_cpu(s).freelist == 0); // else it has some
  if (DEBUG && clean) assert(object == 0 || is_object_of(s, object)); // from a slab of its own
  if (DEBUG && clean) assert(object == 0 || object != this_cpu(s).freelist); // it is off the list
  if ((zeroes & Zeroes.CLEARED) != 0 && object != 0) zero_object(s, object);
  return object;
}

export function kmem_cache_alloc(s: KmemCache, zeroes: u32): u64 {
  const caller = enter(Fn.KMEM_CACHE_ALLOC);
  const object = slab_alloc(s, s.object_size, zeroes);
  leave(caller);
  return object;
}

/**
 * One object of kmem_cache_alloc_bulk(): the lockless list first, whether or not there is a cpu
 * slab. The caller clears it (init_on_alloc), and asks whether the machine is dead.
 */
export function bulk_alloc_one(s: KmemCache): u64 {
  const caller = enter(Fn.KMEM_CACHE_ALLOC_BULK);
  const c = this_cpu(s);
  note_unchecked(s);
  ask_for(s.object_size);
  let object = c.freelist;
  if (object != 0) {
    c.freelist = get_freepointer(s, object);
  } else {
    if (makes_detour(s)) object = detour(s, c, s.object_size, Zeroes.NONE);
    else object = ___slab_alloc(s, c, Zeroes.NONE);
  }
  if (DEBUG && clean) assert(object == 0 || is_object_of(s, object)); // from a slab of its own
  if (DEBUG && clean) assert(object == 0 || object != c.freelist); // it is off the list
  leave(caller);
  return object;
}

/** Frees a list of objects, from head to tail, of the slab whose struct page is at `slab`. */
export function slab_free(s: KmemCache, slab: u64, head: u64, tail: u64, count: u32): void {
  if (DEBUG && clean) assert(count != 1 || head == tail); // a list of one
  if (DEBUG && clean) assert(is_object_of(s, head)); // a slab of its own cache
  if (DEBUG && clean) assert(is_object_of(s, tail)); // from end to end
  let first = head;
  let last = tail;
  if (free_truncates || (count > 1 && !debug_alloc_drains)) {
    first = slab_free_freelist_hook(s, head, tail);
    last = head;
  }
  if (dead) return;
  const c = this_cpu(s);
  if (slab != c.page) {
    __slab_free(s, slab, first, last, count);
  } else {
    set_freepointer(s, last, c.freelist);
    c.freelist = first;
  }
}

/** kmem_cache_free() of an object whose slab is known, and known to be one of the cache. */
export function free_to_own_slab(s: KmemCache, slab: u64, object: u64): void {
  const caller = enter(Fn.KMEM_CACHE_FREE);
  slab_free(s, slab, object, object, 1);
  leave(caller);
}

export function kmem_cache_free(s: KmemCache, object: u64): void {
  if (pristine) {
    if (lane_free(s, object)) return;
    note_free(s, object);
  }
  const caller = enter(Fn.KMEM_CACHE_FREE);
  if (has_sheaves) {
    free_or_leak(s, object);
    return leave(caller);
  }
  const owner = cache_from_obj(s, object);
  if (owner != null && !dead) {
    if (DEBUG) assert(is_cache(owner)); // slab->slab_cache leads to the table
    if (DEBUG && clean) assert(owner == s); // the cache that it is from
    const slab = corrects_wrong_cache ? virt_to_slab(object) : virt_to_head_page(object);
    if (!dead) slab_free(owner, slab, object, object, 1);
  }
  leave(caller);
}

/** 7.3: what is in no slab page has no struct slab to read. */
function free_or_leak(s: KmemCache, object: u64): void {
  const slab = virt_to_slab(object);
  if (dead || !is_freed_through_its_cache(s, slab, object)) return;
  if (slab == 0) page_fault(0, false);
  else free_object(s, slab, object);
}
