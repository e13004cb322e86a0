// Giving a cpu slab back to its node: its lockless list joins the slab's own, the slab is thawed
// and put where it belongs.

import { FaultKind, Fn } from "../abi/fault.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { dead, die, enter, leave, WALK_MAX } from "../base/oops.ts";
import {
  freelist_of, inuse_of, is_frozen, Page, set_freelist, set_frozen, set_inuse,
} from "../page/struct_page.ts";
import { get_freepointer, set_freepointer } from "./freelist.ts";
import { slab_invariants } from "./invariants.ts";
import { add_full, add_partial, over_min_partial } from "./partial.ts";
import { debug_alloc_drains } from "./profile.ts";
import { discard_slab } from "./slab_page.ts";
import { kmem_cache_debug, KmemCache } from "./types.ts";

/** To 6.0: each object but the last goes back on its own, so the list comes out reversed. */
function give_back_one_by_one(s: KmemCache, page: Page, freelist: u64): u64 {
  let steps: u32 = 0;
  while (freelist != 0 && !dead) {
    const next = get_freepointer(s, freelist);
    if (next == 0 || dead) break;
    if (DEBUG && clean) assert(inuse_of(page) != 0); // what a CPU holds counts as in use
    set_freepointer(s, freelist, freelist_of(page));
    set_freelist(page, freelist);
    set_inuse(page, inuse_of(page) - 1);
    freelist = next;
    if (++steps > WALK_MAX) die(FaultKind.HANG, freelist);
  }
  return freelist;
}

/** Later: the list is walked to its end and joined as it is. */
function give_back_spliced(s: KmemCache, page: Page, freelist: u64): void {
  let count: u32 = 0;
  let tail: u64 = 0;
  let object = freelist;
  while (object != 0 && !dead) {
    const next = get_freepointer(s, object);
    if (dead) return;
    tail = object;
    count++;
    object = next;
    if (count > WALK_MAX) die(FaultKind.HANG, object);
  }
  if (tail == 0 || dead) return;
  if (DEBUG && clean) assert(count <= inuse_of(page)); // what a CPU holds counts as in use
  if (DEBUG && clean) assert(tail != freelist_of(page)); // nothing is on both lists
  set_inuse(page, inuse_of(page) - count);
  set_freepointer(s, tail, freelist_of(page));
  set_freelist(page, freelist);
}

export function deactivate_slab(s: KmemCache, page: Page, freelist: u64): void {
  const caller = enter(Fn.DEACTIVATE_SLAB);
  if (DEBUG && clean) assert(is_frozen(page)); // a cpu slab
  const to_tail = freelist_of(page) != 0;
  if (debug_alloc_drains) {
    const last = give_back_one_by_one(s, page, freelist);
    if (last != 0 && !dead) {
      set_inuse(page, inuse_of(page) - 1);
      set_freepointer(s, last, freelist_of(page));
      set_freelist(page, last);
    }
  } else {
    give_back_spliced(s, page, freelist);
  }
  if (!dead) put_in_place(s, page, to_tail);
  leave(caller);
}

function put_in_place(s: KmemCache, page: Page, to_tail: bool): void {
  set_frozen(page, false);
  if (DEBUG && clean) slab_invariants(s, page);
  if (inuse_of(page) == 0 && over_min_partial(s)) discard_slab(s, page);
  else if (freelist_of(page) != 0) add_partial(s, page, to_tail);
  else if (debug_alloc_drains && kmem_cache_debug(s)) add_full(s, page);
}
