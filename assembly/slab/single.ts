// One object straight from a slab, on 7.3, where others come out of slabs by sheaves: for caches
// without sheaves, for the sheaves of kmalloc caches, and where a sheaf cannot be had.

import { Fn } from "../abi/fault.ts";
import { DEBUG } from "../base/assert.ts";
import { dead, enter, leave, page_fault } from "../base/oops.ts";
import { next } from "../list/list.ts";
import {
  freelist_of, inuse_of, objects_of, Page, set_freelist, set_frozen, set_inuse, slab_address,
} from "../page/struct_page.ts";
import { ___slab_alloc, ask_for, requested } from "./alloc.ts";
import { get_freepointer } from "./freelist.ts";
import { add_partial, remove_partial } from "./partial.ts";
import { has_sheaves } from "./profile.ts";
import { note_unchecked } from "./pristine.ts";
import {
  inc_slabs_node, lends_unlinked, link_objects, new_slab, slab_out_of_memory,
} from "./slab_page.ts";
import {
  held_objects, is_cache, kmem_cache_debug, KmemCache, partial_list, set_held_objects, this_cpu,
} from "./types.ts";
import { page_of_link } from "./walk.ts";
import { Zeroes } from "./zeroes.ts";

/** One object of a slab; 0 when there is no memory. */
export function alloc_from_slab(s: KmemCache, zeroes: u32): u64 {
  if (held_objects(s) != 0) hold_objects(s);
  if (kmem_cache_debug(s)) return ___slab_alloc(s, this_cpu(s), zeroes);
  const caller = enter(Fn.SLAB_ALLOC_SLOW);
  const object = alloc_single_from_slab(s, zeroes);
  leave(caller);
  return object;
}

/** An object of the first slab that has one, or of a new one. */
function alloc_single_from_slab(s: KmemCache, zeroes: u32): u64 {
  const object = pop_single_from_partial(s);
  if (object != 0 || dead) return object;
  const page = new_slab(s, zeroes);
  if (page == 0) {
    slab_out_of_memory(s);
    return 0;
  }
  set_frozen(page, false);
  const first = take_first_of_new(s, page);
  if (freelist_of(page) != 0) add_partial(s, page, false);
  inc_slabs_node(s, objects_of(page));
  return first;
}

function take_first_of_new(s: KmemCache, page: Page): u64 {
  if (lends_unlinked(s)) {
    link_objects(s, page, 1);
    return slab_address(page) + s.red_left_pad;
  }
  const first = freelist_of(page);
  set_freelist(page, get_freepointer(s, first));
  set_inuse(page, 1);
  return first;
}

/** The slab's counters are not asked; without a next object it leaves the list. */
function pop_single_from_partial(s: KmemCache): u64 {
  if (s.nr_partial == 0) return 0;
  const head = partial_list(s);
  const link = next(head);
  if (link == head) return 0;
  const page = page_of_link(link);
  if (page == 0) {
    page_fault(link, false);
    return 0;
  }
  const object = freelist_of(page);
  const rest = get_freepointer(s, object);
  if (dead) return 0;
  set_freelist(page, rest);
  set_inuse(page, inuse_of(page) + 1);
  if (rest == 0) remove_partial(s, page);
  return object;
}

/** Allocates what the running kernel had from a cache before any program ran. */
export function hold_objects(s: KmemCache): void {
  const asked = requested;
  const count = held_objects(s);
  if (DEBUG) assert(is_cache(s)); // a count lies there
  if (DEBUG) assert(count != 0); // the caller has asked
  set_held_objects(s, 0);
  ask_for(s.object_size);
  note_unchecked(s);
  for (let i: u32 = 0; i < count && !dead; i++) {
    if (has_sheaves) alloc_from_slab(s, Zeroes.NONE);
    else ___slab_alloc(s, this_cpu(s), Zeroes.NONE);
  }
  ask_for(asked);
}
