// Checks of a whole slab: its counters, its tail, its free list.

import { Dump, Fix, Report, Section } from "../abi/event.ts";
import { Fn } from "../abi/fault.ts";
import { Letter } from "../abi/flags.ts";
import { MAX_OBJS_PER_PAGE } from "../abi/limits.ts";
import { Planted } from "../abi/planted.ts";
import { POISON_INUSE } from "../abi/poison.ts";
import { PageFlag } from "../abi/profile.ts";
import { RAM } from "../base/arena.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { end_of_damage, memchr_inv, paint } from "../base/bytes.ts";
import {
  fault_behind, low_pages_touched, mem_map, ram_base, translate, words_behind,
} from "../base/memory.ts";
import { dead, divide_error, enter, leave } from "../base/oops.ts";
import { order_of } from "../page/block.ts";
import {
  block_size, flags_of, freelist_of, inuse_of, is_frozen, objects_of, Page, set_freelist,
  set_frozen, set_inuse, set_objects, slab_address, slab_cache_of,
} from "../page/struct_page.ts";
import { planted } from "./fault.ts";
import { freelist_ptr, set_freepointer } from "./freelist.ts";
import { order_objects } from "./geometry.ts";
import {
  any_flag_checks, bracket_reports, disables_bad_slabs, reports_cycles, slab_check_asks_for_kind,
  tail_repair_slides,
} from "./profile.ts";
import {
  object_err, print_restoring, print_section, print_slab_info, slab_bug, slab_err, slab_fix,
  splat, SPLAT_PADDING,
} from "./report.ts";
import {
  cache_address, has, is_multiple, kmem_cache_debug, KmemCache, oo_objects, oo_order,
} from "./types.ts";

/** Whether alloc and free check what they handle. */
// @ts-ignore: decorator
@inline
export function checks_consistency(s: KmemCache): bool {
  return any_flag_checks ? kmem_cache_debug(s) : has(s, Letter.F);
}

/**
 * How many objects a slab of that order holds, as the kernel function `fn` computes it. s->oo knows
 * it, but for a slab of a smaller order, and where something may have spoilt the kmem_cache.
 */
// @ts-ignore: decorator
@inline
function most_objects(s: KmemCache, order: u32, fn: Fn): u32 {
  // One branch: this is on the way of every alloc and free that is checked.
  if (((order ^ oo_order(s.oo)) | <u32>low_pages_touched) == 0) return oo_objects(s.oo);
  return s.size == 0 ? divide_error(fn) : order_objects(order, s.size);
}

/**
 * The tail of a slab, behind its last object, stays poisoned (P). Reported and repaired, never
 * fatal.
 */
export function slab_pad_check(s: KmemCache, page: Page): void {
  if (!has(s, Letter.P)) return;
  const order = order_of(page);
  const length = block_size(order);
  const remainder = length - most_objects(s, order, Fn.SLAB_PAD_CHECK) * s.size;
  if (DEBUG && clean) assert(remainder < s.size); // else one more object would fit
  if (remainder == 0 || dead) return;
  const start = slab_address(page);
  const tail = start + length - remainder;
  const p = translate(tail, remainder);
  if (p == 0) return;
  const fault = memchr_inv(p, POISON_INUSE, remainder);
  if (fault == 0) return;
  report_slab_padding(
    s, page, start, tail, remainder, fault, end_of_damage(fault, p + remainder, POISON_INUSE),
  );
}

function report_slab_padding(
  s: KmemCache,
  page: Page,
  start: u64,
  tail: u64,
  remainder: u32,
  fault: usize,
  end: usize,
): void {
  const p = translate(tail, remainder);
  const first = tail + (fault - p);
  const beyond = tail + (end - p);
  slab_bug(s, Report.PADDING_OVERWRITTEN, 0, 0, first, beyond - 1, start);
  if (bracket_reports) print_section(s, Dump.SLAB_PADDING, tail, remainder);
  print_slab_info(s, page);
  splat(s, SPLAT_PADDING);
  // 3.10 shows and repairs as many bytes as the tail has, ending at the last bad one: where the
  // tail's end is intact that window begins inside the last object, and the repair overwrites it.
  const window = tail_repair_slides ? beyond - remainder : tail;
  if (!bracket_reports) print_section(s, Dump.SLAB_PADDING, window, remainder);
  const from = tail_repair_slides ? window : first;
  print_restoring(s, Section.SLAB_PADDING, from, beyond - 1, POISON_INUSE);
  const at = translate(from, <u32>(beyond - from));
  if (at != 0) paint(at, POISON_INUSE, <u32>(beyond - from));
  else fault_behind(from, true);
}

export function check_slab(s: KmemCache, page: Page): bool {
  if (DEBUG && clean) assert(slab_cache_of(page) == cache_address(s)); // its own cache checks
  if (u32(slab_check_asks_for_kind) & u32((flags_of(page) & PageFlag.SLAB) == 0)) {
    slab_err(s, page, Report.NOT_A_VALID_SLAB_PAGE);
    return false;
  }
  const most = most_objects(s, order_of(page), Fn.CHECK_SLAB);
  if (objects_of(page) > most) {
    slab_err(s, page, Report.OBJECTS_EXCEED_MAX, objects_of(page), most);
    return false;
  }
  if (inuse_of(page) > objects_of(page)) {
    slab_err(s, page, Report.INUSE_EXCEEDS_MAX, inuse_of(page), objects_of(page));
    return false;
  }
  if (disables_bad_slabs && is_frozen(page)) {
    slab_err(s, page, Report.SLAB_DISABLED);
    return false;
  }
  slab_pad_check(s, page);
  return true;
}

/**
 * Whether `search` is on the slab's free list; with NULL, whether the list can be walked. Repairs
 * what it meets: a bad link cuts the list, wrong counters are set right.
 */
export function on_freelist(s: KmemCache, page: Page, search: u64): bool {
  const caller = enter(Fn.ON_FREELIST);
  const found = walk_freelist(s, page, search);
  leave(caller);
  return found;
}

function walk_freelist(s: KmemCache, page: Page, search: u64): bool {
  const objects = objects_of(page);
  const size = s.size;
  const reciprocal = s.reciprocal;
  const link = s.offset;
  const first = slab_address(page) + s.red_left_pad;
  // Links of valid objects lie in the slab's own memory: no address needs to be looked up. Where a
  // forged struct page speaks of memory that there is not, nothing is looked at.
  const span = min(<u64>(objects * size), words_behind(first + link));
  const links = RAM + <usize>(first + link - ram_base);
  let nr: u32 = 0;
  let object: u64 = 0;
  let fp = freelist_of(page);
  if (planted(Planted.DOUBLE_FREE_CHECKS_HEAD_ONLY) && search != 0) return fp == search;
  while (fp != search && nr <= objects) {
    const offset = fp - first;
    if (offset >= span || !is_multiple(<u32>offset, size, reciprocal)) break;
    if (DEBUG) assert(links + <usize>offset + 8 <= mem_map); // inside RAM
    object = fp;
    fp = freelist_ptr(s, load<u64>(links + <usize>offset), object + link);
    nr++;
  }
  if (DEBUG && clean) assert(nr <= objects); // a free list ends
  if (fp != 0 && nr <= objects) {
    if (fp == search) return true;
    if (object == 0) return clear_freelist(s, page);
    object_err(s, page, object, Report.FREECHAIN_CORRUPT);
    set_freepointer(s, object, 0);
  }
  // One branch, not two: neither comes often.
  if (u32(dead) | (u32(reports_cycles) & u32(nr > objects))) {
    return dead ? false : clear_cycle(s, page);
  }
  correct_counts(s, page, nr);
  return search == 0;
}

function clear_freelist(s: KmemCache, page: Page): bool {
  slab_err(s, page, Report.FREEPOINTER_CORRUPT);
  return cut_freelist(s, page);
}

function clear_cycle(s: KmemCache, page: Page): bool {
  slab_err(s, page, Report.FREELIST_CYCLE);
  return cut_freelist(s, page);
}

/** The slab counts as full from now on, and stays on the list that it is on. */
function cut_freelist(s: KmemCache, page: Page): bool {
  set_freelist(page, 0);
  set_inuse(page, objects_of(page));
  slab_fix(s, Fix.FREELIST_CLEARED);
  return false;
}

function correct_counts(s: KmemCache, page: Page, nr: u32): void {
  if (DEBUG && clean) assert(inuse_of(page) + nr == objects_of(page)); // nothing is wrong
  const most = min(most_objects(s, order_of(page), Fn.ON_FREELIST), MAX_OBJS_PER_PAGE);
  if (objects_of(page) != most) {
    if (dead) return;
    slab_err(s, page, Report.WRONG_NUMBER_OF_OBJECTS, objects_of(page), most);
    set_objects(page, most);
    slab_fix(s, Fix.NUMBER_OF_OBJECTS_ADJUSTED);
  }
  const counted = objects_of(page) - nr;
  if (inuse_of(page) != counted) {
    slab_err(s, page, Report.WRONG_OBJECT_COUNT, inuse_of(page), counted);
    set_inuse(page, counted);
    slab_fix(s, Fix.OBJECT_COUNT_ADJUSTED);
  }
}

/** What an allocation or a free that found damage on the way in does to the slab (6.1). */
export function mark_all_used(s: KmemCache, page: Page): void {
  if (DEBUG) assert(!clean); // who makes no mistake fails no check
  slab_fix(s, Fix.MARKING_ALL_OBJECTS_USED);
  set_inuse(page, objects_of(page));
  set_freelist(page, 0);
  if (disables_bad_slabs) set_frozen(page, true);
}
