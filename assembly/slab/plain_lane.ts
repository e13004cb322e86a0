// Plain lanes: the straight way for caches without debug options, unless the machine is thorough.
// As in lane.ts, a lane answers 0 or false before it has changed anything where its condition does
// not hold; without this file and its calls the core is slower, and otherwise the same.
//
// A free list may lead anywhere: what a link says is used as an address only where it lies in
// memory that is known to be written. An allocation pops the lockless list of the CPU, which takes
// over the list of the cpu slab or of the CPU's first partial slab where it is empty. A free pushes
// onto the lockless list, or onto the list of its slab, unless the node's lists change with that.

import { Unguarded } from "../abi/planted.ts";
import { PageFlag } from "../abi/profile.ts";
import { config } from "../base/config.ts";
import { is_touched_word, ram_base, ram_size } from "../base/memory.ts";
import {
  flags_of, freelist_of, inuse_of, is_frozen, next_of, Page, page_at, partial_slabs_of,
  set_freelist, set_frozen, set_inuse, slab_cache_of, virt_to_head_page,
} from "../page/struct_page.ts";
import { get_freelist } from "./alloc.ts";
import { unguarded } from "./fault.ts";
import { get_freepointer, is_hardened, set_freepointer } from "./freelist.ts";
import { put_cpu_partial } from "./partial.ts";
import { has_lanes } from "./pristine.ts";
import { cpu_partial_counts_objects, freezes_cpu_partial } from "./profile.ts";
import { cache_address, CpuSlab, held_objects, kmem_cache_debug, KmemCache } from "./types.ts";

/** Whether a cache has plain lanes. */
// @ts-ignore: decorator
@inline
export function has_plain_lanes(s: KmemCache): bool {
  return has_lanes && !kmem_cache_debug(s);
}

/** Pops the CPU's lockless list; 0 where the long way is to be taken. */
// @ts-ignore: decorator
@inline
export function plain_alloc(s: KmemCache, c: CpuSlab): u64 {
  let object = c.freelist;
  if (object == 0) object = refill(s, c);
  if (object == 0 || c.page == 0 || !is_touched_word(object + s.offset)) return 0;
  c.freelist = get_freepointer(s, object);
  return object;
}

/** A free list whose first object can be popped, of a slab that is the cpu slab now; else 0. */
function refill(s: KmemCache, c: CpuSlab): u64 {
  if (held_objects(s) != 0) return 0;
  const dry = page_at(c.page);
  if (dry == 0) return 0;
  if (freelist_of(dry) != 0) return can_pop(s, dry) ? get_freelist(dry) : 0;
  const page = c.partial == 0 ? <Page>0 : page_at(c.partial);
  if (page == 0 || !can_pop(s, page)) return 0;
  get_freelist(dry);
  c.page = c.partial;
  c.partial = next_of(page);
  set_frozen(page, true);
  return get_freelist(page);
}

/** Whether the link of the first object of a slab's list lies in memory. */
// @ts-ignore: decorator
@inline
function can_pop(s: KmemCache, page: Page): bool {
  return is_touched_word(freelist_of(page) + s.offset);
}

/** The struct page of the slab of its cache that an object lies in; 0 for the long way. */
// @ts-ignore: decorator
@inline
export function plain_slab(s: KmemCache, object: u64): u64 {
  const offset = object - ram_base;
  if (offset >= ram_size || !is_touched_word(object + s.offset)) return 0;
  const slab = virt_to_head_page(object);
  const page = page_at(slab);
  if (page == 0 || (flags_of(page) & PageFlag.SLAB) == 0) return 0;
  return slab_cache_of(page) == cache_address(s) ? slab : 0;
}

/** Pushes an object back onto its plain_slab(); false where the long way is to be taken. */
// @ts-ignore: decorator
@inline
export function plain_free(s: KmemCache, c: CpuSlab, slab: u64, object: u64): bool {
  if (slab != c.page) return push_on_slab(s, page_at(slab), object, c);
  if (is_hardened() && object == c.freelist) return false;
  set_freepointer(s, object, c.freelist);
  c.freelist = object;
  return true;
}

/** Pushes an object onto the list of a slab that stays off the node's lists, or on them. */
function push_on_slab(s: KmemCache, page: Page, object: u64, c: CpuSlab): bool {
  const prior = freelist_of(page);
  const left = (inuse_of(page) - 1) & 0xffff;
  const stays = is_frozen(page) || (prior != 0 && left != 0);
  if (!stays && (prior != 0 || !has_cpu_room(s, c))) return false;
  if (is_hardened() && object == prior) return false;
  set_freepointer(s, object, prior);
  set_freelist(page, object);
  if (!unguarded(Unguarded.PLAIN_FREE_WITHOUT_COUNT)) set_inuse(page, left);
  if (!stays) keep_on_cpu(s, page);
  return true;
}

/** Whether the CPU keeps one more partial slab without giving others back. */
function has_cpu_room(s: KmemCache, c: CpuSlab): bool {
  if (cpu_partial_counts_objects || config().cpu_partial == 0) return false;
  if (c.partial == 0) return true;
  const first = page_at(c.partial);
  return first != 0 && partial_slabs_of(first) < s.cpu_partial_slabs;
}

/** A slab that was full gets an object back: nobody else has it on a list. */
function keep_on_cpu(s: KmemCache, page: Page): void {
  if (freezes_cpu_partial) set_frozen(page, true);
  put_cpu_partial(s, page, true);
}
