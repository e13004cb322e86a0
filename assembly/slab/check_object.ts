// check_object(): whether an object's painted bytes and its free pointer are what they should be
// (paint.ts has the drawing). Which checks run, and what a failure means, is profile data.

import { Report, Section } from "../abi/event.ts";
import { Fn } from "../abi/fault.ts";
import { Letter } from "../abi/flags.ts";
import { Planted } from "../abi/planted.ts";
import {
  POISON_END, POISON_FREE, POISON_INUSE, SLUB_RED_ACTIVE, SLUB_RED_INACTIVE,
} from "../abi/poison.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { end_of_damage, is_painted, memchr_inv, paint } from "../base/bytes.ts";
import { fault_behind, low_pages_touched, translate } from "../base/memory.ts";
import { dead, enter, leave } from "../base/oops.ts";
import { Page, slab_address } from "../page/struct_page.ts";
import { planted } from "./fault.ts";
import { check_valid_pointer, freelist_ptr, get_freepointer, set_freepointer } from "./freelist.ts";
import { is_object_of } from "./invariants.ts";
import { get_orig_size } from "./orig_size.ts";
import { mapped_slot, red_zone_cut } from "./paint.ts";
import {
  bracket_reports, checks_all_sections, kmalloc_slack_is_red_zone, padding_fails_check,
} from "./profile.ts";
import {
  object_err, object_padding_start, print_damage, print_restoring, print_trailer, slab_bug,
} from "./report.ts";
import {
  freeptr_outside_object, has, KmemCache, size_from_object, slub_debug_orig_size,
} from "./types.ts";

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
  if (p == 0 && low_pages_touched && length != 0) fault_behind(start, false);
  if (p == 0 || is_painted(p, value, length)) return true;
  if (DEBUG) assert(!clean); // who makes no mistake damages nothing
  const fault = memchr_inv(p, value, length);
  const end = end_of_damage(fault, p + length, value);
  const first = start + (fault - p);
  if (DEBUG) assert(fault < end && end <= p + length); // damage lies where it was looked for
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
  if (DEBUG && clean) assert(s.inuse > s.object_size); // Z leaves room behind the object
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
  if (DEBUG && clean) assert(requested <= s.object_size); // the class fits the request
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
  const p = mapped_slot(s, object);
  if (select<bool>(true, low_pages_touched, p == 0)) return false; // one branch, not two
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
  if (DEBUG) assert(value == SLUB_RED_ACTIVE || value == SLUB_RED_INACTIVE); // in use or free
  if (DEBUG && clean) assert(is_object_of(s, object)); // in a slab of its own
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
