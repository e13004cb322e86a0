// A slab's life as pages: getting them, building the first free list, giving them back.

import { EventKind, Line, Warning } from "../abi/event.ts";
import { Letter } from "../abi/flags.ts";
import { Planted } from "../abi/planted.ts";
import { CTOR_BYTE, SLUB_RED_INACTIVE } from "../abi/poison.ts";
import { PageFlag } from "../abi/profile.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { config } from "../base/config.ts";
import { begin_global_event } from "../base/event.ts";
import { low_pages_touched, translate } from "../base/memory.ts";
import { dead, page_fault, step_along_slabs } from "../base/oops.ts";
import { next } from "../list/list.ts";
import { order_of } from "../page/block.ts";
import { alloc_pages, free_pages } from "../page/buddy.ts";
import {
  block_size, flags_of, freelist_of, inuse_of, is_frozen, next_of, objects_of, PAGE_LIST, Page,
  page_at, page_kernel_address, page_memory, set_flags, set_freelist, set_frozen, set_inuse,
  set_next, set_objects, set_slab_cache, slab_address, slab_cache_of,
} from "../page/struct_page.ts";
import { check_object } from "./check_object.ts";
import { checks_consistency, slab_pad_check } from "./check_slab.ts";
import { planted } from "./fault.ts";
import { set_freepointer } from "./freelist.ts";
import { setup_object_debug, setup_slab_debug } from "./paint.ts";
import { pristine } from "./pristine.ts";
import {
  checks_before_grace_period, has_sheaves, prepares_first_object_twice, warns_of_zeroed_ctor,
} from "./profile.ts";
import { print_line } from "./report.ts";
import { begin_shuffle, next_shuffled } from "./shuffle.ts";
import {
  cache_address, cache_at, has, kmem_cache_debug, KmemCache, oo_objects, oo_order, partial_list,
} from "./types.ts";
import { page_of_link } from "./walk.ts";
import { Zeroes } from "./zeroes.ts";

/** Constructor calls since the program last asked. */
export let ctor_calls: u32 = 0;

export function reset_ctor_calls(): void {
  ctor_calls = 0;
}

function call_ctor(s: KmemCache, object: u64): void {
  ctor_calls++;
  const at = translate(object, 1);
  if (DEBUG && clean) assert(at != 0); // an object of a new slab is mapped
  if (at != 0) store<u8>(at, CTOR_BYTE);
}

function setup_object(s: KmemCache, object: u64, is_last: bool): void {
  setup_object_debug(s, object);
  if (!has(s, Letter.CTOR)) return;
  if (planted(Planted.CONSTRUCTOR_SKIPS_LAST_OBJECT) && is_last) return;
  call_ctor(s, object);
}

/** Links all objects of a new slab in address order (or otherwise), and prepares each. */
// @ts-ignore: decorator
@inline
function build_freelist(s: KmemCache, page: Page, objects: u32): void {
  if (DEBUG && clean) assert(objects != 0); // an order without room for one is not chosen
  const first = slab_address(page) + s.red_left_pad;
  let shuffled: bool = false;
  if ((config().randomised | u32(has_sheaves)) != 0) {
    if (lends_unlinked(s)) return prepare_objects(s, page, objects);
    shuffled = begin_shuffle(s, page, objects);
  }
  let previous: u64 = 0;
  if (prepares_first_object_twice) setup_object(s, first, false);
  for (let i: u32 = 0; i < objects; i++) {
    const object = first + <u64>((shuffled ? next_shuffled(objects) : i) * s.size);
    if (DEBUG && clean) assert(object - slab_address(page) < objects * s.size); // inside its slab
    setup_object(s, object, i == objects - 1);
    if (previous == 0) set_freelist(page, object);
    else set_freepointer(s, previous, object);
    previous = object;
  }
  set_freepointer(s, previous, 0);
}

/**
 * Whether a new slab's objects are handed out before they are linked: 7.3 writes free pointers only
 * into those that stay in the slab.
 */
export function lends_unlinked(s: KmemCache): bool {
  return has_sheaves && !kmem_cache_debug(s) && config().randomised == 0;
}

function prepare_objects(s: KmemCache, page: Page, objects: u32): void {
  const first = slab_address(page) + s.red_left_pad;
  for (let i: u32 = 0; i < objects; i++) {
    setup_object(s, first + <u64>(i * s.size), i == objects - 1);
  }
}

/** Makes a free list of the objects of a new slab from the `from`-th on. */
export function link_objects(s: KmemCache, page: Page, from: u32): void {
  const first = slab_address(page) + s.red_left_pad;
  const objects = objects_of(page);
  set_inuse(page, from);
  set_freelist(page, from == objects ? 0 : first + <u64>(from * s.size));
  for (let i = from; i < objects && !dead; i++) {
    const after = i + 1 == objects ? 0 : first + <u64>((i + 1) * s.size);
    set_freepointer(s, first + <u64>(i * s.size), after);
  }
}

/** A new slab whose free list holds all its objects; 0 when memory is used up. Not yet counted. */
export function new_slab(s: KmemCache, zeroes: u32): Page {
  if ((zeroes & Zeroes.ASKED_FOR) != 0 && warns_of_zeroed_ctor && has(s, Letter.CTOR)) {
    begin_global_event(EventKind.WARN, Warning.ZEROED_CTOR);
  }
  let oo = s.oo;
  let page = alloc_pages(oo_order(oo));
  if (page == 0) {
    oo = s.min;
    page = alloc_pages(oo_order(oo));
    if (page == 0) return 0;
  }
  const order = oo_order(oo);
  const objects = oo_objects(oo) + (planted(Planted.ONE_OBJECT_TOO_MANY) ? 1 : 0);
  if (DEBUG) assert(low_pages_touched || objects * s.size <= block_size(order)); // in its pages
  if (DEBUG) assert(order_of(page) == order); // checks ask the page allocator
  set_flags(page, flags_of(page) | PageFlag.SLAB);
  set_slab_cache(page, cache_address(s));
  set_objects(page, objects);
  set_inuse(page, objects);
  setup_slab_debug(s, page_memory(page), order);
  build_freelist(s, page, objects);
  if (DEBUG && clean) assert(freelist_of(page) != 0 || lends_unlinked(s)); // the first object
  if (DEBUG && clean) assert(inuse_of(page) == objects); // the caller takes the list
  set_frozen(page, true);
  return page;
}

export function inc_slabs_node(s: KmemCache, objects: u32): void {
  s.nr_slabs++;
  s.total_objects += objects;
}

export function dec_slabs_node(s: KmemCache, objects: u32): void {
  if (DEBUG && clean) assert(s.nr_slabs != 0); // it was counted when it was made
  if (DEBUG && clean) assert(s.total_objects >= objects); // and so were they
  s.nr_slabs--;
  s.total_objects -= objects;
}

/** Checks a slab for the last time (as free as it is), before its pages go. */
function check_freed_slab(s: KmemCache, page: Page): void {
  if (pristine || !checks_consistency(s)) return;
  slab_pad_check(s, page);
  let object = slab_address(page) + s.red_left_pad;
  for (let i: u32 = objects_of(page); i > 0 && !dead; i--) {
    check_object(s, page, object, SLUB_RED_INACTIVE);
    object += s.size;
  }
}

/** Gives a slab's pages back, those of a SLAB_TYPESAFE_BY_RCU cache after a grace period. */
export function free_slab(s: KmemCache, page: Page): void {
  if (DEBUG && clean) assert(inuse_of(page) == 0); // no object of it is in use
  if (DEBUG && clean) assert(!is_frozen(page)); // no CPU has it
  if (DEBUG && clean) assert(slab_cache_of(page) == cache_address(s)); // its own slab
  const waits = has(s, Letter.R);
  if (!waits || checks_before_grace_period) check_freed_slab(s, page);
  if (dead) return;
  if (waits) wait_for_grace_period(page);
  else give_back(page);
}

function give_back(page: Page): void {
  if (DEBUG && clean) assert((flags_of(page) & PageFlag.SLAB) != 0); // it was not freed before
  set_flags(page, flags_of(page) & ~PageFlag.SLAB);
  free_pages(page);
}

/**
 * Slabs that wait for a grace period, first come first served, by kernel address. They are linked
 * where the kernel has their rcu_head, in the place of the list_head.
 */
let first_waiting: u64 = 0;
let last_waiting: u64 = 0;

function wait_for_grace_period(page: Page): void {
  const waiting = page_kernel_address(page);
  if (DEBUG && clean) assert(waiting != last_waiting); // a slab waits once
  set_next(page, 0);
  if (last_waiting != 0) set_next(page_at(last_waiting), waiting);
  else first_waiting = waiting;
  last_waiting = waiting;
}

/** A grace period has passed: what waited for it goes back to the page allocator. */
// @ts-ignore: decorator
@inline
export function rcu_barrier(): void {
  if (first_waiting != 0) free_waiting();
}

/** Whether the next grace period ends without anything to do. */
// @ts-ignore: decorator
@inline
export function nothing_waits(): bool {
  return first_waiting == 0;
}

function free_waiting(): void {
  while (first_waiting != 0 && !dead) {
    step_along_slabs(first_waiting);
    const page = page_at(first_waiting);
    if (page == 0) return page_fault(first_waiting + PAGE_LIST, false);
    first_waiting = next_of(page);
    if (first_waiting == 0) last_waiting = 0;
    const s = cache_at(slab_cache_of(page));
    if (s != null && !checks_before_grace_period) check_freed_slab(s, page);
    if (!dead) give_back(page);
  }
}

export function forget_waiting(): void {
  first_waiting = 0;
  last_waiting = 0;
}

export function discard_slab(s: KmemCache, page: Page): void {
  if (planted(Planted.EMPTY_SLAB_LOST)) return;
  dec_slabs_node(s, objects_of(page));
  free_slab(s, page);
}

/** Objects that are free on the node's partial list. */
function count_free(s: KmemCache): u32 {
  const head = partial_list(s);
  let free: u32 = 0;
  for (let link = next(head); link != head && !dead; link = next(link)) {
    const page = page_of_link(link);
    if (page == 0) break;
    if (DEBUG && clean) assert(inuse_of(page) <= objects_of(page)); // what is in use is a part
    free += objects_of(page) - inuse_of(page);
  }
  return free;
}

/** Says that there is no memory for another slab. */
export function slab_out_of_memory(s: KmemCache): void {
  print_line(s, Line.OUT_OF_MEMORY, s.nr_slabs, s.total_objects, count_free(s));
}
