// kmalloc_nolock() and kfree_nolock() (7.3): they take no lock, and so no more than is at hand.

import { Caller } from "../abi/caller.ts";
import { Fn } from "../abi/fault.ts";
import { KMALLOC_MAX_CACHE_SIZE } from "../abi/limits.ts";
import { dead, enter, leave, page_fault } from "../base/oops.ts";
import { page_at, slab_cache_of } from "../page/struct_page.ts";
import { ask_for } from "./alloc.ts";
import { free_into_slab, virt_to_slab } from "./free.ts";
import { set_freepointer } from "./freelist.ts";
import { ZERO_SIZE_PTR } from "./kmalloc.ts";
import { kmalloc_slab } from "./kmalloc_sizes.ts";
import { alloc_object_nolock, free_to_pcs } from "./pcs.ts";
import { note_kfree, note_unchecked, spoil } from "./pristine.ts";
import { set_caller } from "./track.ts";
import { cache_at, KmemCache, kmem_cache_debug, sheaf_capacity } from "./types.ts";
import { clear_new_object, may_clear } from "./zeroing.ts";

/** A pointer, ZERO_SIZE_PTR, or 0: for more than a cache serves, too. */
export function kmalloc_nolock(size: u32, zeroed: bool): u64 {
  if (size == 0) return ZERO_SIZE_PTR;
  if (size > KMALLOC_MAX_CACHE_SIZE) return 0;
  const caller = enter(Fn.KMALLOC);
  const s = kmalloc_slab(size);
  note_unchecked(s);
  const object = alloc_object_nolock(s, size);
  if (may_clear(zeroed) && object != 0 && !dead) {
    ask_for(size);
    clear_new_object(s, object, zeroed);
  }
  leave(caller);
  return dead ? 0 : object;
}

/** Onto the main sheaf, or else later, by a work item, which comes before anything else does. */
export function kfree_nolock(object: u64): void {
  if (object <= ZERO_SIZE_PTR) return;
  const caller = enter(Fn.KFREE);
  const slab = virt_to_slab(object);
  if (slab == 0 && !dead) page_fault(0, false);
  let s: KmemCache | null = null;
  if (!dead) s = cache_at(slab_cache_of(page_at(slab)));
  if (s != null) free_nolock(s, slab, object);
  leave(caller);
}

function free_nolock(s: KmemCache, slab: u64, object: u64): void {
  note_kfree(object);
  if (sheaf_capacity(s) != 0 && free_to_pcs(s, object, false)) return;
  if (!dead) defer_free(s, slab, object);
}

/**
 * The object, free or not, is linked through its free pointer before anything looks at it; then the
 * pointer is set to none, so that no check takes that link for damage.
 */
function defer_free(s: KmemCache, slab: u64, object: u64): void {
  if (kmem_cache_debug(s)) spoil();
  set_freepointer(s, object, 0);
  if (dead) return;
  set_caller(Caller.DEFERRED);
  free_into_slab(s, slab, object, object, 1);
}
