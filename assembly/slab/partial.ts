// The lists that slabs wait on. A node has one partial list (doubly linked, counted) and, with U,
// one of full slabs; a CPU has a singly linked list of partial slabs of its own.

import { Letter } from "../abi/flags.ts";
import { Fn } from "../abi/fault.ts";
import { PageFlag } from "../abi/profile.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { list_add, list_add_tail, list_del } from "../list/list.ts";
import { dead, enter, leave, page_fault } from "../base/oops.ts";
import {
  flags_of, freelist_of, inuse_of, is_frozen, next_of, objects_of, Page, page_at,
  page_kernel_address, PAGE_LIST, partial_objects_of, partial_slabs_of, set_flags, set_frozen,
  set_next, set_partial_objects, set_partial_slabs, slab_cache_of,
} from "../page/struct_page.ts";
import {
  cpu_partial_counts_objects, freezes_cpu_partial, keeps_min_partial_slabs,
} from "./profile.ts";
import { discard_slab } from "./slab_page.ts";
import {
  cache_address, CpuSlab, full_list, has, kmem_cache_debug, KmemCache, partial_list, this_cpu,
} from "./types.ts";
import { step_to_cpu_slab } from "./walk.ts";

/** Whether a slab that became empty is one too many for the partial list. */
// @ts-ignore: decorator
@inline
export function over_min_partial(s: KmemCache): bool {
  if (DEBUG && clean) assert(s.nr_partial <= s.nr_slabs); // who is listed is counted
  return keeps_min_partial_slabs ? s.nr_partial > s.min_partial : s.nr_partial >= s.min_partial;
}

// @ts-ignore: decorator
@inline
function link_address(page: Page): u64 {
  return page_kernel_address(page) + PAGE_LIST;
}

export function add_partial(s: KmemCache, page: Page, to_tail: bool): void {
  if (DEBUG && clean) assert(!is_frozen(page)); // partial lists hold thawed slabs only
  if (DEBUG && clean) assert(!is_on_partial(page)); // no slab is on two lists
  if (DEBUG && clean) assert(freelist_of(page) != 0); // an allocation finds an object
  if (DEBUG && clean) assert(slab_cache_of(page) == cache_address(s)); // a list of its cache
  s.nr_partial++;
  if (to_tail) list_add_tail(link_address(page), partial_list(s));
  else list_add(link_address(page), partial_list(s));
  set_flags(page, flags_of(page) | PageFlag.WORKINGSET);
}

export function remove_partial(s: KmemCache, page: Page): void {
  if (DEBUG && clean) assert(is_on_partial(page)); // it was put there
  if (DEBUG && clean) assert(s.nr_partial != 0); // and counted
  list_del(link_address(page));
  set_flags(page, flags_of(page) & ~PageFlag.WORKINGSET);
  s.nr_partial--;
}

export function is_on_partial(page: Page): bool {
  return (flags_of(page) & PageFlag.WORKINGSET) != 0;
}

export function add_full(s: KmemCache, page: Page): void {
  if (DEBUG && clean) assert(inuse_of(page) == objects_of(page)); // nothing of it is free
  if (DEBUG && clean) assert(!is_on_partial(page)); // no slab is on two lists
  if (has(s, Letter.U)) list_add(link_address(page), full_list(s));
}

export function remove_full(s: KmemCache, page: Page): void {
  if (DEBUG && clean) assert(!is_on_partial(page)); // full slabs are on no other list
  if (has(s, Letter.U)) list_del(link_address(page));
}

/** Gives the slabs of a cpu partial list, from `first` on, back to the node. */
function unfreeze_from(s: KmemCache, first: u64): void {
  let discard: u64 = 0;
  let next = first;
  while (next != 0 && !dead) {
    const page = step_to_cpu_slab(next);
    if (page == 0) return;
    if (DEBUG && clean) assert(is_frozen(page) == freezes_cpu_partial); // as its kernel marks it
    if (DEBUG && clean) assert(freelist_of(page) != 0); // a slab without is not kept
    const kernel = next;
    next = next_of(page);
    if (freezes_cpu_partial) set_frozen(page, false);
    if (inuse_of(page) == 0 && over_min_partial(s)) {
      set_next(page, discard);
      discard = kernel;
    } else {
      add_partial(s, page, true);
    }
  }
  while (discard != 0 && !dead) {
    const page = step_to_cpu_slab(discard);
    if (page == 0) return;
    discard = next_of(page);
    discard_slab(s, page);
  }
}

export function unfreeze_partials(s: KmemCache, c: CpuSlab): void {
  const caller = enter(Fn.UNFREEZE_PARTIALS);
  const first = c.partial;
  c.partial = 0;
  unfreeze_from(s, first);
  leave(caller);
}

/** Puts a frozen slab on the CPU's own list; drains that list first where it is over its limit. */
export function put_cpu_partial(s: KmemCache, page: Page, drain: bool): void {
  if (DEBUG && clean) assert(!kmem_cache_debug(s)); // what is checked goes through the node's lists
  if (DEBUG && clean) assert(!is_on_partial(page)); // no slab is on two lists
  if (DEBUG && clean) assert(page_kernel_address(page) != this_cpu(s).partial); // nor twice on one
  if (cpu_partial_counts_objects) put_cpu_partial_310(s, page, drain);
  else put_cpu_partial_by_slabs(s, page, drain);
}

/** The struct page that keeps the figures of a cpu partial list; 0 once reading it has faulted. */
function first_cpu_partial(kernel: u64): Page {
  const page = page_at(kernel);
  if (DEBUG && clean) assert(page != 0); // the list begins with a slab
  if (page == 0) page_fault(kernel + PAGE_LIST + 8, false);
  return page;
}

function put_cpu_partial_by_slabs(s: KmemCache, page: Page, drain: bool): void {
  const c = this_cpu(s);
  let old = c.partial;
  let slabs: u32 = 0;
  let to_unfreeze: u64 = 0;
  if (old != 0) {
    const first = first_cpu_partial(old);
    if (first == 0) return;
    slabs = partial_slabs_of(first);
    if (drain && slabs >= s.cpu_partial_slabs) {
      to_unfreeze = old;
      old = 0;
      slabs = 0;
    }
  }
  set_partial_slabs(page, slabs + 1);
  set_next(page, old);
  c.partial = page_kernel_address(page);
  if (to_unfreeze != 0) unfreeze_from(s, to_unfreeze);
}

function put_cpu_partial_310(s: KmemCache, page: Page, drain: bool): void {
  const c = this_cpu(s);
  let slabs: u32 = 0;
  let objects: u32 = 0;
  if (c.partial != 0) {
    const old = first_cpu_partial(c.partial);
    if (old == 0) return;
    objects = partial_objects_of(old);
    slabs = partial_slabs_of(old);
    if (drain && <i32>objects > <i32>s.cpu_partial) {
      unfreeze_partials(s, c);
      objects = 0;
      slabs = 0;
    }
  }
  objects += objects_of(page) - inuse_of(page);
  set_partial_slabs(page, slabs + 1);
  set_partial_objects(page, objects);
  set_next(page, c.partial);
  c.partial = page_kernel_address(page);
}
