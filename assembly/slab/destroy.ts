// The ends of things: flushing what CPUs hold, shrinking and validating a cache, destroying it.

import { Caller } from "../abi/caller.ts";
import { EventKind, Line, Report, Warning } from "../abi/event.ts";
import { FaultKind, Fn } from "../abi/fault.ts";
import { Letter } from "../abi/flags.ts";
import { PageFlag } from "../abi/profile.ts";
import { RAM } from "../base/arena.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { config } from "../base/config.ts";
import { begin_event, put_addresses, put_numbers } from "../base/event.ts";
import { CACHES_BYTES, note_heads, ram_address } from "../base/memory.ts";
import { dead, die, enter, leave, page_fault } from "../base/oops.ts";
import { INIT_LIST_HEAD, list_add, list_move, list_splice, next, prev } from "../list/list.ts";
import {
  flags_of, inuse_of, objects_of, PAGE_KIND, PAGE_LIST, Page, page_at, set_flags, slab_address,
} from "../page/struct_page.ts";
import { flush_slab } from "./alloc.ts";
import { list_cache, unlist_cache } from "./cache.ts";
import { check_object } from "./check_object.ts";
import { check_slab, on_freelist } from "./check_slab.ts";
import { slab_invariants } from "./invariants.ts";
import { free_name, kfree, kmalloc } from "./kmalloc.ts";
import { __fill_map, expected_red_zone, map_bytes, map_says_free, use_map } from "./map.ts";
import { pristine } from "./pristine.ts";
import { remove_partial, unfreeze_partials } from "./partial.ts";
import { barn_shrink, free_percpu_sheaves } from "./pcs.ts";
import {
  bracket_reports, debug_alloc_drains, has_sheaves, maps_are_kmalloced, names_are_kmalloced,
  slab_check_asks_for_kind, unlists_busy_caches, validates_free_first,
} from "./profile.ts";
import { flush_all_cpus, kvfree_rcu_barrier_on_cache, rcu_barrier_73 } from "./rcu.ts";
import {
  print_line, print_slab_info, SPLAT_SHUTDOWN,slab_bug, slab_err, splat, 
} from "./report.ts";
import { dec_slabs_node, discard_slab, free_slab, rcu_barrier } from "./slab_page.ts";
import { print_tracking, set_caller } from "./track.ts";
import {
  cpu_slab, full_list, has, is_cache, KmemCache, max_objects, partial_list, sheaf_capacity,
  STATE_BUSY, STATE_NONE,
} from "./types.ts";
import { page_of_link } from "./walk.ts";

/** Takes back what every CPU holds of a cache in slabs; on 7.3 none does. */
function flush_all(s: KmemCache): void {
  for (let i: u32 = 0; i < config().cpus && !dead; i++) {
    const c = cpu_slab(s, i);
    if (c.page != 0) flush_slab(s, c);
    if (c.partial != 0 && !dead) unfreeze_partials(s, c);
    if (DEBUG && clean) assert(c.page == 0 && c.freelist == 0); // its slab went to the node
    if (DEBUG && clean) assert(c.partial == 0); // and so did the others
  }
}

/** 7.3: takes back what every CPU holds of a cache in sheaves. */
function flush_sheaves(s: KmemCache): void {
  if (sheaf_capacity(s) != 0) flush_all_cpus(s);
}

// ---------------------------------------------------------------------------------------- validate

/** Checks the objects that are free, or those in use, or all; stops at the first bad one. */
function validate_objects(s: KmemCache, page: Page, free: bool, used: bool): void {
  const objects = objects_of(page); // the map has a bit for each
  let object = slab_address(page) + s.red_left_pad;
  for (let i: u32 = 0; i < objects && !dead; i++) {
    if ((map_says_free(i) ? free : used) && !check_object(s, page, object, expected_red_zone(i))) {
      break;
    }
    object += s.size;
  }
}

/** 3.10: a bad free object ends the slab. */
function free_objects_are_good(s: KmemCache, page: Page): bool {
  const objects = objects_of(page); // the map has a bit for each
  let object = slab_address(page) + s.red_left_pad;
  for (let i: u32 = 0; i < objects && !dead; i++) {
    if (map_says_free(i) && !check_object(s, page, object, expected_red_zone(i))) return false;
    object += s.size;
  }
  return !dead;
}

function validate_slab(s: KmemCache, page: Page): void {
  const caller = enter(Fn.VALIDATE_SLAB);
  if (DEBUG && clean) assert((flags_of(page) & PageFlag.LOCKED) == 0); // one CPU runs
  if (u32(debug_alloc_drains) | u32(!slab_check_asks_for_kind)) {
    if (debug_alloc_drains) {
      set_flags(page, flags_of(page) | PageFlag.LOCKED);
    } else if ((flags_of(page) & PageFlag.SLAB) == 0) {
      slab_err(s, page, Report.NOT_A_VALID_SLAB_PAGE);
      return leave(caller);
    }
  }
  // A kmalloced map is filled all the same: a program may come to read it.
  const is_known_clean = pristine && !maps_are_kmalloced;
  if (!is_known_clean && check_slab(s, page) && on_freelist(s, page, 0) && !dead) {
    __fill_map(s, page);
    if (!validates_free_first) validate_objects(s, page, true, true);
    else if (free_objects_are_good(s, page)) validate_objects(s, page, false, true);
  }
  if (debug_alloc_drains) set_flags(page, flags_of(page) & ~PageFlag.LOCKED);
  leave(caller);
}

/** A list that leads into nothing: 3.10 locks the page first, the others ask what it is. */
function fault_in_validate(link: u64): void {
  const caller = enter(debug_alloc_drains ? Fn.VALIDATE_SLAB : Fn.CHECK_SLAB);
  page_fault(link - PAGE_LIST + PAGE_KIND, debug_alloc_drains);
  leave(caller);
}

/** Validates the slabs of one list; returns how many there are. */
function validate_list(s: KmemCache, head: u64): u32 {
  let count: u32 = 0;
  for (let link = next(head); link != head && !dead; link = next(link)) {
    const page = page_of_link(link);
    if (page == 0) {
      fault_in_validate(link);
      return count;
    }
    validate_slab(s, page);
    count++;
    if (DEBUG && clean) assert(count <= s.nr_slabs); // the list holds each slab once
  }
  return count;
}

/** Checks every slab that is on a list. Returns how many were visited. */
// @ts-ignore: decorator
@inline
export function validate_slab_cache(s: KmemCache): u32 {
  set_caller(Caller.VALIDATE);
  let map: u64 = 0;
  // Two kernels prepare something, and one branch asks for both.
  if (<u32>maps_are_kmalloced | <u32>has_sheaves) map = prepare_validate(s);
  use_map(map);
  const caller = enter(Fn.VALIDATE_SLAB);
  flush_all(s);
  const count = validate_lists(s);
  leave(caller);
  if (maps_are_kmalloced && !dead) kfree(map);
  if (DEBUG && clean) assert(count <= s.nr_slabs); // partial and full ones
  return count;
}

/** 3.10 allocates a map, and 7.3 empties the sheaves of the CPUs. */
function prepare_validate(s: KmemCache): u64 {
  if (maps_are_kmalloced) return kmalloc(map_bytes(max_objects(s)), false);
  const caller = enter(Fn.VALIDATE_SLAB);
  flush_sheaves(s);
  leave(caller);
  return 0;
}

// @ts-ignore: decorator
@inline
function validate_lists(s: KmemCache): u32 {
  let count = validate_list(s, partial_list(s));
  if (!dead && count != s.nr_partial) {
    print_line(s, Line.PARTIAL_SLABS_COUNTED, count, s.nr_partial);
  }
  if (!has(s, Letter.U)) return count;
  count += validate_list(s, full_list(s));
  if (!dead && count != s.nr_slabs) print_line(s, Line.SLABS_COUNTED, count, s.nr_slabs);
  return count;
}

// ------------------------------------------------------------------------------------------ shrink

/** Scratch list heads, behind the kmem_caches in the kernel's own pages. */
const SCRATCH: usize = RAM + <usize>CACHES_BYTES;
/** Slabs with more free objects than this stay where they are. */
const SHRINK_PROMOTE_MAX: u32 = 32;

// @ts-ignore: decorator
@inline
function scratch_head(i: u32): u64 {
  if (DEBUG) assert(i <= SHRINK_PROMOTE_MAX); // init_scratch() made so many
  return ram_address(SCRATCH + <usize>(i << 4));
}

function init_scratch(count: u32): void {
  note_heads(<u32>CACHES_BYTES + (count << 4));
  for (let i: u32 = 0; i < count; i++) {
    const at = SCRATCH + <usize>(i << 4);
    store<u64>(at, scratch_head(i));
    store<u64>(at, scratch_head(i), 8);
  }
}

// @ts-ignore: decorator
@inline
function is_scratch_empty(i: u32): bool {
  return load<u64>(SCRATCH + <usize>(i << 4)) == scratch_head(i);
}

/** Frees every slab on a scratch list. */
function free_listed(s: KmemCache, head: u64, counted: bool): void {
  for (let link = next(head); link != head && !dead; ) {
    const page = page_of_link(link);
    if (page == 0) return page_fault(link, false);
    link = next(link);
    if (DEBUG && clean) assert(inuse_of(page) == 0); // no object of it is in use
    if (counted) dec_slabs_node(s, objects_of(page));
    free_slab(s, page);
  }
}

/** 6.x: empty slabs go, the fuller ones of the others come first. */
function shrink_by_free(s: KmemCache): void {
  const discard = SHRINK_PROMOTE_MAX;
  init_scratch(SHRINK_PROMOTE_MAX + 1);
  const head = partial_list(s);
  for (let link = next(head); link != head && !dead; ) {
    const page = page_of_link(link);
    if (page == 0) return page_fault(link, false);
    const here = link;
    link = next(link);
    if (DEBUG && clean) assert(inuse_of(page) < objects_of(page)); // partial slabs have an object
    const free = objects_of(page) - inuse_of(page);
    if (<i32>free <= 0) return die(FaultKind.BUG_SHRINK, here);
    if (free == objects_of(page)) {
      list_move(here, scratch_head(discard));
      set_flags(page, flags_of(page) & ~PageFlag.WORKINGSET);
      s.nr_partial--;
    } else if (free <= SHRINK_PROMOTE_MAX) {
      list_move(here, scratch_head(free - 1));
    }
  }
  for (let i: i32 = SHRINK_PROMOTE_MAX - 1; i >= 0; i--) {
    if (!is_scratch_empty(i)) list_splice(scratch_head(i), head);
  }
  free_listed(s, scratch_head(discard), true);
}

/** Head of 3.10's list of slabs with that many objects in use: there is an array of them. */
// @ts-ignore: decorator
@inline
function inuse_head(heads: u64, inuse: u32): u64 {
  return heads + (<u64>inuse << 4);
}

/**
 * 3.10: all partial slabs are sorted by what they have in use, fullest first. The array of lists
 * has no place for a slab that is full, or says so.
 */
function shrink_by_inuse(s: KmemCache, heads: u64, objects: u32): void {
  if (s.nr_partial == 0) return;
  for (let i: u32 = 0; i < objects && !dead; i++) INIT_LIST_HEAD(inuse_head(heads, i));
  const head = partial_list(s);
  for (let link = next(head); link != head && !dead; ) {
    const page = page_of_link(link);
    if (page == 0) return page_fault(link, false);
    const here = link;
    link = next(link);
    if (DEBUG && clean) assert(inuse_of(page) < objects); // there is a list for it
    list_move(here, inuse_head(heads, inuse_of(page)));
    if (inuse_of(page) == 0) s.nr_partial--;
  }
  for (let i = <i32>objects - 1; i > 0 && !dead; i--) {
    list_splice(inuse_head(heads, i), prev(head));
  }
  free_listed(s, heads, true);
}

/** 3.10 allocates the array before it flushes. */
function shrink_310(s: KmemCache): void {
  const objects = max_objects(s);
  set_caller(Caller.SHRINK);
  const heads = kmalloc(objects << 4, false);
  if (heads != 0 && !dead) {
    flush_all(s);
    if (!dead) shrink_by_inuse(s, heads, objects);
    if (!dead) kfree(heads);
  }
}

/** Gives empty slabs back. Returns 1 where slabs remain (3.10: always 0). */
export function kmem_cache_shrink(s: KmemCache): u32 {
  const caller = enter(Fn.SHRINK);
  if (<u32>debug_alloc_drains | <u32>has_sheaves) {
    if (debug_alloc_drains) {
      shrink_310(s);
      leave(caller);
      return 0;
    }
    flush_sheaves(s);
    if (!dead) barn_shrink(s);
  }
  flush_all(s);
  if (!dead) shrink_by_free(s);
  leave(caller);
  return s.nr_slabs != 0 ? 1 : 0;
}

// ----------------------------------------------------------------------------------------- destroy

function print_left_objects(s: KmemCache, page: Page): void {
  const base = slab_address(page);
  const objects = objects_of(page); // the map has a bit for each
  let object = base + s.red_left_pad;
  for (let i: u32 = 0; i < objects && !dead; i++) {
    if (!map_says_free(i)) {
      begin_event(EventKind.LEFT, 0, s.index);
      put_addresses(object, 0, base);
      print_tracking(s, object);
    }
    object += s.size;
  }
}

/** Reports the objects that a slab still has in use. */
function list_slab_objects(s: KmemCache, page: Page): void {
  if (bracket_reports) {
    slab_bug(s, Report.OBJECTS_REMAINING);
    __fill_map(s, page);
    print_left_objects(s, page);
    print_slab_info(s, page);
    splat(s, SPLAT_SHUTDOWN);
    return;
  }
  set_caller(Caller.LIST_OBJECTS);
  const map = maps_are_kmalloced ? kmalloc(map_bytes(objects_of(page)), true) : 0;
  use_map(map);
  slab_err(s, page, Report.OBJECTS_REMAINING);
  __fill_map(s, page);
  print_left_objects(s, page);
  if (maps_are_kmalloced && !dead) kfree(map);
}

/** Discards the empty slabs of the partial list, reports the others. */
function free_partial(s: KmemCache): void {
  const discard = scratch_head(0);
  init_scratch(1);
  const head = partial_list(s);
  for (let link = next(head); link != head && !dead; ) {
    const page = page_of_link(link);
    if (page == 0) return page_fault(link, false);
    const here = link;
    link = next(link);
    if (inuse_of(page) != 0) {
      list_slab_objects(s, page);
      continue;
    }
    if (DEBUG && clean) slab_invariants(s, page);
    remove_partial(s, page);
    if (debug_alloc_drains) discard_slab(s, page);
    else list_add(here, discard);
  }
  free_listed(s, discard, true);
}

/**
 * 7.3, before kmem_cache_destroy(): ends what waits for a grace period. Before its last name goes
 * the cache's sheaves are emptied, too, those of the barn when nothing waits any more.
 */
export function empty_sheaves(s: KmemCache): void {
  kvfree_rcu_barrier_on_cache(s);
  if (dead || s.refcount != 1) return;
  const caller = enter(Fn.SHUTDOWN_CACHE);
  flush_sheaves(s);
  if (!dead) rcu_barrier_73();
  if (!dead) barn_shrink(s);
  leave(caller);
}

/** Whether slabs remain after everything that can be freed was freed. */
function __kmem_cache_shutdown(s: KmemCache): bool {
  const caller = enter(Fn.SHUTDOWN_CACHE);
  flush_all(s);
  if (!dead) free_partial(s);
  leave(caller);
  return s.nr_partial != 0 || s.nr_slabs != 0;
}

/** What else a cache had in kmalloc memory: its name (3.10), its main sheaves (7.3). */
function free_belongings(s: KmemCache): void {
  if (has_sheaves) free_percpu_sheaves(s);
  else free_name(s);
}

/**
 * Drops a reference; the last one ends the cache, unless objects remain. Returns whether it is
 * gone. What 7.3 has in sheaves is back in its slabs already.
 */
export function kmem_cache_destroy(s: KmemCache): bool {
  if (DEBUG) assert(is_cache(s)); // names lead to the table
  if (DEBUG && clean) assert(s.refcount > 0); // a name is left
  s.refcount--;
  if (s.refcount != 0) return false;
  const busy = __kmem_cache_shutdown(s);
  if (dead) return false;
  if (!busy) {
    if (DEBUG && clean) assert(s.total_objects == 0); // they went with their slabs
    rcu_barrier();
    unlist_cache(s);
    s.state = STATE_NONE;
    if (<u32>names_are_kmalloced | <u32>has_sheaves) free_belongings(s);
    return !dead;
  }
  s.state = STATE_BUSY;
  if (unlists_busy_caches) unlist_cache(s);
  if (!debug_alloc_drains) {
    begin_event(EventKind.WARN, Warning.CACHE_STILL_HAS_OBJECTS, s.index);
    put_numbers(s.refcount);
  } else {
    print_line(s, Line.CACHE_STILL_HAS_OBJECTS);
    unlist_cache(s);
    list_cache(s);
  }
  return false;
}
