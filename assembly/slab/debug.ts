// The debug options: painting objects, checking them, walking free lists. Function by function this
// follows the checking half of mm/slub.c; which checks run, and what a failure means, is profile
// data.
//
//   one object, all options on (slub-reference 1.1):
//
//   red_left_pad │ payload            │ red zone  │ free ptr │ tracks      │ padding
//   bb or cc     │ 6b .. 6b a5        │ bb or cc  │          │             │ 5a
//                ↑ object             ↑ +object_size          ↑ get_info_end
//                                                 ↑ +inuse                  ↑ object_padding_start

import { Dump, Fix, Report, Section } from "../abi/event.ts";
import { Letter } from "../abi/flags.ts";
import { FaultKind, Fn } from "../abi/fault.ts";
import { MAX_OBJS_PER_PAGE, PAGE_SIZE } from "../abi/limits.ts";
import { Planted } from "../abi/planted.ts";
import {
  POISON_END, POISON_FREE, POISON_INUSE, SLUB_RED_ACTIVE, SLUB_RED_INACTIVE,
} from "../abi/poison.ts";
import { PageFlag } from "../abi/profile.ts";
import { end_of_damage, is_painted, memchr_inv, paint } from "../base/bytes.ts";
import { translate } from "../base/memory.ts";
import { dead, die, enter, leave, WALK_MAX } from "../base/oops.ts";
import {
  block_size, flags_of, freelist_of, inuse_of, is_frozen, objects_of, order_of, Page, page_memory,
  set_freelist, set_frozen, set_inuse, set_objects, slab_address,
} from "../page/struct_page.ts";
import { planted } from "./fault.ts";
import { check_valid_pointer, freelist_ptr, get_freepointer, set_freepointer } from "./freelist.ts";
import {
  any_flag_checks, bracket_reports, checks_all_sections, disables_bad_slabs,
  kmalloc_slack_is_red_zone, padding_fails_check, tail_repair_slides, track_size,
} from "./profile.ts";
import {
  object_err, object_padding_start, print_damage, print_restoring, print_section, print_slab_info,
  print_trailer, slab_bug, slab_err, slab_fix, splat, SPLAT_OBJECT, SPLAT_PADDING,
} from "./report.ts";
import { init_tracking } from "./track.ts";
import {
  freeptr_outside_object, get_info_end, has, is_multiple, kmem_cache_debug, KmemCache, oo_objects,
  oo_order,  size_from_object, slub_debug_orig_size,
} from "./types.ts";

/** Whether alloc and free check what they handle. */
// @ts-ignore: decorator
@inline
export function checks_consistency(s: KmemCache): bool {
  return any_flag_checks ? kmem_cache_debug(s) : has(s, Letter.F);
}

/** How many objects of that size a block holds. */
// @ts-ignore: decorator
@inline
export function order_objects(order: u32, size: u32): u32 {
  return block_size(order) / size;
}

/** How many objects a slab of that order holds: s->oo knows, but for a slab of a smaller order. */
// @ts-ignore: decorator
@inline
function most_objects(s: KmemCache, order: u32): u32 {
  return order == oo_order(s.oo) ? oo_objects(s.oo) : order_objects(order, s.size);
}

// ---------------------------------------------------------------- the requested size (U, kmalloc)

/** Where the requested size is kept, behind the tracks. */
function orig_size_at(s: KmemCache, object: u64): usize {
  return translate(object + get_info_end(s) + 2 * track_size, 4);
}

export function set_orig_size(s: KmemCache, object: u64, size: u32): void {
  if (!slub_debug_orig_size(s)) return;
  const at = orig_size_at(s, object);
  if (at != 0) store<u32>(at, size);
}

export function get_orig_size(s: KmemCache, object: u64): u32 {
  if (!slub_debug_orig_size(s)) return s.object_size;
  const at = orig_size_at(s, object);
  return at != 0 ? load<u32>(at) : s.object_size;
}

// ------------------------------------------------------------------------------- painting objects

/**
 * Linear address of the slot that an object lies in, red zone first; 0 where it is not all mapped.
 */
// @ts-ignore: decorator
@inline
function cell_of(s: KmemCache, object: u64): usize {
  return translate(object - s.red_left_pad, s.size);
}

/** Paints an object as free (SLUB_RED_INACTIVE) or in use (SLUB_RED_ACTIVE). */
export function init_object(s: KmemCache, object: u64, value: u8): void {
  if (!has(s, Letter.Z) && s.object_poison == 0) return;
  const p = cell_of(s, object);
  if (p == 0 || dead) return;
  const at = p + s.red_left_pad;
  let length = s.object_size;
  if (has(s, Letter.Z)) {
    paint(p, value, s.red_left_pad);
    if (kmalloc_slack_is_red_zone && value == SLUB_RED_ACTIVE) length = get_orig_size(s, object);
  }
  if (s.object_poison != 0 && length > 0) {
    paint(at, POISON_FREE, length - 1);
    store<u8>(at + length - 1, POISON_END);
    if (planted(Planted.POISON_ONE_BYTE_LONG) && !has(s, Letter.Z)) {
      store<u8>(at + length, POISON_END);
    }
  }
  if (has(s, Letter.Z)) paint(at + length, value, s.inuse - length - red_zone_cut());
}

/**
 * Paints an object as in use that was checked as free a moment ago: its poison is what it should be
 * already, so that only its red zones need new paint.
 */
export function paint_checked_object(s: KmemCache, object: u64): void {
  const keeps_poison = !slub_debug_orig_size(s) && !planted(Planted.POISON_CHECK_SKIPS_LAST_BYTE);
  if (!keeps_poison) return init_object(s, object, SLUB_RED_ACTIVE);
  if (!has(s, Letter.Z)) return;
  const p = cell_of(s, object);
  if (p == 0 || dead) return;
  const right = s.red_left_pad + s.object_size;
  paint(p, SLUB_RED_ACTIVE, s.red_left_pad);
  paint(p + right, SLUB_RED_ACTIVE, s.inuse - s.object_size - red_zone_cut());
}

// @ts-ignore: decorator
@inline
function red_zone_cut(): u32 {
  return planted(Planted.RED_ZONE_ONE_BYTE_SHORT) ? 1 : 0;
}

/** Debug data of an object of a new slab. */
export function setup_object_debug(s: KmemCache, object: u64): void {
  if (!has(s, Letter.U | Letter.Z) && s.object_poison == 0) return;
  init_object(s, object, SLUB_RED_INACTIVE);
  init_tracking(s, object);
}

// ------------------------------------------------------------------------------- checking objects

/** Whether an object's check has printed its frame already (6.12 prints one for all sections). */
let framed: bool = false;

/**
 * Checks that `length` bytes at `start` hold `value`; reports and repairs them where not.
 * Everything between the first and the last bad byte is restored.
 */
function check_bytes_and_report(
  s: KmemCache,
  page: Page,
  object: u64,
  section: Section,
  start: u64,
  value: u8,
  length: u32,
): bool {
  const p = translate(start, length);
  if (p == 0 || is_painted(p, value, length)) return true;
  const fault = memchr_inv(p, value, length);
  const end = end_of_damage(fault, p + length, value);
  const first = start + (fault - p);
  const last = start + (end - 1 - p);
  report_bytes(s, page, object, section, first, last, load<u8>(fault), value);
  print_restoring(s, section, first, last, value);
  paint(fault, value, <u32>(end - fault));
  return false;
}

function report_bytes(
  s: KmemCache,
  page: Page,
  object: u64,
  section: Section,
  first: u64,
  last: u64,
  found: u8,
  value: u8,
): void {
  const base = slab_address(page);
  if (!bracket_reports) {
    slab_bug(s, Report.OVERWRITTEN, section);
    print_damage(s, section, first, last, base, found, value);
    print_trailer(s, page, object);
    return;
  }
  print_damage(s, section, first, last, base, found, value);
  if (framed && section != Section.OBJECT_PADDING) return;
  framed = true;
  object_err(s, page, object, Report.OBJECT_CORRUPT);
}

function check_red_zones(s: KmemCache, page: Page, object: u64, value: u8): bool {
  let ok: bool = true;
  const right = s.inuse - s.object_size - red_zone_cut();
  if (s.red_left_pad > 0 && !planted(Planted.LEFT_RED_ZONE_UNCHECKED)) {
    ok = check_bytes_and_report(
      s, page, object, Section.LEFT_REDZONE, object - s.red_left_pad, value, s.red_left_pad,
    );
    if (!ok && !checks_all_sections) return false;
  }
  const end = object + s.object_size;
  if (!check_bytes_and_report(s, page, object, Section.RIGHT_REDZONE, end, value, right)) {
    ok = false;
    if (!checks_all_sections) return false;
  }
  return check_kmalloc_slack(s, page, object, value) && ok;
}

function check_kmalloc_slack(s: KmemCache, page: Page, object: u64, value: u8): bool {
  if (!kmalloc_slack_is_red_zone || value != SLUB_RED_ACTIVE || !slub_debug_orig_size(s)) {
    return true;
  }
  const requested = get_orig_size(s, object);
  if (s.object_size <= requested) return true;
  return check_bytes_and_report(
    s, page, object, Section.KMALLOC_REDZONE, object + requested, value, s.object_size - requested,
  );
}

function check_poison(s: KmemCache, page: Page, object: u64): bool {
  const body = s.object_size - 1;
  const ok: bool = check_bytes_and_report(
    s, page, object, Section.POISON, object, POISON_FREE, body,
  );
  if (!ok && !checks_all_sections) return false;
  if (planted(Planted.POISON_CHECK_SKIPS_LAST_BYTE)) return ok;
  return check_bytes_and_report(
    s, page, object, Section.END_POISON, object + body, POISON_END, 1,
  ) && ok;
}

function check_pad_bytes(s: KmemCache, page: Page, object: u64): bool {
  const start = object_padding_start(s);
  const end = size_from_object(s);
  if (start >= end) return true;
  return check_bytes_and_report(
    s, page, object, Section.OBJECT_PADDING, object + start, POISON_INUSE, end - start,
  );
}

/**
 * The fast answer for an object in order: all its painted bytes are as they should be, and its free
 * pointer (where it counts) is valid. A slow check follows only where this says no.
 */
function object_is_clean(s: KmemCache, page: Page, object: u64, value: u8): bool {
  const p = cell_of(s, object);
  if (p == 0) return false;
  const at = p + s.red_left_pad;
  const letters = s.letters;
  if ((letters & Letter.Z) != 0) {
    if (planted(Planted.LEFT_RED_ZONE_UNCHECKED) || planted(Planted.RED_ZONE_ONE_BYTE_SHORT)) {
      return false;
    }
    if (kmalloc_slack_is_red_zone && slub_debug_orig_size(s)) return false;
    if (!is_painted(p, value, s.red_left_pad)) return false;
    if (!is_painted(at + s.object_size, value, s.inuse - s.object_size)) return false;
  }
  if ((letters & Letter.P) != 0) {
    if (
      (letters & Letter.Z) == 0 &&
      !is_painted(at + s.object_size, POISON_INUSE, s.inuse - s.object_size)
    ) {
      return false;
    }
    if (value != SLUB_RED_ACTIVE && s.object_poison != 0) {
      if (planted(Planted.POISON_CHECK_SKIPS_LAST_BYTE)) return false;
      if (!is_painted(at, POISON_FREE, s.object_size - 1)) return false;
      if (load<u8>(at + s.object_size - 1) != POISON_END) return false;
    }
    const padding = object_padding_start(s);
    const end = size_from_object(s);
    if (padding < end && !is_painted(at + padding, POISON_INUSE, end - padding)) return false;
  }
  if (value == SLUB_RED_ACTIVE && !freeptr_outside_object(s)) return true;
  const link = s.offset;
  return check_valid_pointer(s, page, freelist_ptr(s, load<u64>(at + link), object + link));
}

/**
 * Checks one object as free (SLUB_RED_INACTIVE) or in use (SLUB_RED_ACTIVE); repairs what it
 * reports.
 */
export function check_object(s: KmemCache, page: Page, object: u64, value: u8): bool {
  if (object_is_clean(s, page, object, value)) return true;
  const caller = enter(Fn.CHECK_OBJECT);
  framed = false;
  const ok = check_object_sections(s, page, object, value);
  leave(caller);
  return ok;
}

function check_object_sections(s: KmemCache, page: Page, object: u64, value: u8): bool {
  let ok: bool = true;
  if (has(s, Letter.Z)) {
    ok = check_red_zones(s, page, object, value);
    if (!ok && !checks_all_sections) return false;
  } else if (has(s, Letter.P) && s.object_size < s.inuse) {
    const filled = check_bytes_and_report(
      s,
      page,
      object,
      Section.ALIGNMENT_PADDING,
      object + s.object_size,
      POISON_INUSE,
      s.inuse - s.object_size,
    );
    if (padding_fails_check) ok = filled;
  }
  if (has(s, Letter.P)) {
    if (value != SLUB_RED_ACTIVE && s.object_poison != 0) {
      ok = check_poison(s, page, object) && ok;
      if (!ok && !checks_all_sections) return false;
    }
    const padded = check_pad_bytes(s, page, object);
    if (padding_fails_check) ok = padded && ok;
  }
  return check_object_freepointer(s, page, object, value) && ok;
}

function check_object_freepointer(s: KmemCache, page: Page, object: u64, value: u8): bool {
  if (!freeptr_outside_object(s) && value == SLUB_RED_ACTIVE) return true;
  if (check_valid_pointer(s, page, get_freepointer(s, object))) return true;
  if (dead) return false;
  object_err(s, page, object, Report.FREEPOINTER_CORRUPT);
  set_freepointer(s, object, 0);
  return false;
}

// --------------------------------------------------------------------------------- checking slabs

/**
 * The tail of a slab, behind its last object, stays poisoned (P). Reported and repaired, never
 * fatal.
 */
export function slab_pad_check(s: KmemCache, page: Page): void {
  if (!has(s, Letter.P)) return;
  const order = order_of(page);
  const length = block_size(order);
  const remainder = length - most_objects(s, order) * s.size;
  if (remainder == 0) return;
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
  paint(translate(from, <u32>(beyond - from)), POISON_INUSE, <u32>(beyond - from));
}

export function check_slab(s: KmemCache, page: Page): bool {
  if ((flags_of(page) & PageFlag.SLAB) == 0) {
    slab_err(s, page, Report.NOT_A_VALID_SLAB_PAGE);
    return false;
  }
  const most = most_objects(s, order_of(page));
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
  const span = <u64>(objects * size);
  // Links of valid objects lie in the slab's own memory: no address needs to be looked up.
  const links = page_memory(page) + s.red_left_pad + link;
  let nr: u32 = 0;
  let object: u64 = 0;
  let fp = freelist_of(page);
  if (planted(Planted.DOUBLE_FREE_CHECKS_HEAD_ONLY) && search != 0) return fp == search;
  while (fp != search && nr <= objects) {
    const offset = fp - first;
    if (offset >= span || !is_multiple(<u32>offset, size, reciprocal)) break;
    object = fp;
    fp = freelist_ptr(s, load<u64>(links + <usize>offset), object + link);
    nr++;
  }
  if (fp != 0 && nr <= objects) {
    if (fp == search) return true;
    if (object == 0) return clear_freelist(s, page);
    object_err(s, page, object, Report.FREECHAIN_CORRUPT);
    set_freepointer(s, object, 0);
  }
  if (dead) return false;
  correct_counts(s, page, nr);
  return search == 0;
}

function clear_freelist(s: KmemCache, page: Page): bool {
  slab_err(s, page, Report.FREEPOINTER_CORRUPT);
  set_freelist(page, 0);
  set_inuse(page, objects_of(page));
  slab_fix(s, Fix.FREELIST_CLEARED);
  return false;
}

function correct_counts(s: KmemCache, page: Page, nr: u32): void {
  const most = min(most_objects(s, order_of(page)), MAX_OBJS_PER_PAGE);
  if (objects_of(page) != most) {
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

// ---------------------------------------------------------------------------------- whole slabs

/** What an allocation or a free that found damage on the way in does to the slab (6.1). */
export function mark_all_used(s: KmemCache, page: Page): void {
  slab_fix(s, Fix.MARKING_ALL_OBJECTS_USED);
  set_inuse(page, objects_of(page));
  set_freelist(page, 0);
  if (disables_bad_slabs) set_frozen(page, true);
}

/** Poisons the memory of a new slab. */
export function setup_slab_debug(s: KmemCache, memory_at: usize, order: u32): void {
  if (has(s, Letter.P)) memory.fill(memory_at, POISON_INUSE, PAGE_SIZE << order);
}
