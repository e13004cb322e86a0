// What holds of a slab and of a cache that nothing has damaged: the equations of types.ts, as code.
// They walk and count and change nothing. The debug build asks for them after each slow path, and
// of every cache between two operations, while programs are expected to be clean.

import { Letter } from "../abi/flags.ts";
import { CACHE_MAX, MAX_ORDER } from "../abi/limits.ts";
import { PageFlag } from "../abi/profile.ts";
import { config } from "../base/config.ts";
import { dead } from "../base/oops.ts";
import { next, prev } from "../list/list.ts";
import { order_of } from "../page/block.ts";
import {
  block_size, flags_of, freelist_of, inuse_of, is_frozen, next_of, objects_of, 
  PAGE_LIST, Page, page_at,slab_address, slab_cache_of, virt_to_head_page,
} from "../page/struct_page.ts";
import { check_valid_pointer, get_freepointer } from "./freelist.ts";
import { freezes_cpu_partial } from "./profile.ts";
import {CpuSlab, 
  cache_address, cache_by_index, cpu_slab, full_list, has, KmemCache,kmem_cache_debug, 
  partial_list, STATE_ALIVE,
} from "./types.ts";

/** How many objects a free list has; more than the slab where it does not end. */
function freelist_length(s: KmemCache, page: Page, first: u64): u32 {
  let count: u32 = 0;
  for (let object = first; object != 0 && count <= objects_of(page); count++) {
    assert(check_valid_pointer(s, page, object)); // links lead to objects of the slab
    object = get_freepointer(s, object);
  }
  return count;
}

/** A slab between two steps of an operation, on a list or not. */
export function slab_invariants(s: KmemCache, page: Page): void {
  const objects = objects_of(page);
  assert((flags_of(page) & PageFlag.SLAB) != 0); // its pages were not given back
  assert(slab_cache_of(page) == cache_address(s)); // caches share no slab
  assert(order_of(page) < MAX_ORDER); // the page allocator has no larger blocks
  assert(objects * s.size <= block_size(order_of(page))); // objects lie in the slab's own pages
  assert(inuse_of(page) <= objects); // what is in use is a part
  assert(inuse_of(page) + freelist_length(s, page, freelist_of(page)) == objects); // none is lost
}

/** A slab of the node's partial list. */
function partial_slab_invariants(s: KmemCache, page: Page): void {
  slab_invariants(s, page);
  assert(!is_frozen(page)); // a frozen slab is a CPU's
  assert((flags_of(page) & PageFlag.WORKINGSET) != 0); // its flag says where it is
  assert(inuse_of(page) < objects_of(page)); // an allocation finds an object
}

/** A slab of the node's full list. */
function full_slab_invariants(s: KmemCache, page: Page): void {
  slab_invariants(s, page);
  assert(!is_frozen(page)); // a frozen slab is a CPU's
  assert(inuse_of(page) == objects_of(page)); // a free takes it off this list
}

/** Slabs of a list of the node. */
function node_list_invariants(s: KmemCache, head: u64, is_partial: bool): u32 {
  let count: u32 = 0;
  for (let link = next(head); link != head; link = next(link)) {
    const page = page_at(link - PAGE_LIST);
    assert(page != 0); // the list leads from slab to slab
    assert(prev(next(link)) == link); // and back
    assert(count < s.nr_slabs); // it ends: no slab is on it twice
    if (is_partial) partial_slab_invariants(s, page);
    else full_slab_invariants(s, page);
    count++;
  }
  return count;
}

/** What a CPU holds; returns how many slabs that is. */
function cpu_invariants(s: KmemCache, c: CpuSlab): u32 {
  let count: u32 = 0;
  if (c.page == 0) assert(c.freelist == 0); // the lockless list is of the cpu slab
  if (c.page != 0) {
    const page = page_at(c.page);
    slab_invariants(s, page);
    assert(is_frozen(page)); // no other CPU takes it
    assert(!kmem_cache_debug(s)); // what is checked goes through the node's lists
    assert(freelist_length(s, page, c.freelist) <= inuse_of(page)); // counted as in use
    count++;
  }
  for (let slab = c.partial; slab != 0; slab = next_of(page_at(slab))) {
    const page = page_at(slab);
    slab_invariants(s, page);
    assert(is_frozen(page) == freezes_cpu_partial); // as its kernel marks it
    assert((flags_of(page) & PageFlag.WORKINGSET) == 0); // it is on no list of the node
    assert(count < s.nr_slabs); // the list ends
    count++;
  }
  return count;
}

/** A cache between two operations. */
export function cache_invariants(s: KmemCache): void {
  let slabs = node_list_invariants(s, partial_list(s), true);
  assert(slabs == s.nr_partial); // the counter is right
  if (has(s, Letter.U)) slabs += node_list_invariants(s, full_list(s), false);
  for (let i: u32 = 0; i < config().cpus; i++) slabs += cpu_invariants(s, cpu_slab(s, i));
  assert(slabs <= s.nr_slabs); // every slab is counted; full ones are listed with U only
  assert(!has(s, Letter.U) || slabs == s.nr_slabs); // then none is out of sight
  assert(s.total_objects >= s.nr_slabs); // a slab has an object at least
}

/** Every cache between two operations. */
export function heap_invariants(): void {
  if (dead) return;
  for (let i: u32 = 0; i < CACHE_MAX; i++) {
    if (cache_by_index(i).state == STATE_ALIVE) cache_invariants(cache_by_index(i));
  }
}

/** Whether an object lies in a slab of that cache, at an object's place. */
export function is_object_of(s: KmemCache, object: u64): bool {
  const page = page_at(virt_to_head_page(object));
  return page != 0 && slab_cache_of(page) == cache_address(s) &&
    object >= slab_address(page) && check_valid_pointer(s, page, object);
}
