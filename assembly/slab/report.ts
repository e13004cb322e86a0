// The printing half of mm/slub.c: each function plays the part of the kernel function of its name,
// and emits an event where that one prints. The order of calls is the order of the lines of a log.

import { Dump, EventKind, Fix, Line, Report, Section } from "../abi/event.ts";
import { Letter } from "../abi/flags.ts";
import { Fn } from "../abi/fault.ts";
import { PAGE_SIZE } from "../abi/limits.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { begin_event, put_addresses, put_bytes, put_numbers } from "../base/event.ts";
import { translate } from "../base/memory.ts";
import { dead, enter, leave, page_fault } from "../base/oops.ts";
import {
  flags_of, freelist_of, inuse_of, objects_of, Page, page_kernel_address, slab_address,
} from "../page/struct_page.ts";
import { check_valid_pointer, get_freepointer } from "./freelist.ts";
import { spoil } from "./pristine.ts";
import {
  bracket_reports, guards_trailer, has_left_red_zone, orig_size_bytes, track_size,
} from "./profile.ts";
import { print_tracking } from "./track.ts";
import { get_info_end, has, KmemCache, size_from_object, slub_debug_orig_size } from "./types.ts";

/** Which function's WARN ends a report (6.12). */
const SPLAT_OBJECT: u32 = 0;
const SPLAT_SLAB: u32 = 1;
export const SPLAT_PADDING: u32 = 2;
export const SPLAT_SHUTDOWN: u32 = 3;

export function slab_bug(
  s: KmemCache,
  report: Report,
  x: u32 = 0,
  y: u32 = 0,
  a: u64 = 0,
  b: u64 = 0,
  c: u64 = 0,
): void {
  if (DEBUG) assert(!clean); // who makes no mistake causes no report
  spoil();
  begin_event(EventKind.BUG, report, s.index);
  put_addresses(a, b, c);
  put_numbers(x, y);
}

export function slab_fix(s: KmemCache, fix: Fix, a: u64 = 0): void {
  begin_event(EventKind.FIX, fix, s.index);
  put_addresses(a);
}

/** Since 6.12 every report ends in a WARN. */
export function splat(s: KmemCache, which: u32): void {
  if (DEBUG) assert(which <= SPLAT_SHUTDOWN); // the host has words for these
  if (bracket_reports) begin_event(EventKind.SPLAT, which, s.index);
}

export function print_slab_info(s: KmemCache, page: Page): void {
  begin_event(EventKind.SLAB, 0, s.index);
  put_addresses(page_kernel_address(page), freelist_of(page), slab_address(page));
  put_numbers(objects_of(page), inuse_of(page), flags_of(page));
}

/** Dumps memory; nothing is printed for a length of 0. A hole in the address space is an oops. */
export function print_section(s: KmemCache, dump: Dump, address: u64, length: u32): void {
  if (length == 0 || dead) return;
  const at = translate(address, length);
  if (at == 0) {
    page_fault(address, false);
    return;
  }
  begin_event(EventKind.DUMP, dump, s.index, length);
  put_addresses(address);
  put_bytes(at, length);
}

/** Where the padding of an object begins. */
export function object_padding_start(s: KmemCache): u32 {
  let offset = get_info_end(s);
  if (has(s, Letter.U)) offset += 2 * track_size;
  if (slub_debug_orig_size(s)) offset += orig_size_bytes;
  if (DEBUG && clean) assert(offset <= size_from_object(s)); // the padding lies in the slot
  return offset;
}

export function print_trailer(s: KmemCache, page: Page, object: u64): void {
  const caller = enter(Fn.PRINT_TRAILER);
  const base = slab_address(page);
  print_tracking(s, object);
  print_slab_info(s, page);
  const next = get_freepointer(s, object);
  if (!dead) {
    begin_event(EventKind.OBJECT, 0, s.index);
    put_addresses(object, next, base);
  }
  print_object_sections(s, object, base);
  leave(caller);
}

function print_object_sections(s: KmemCache, object: u64, base: u64): void {
  const zoned = has(s, Letter.Z);
  if (zoned && has_left_red_zone) {
    print_section(s, Dump.REDZONE, object - s.red_left_pad, s.red_left_pad);
  } else if (object > base + 16) {
    print_section(s, Dump.BYTES_B4, object - 16, 16);
  }
  print_section(s, Dump.OBJECT, object, min(s.object_size, PAGE_SIZE));
  if (zoned) print_section(s, Dump.REDZONE, object + s.object_size, s.inuse - s.object_size);
  const padding = object_padding_start(s);
  if (padding != size_from_object(s)) {
    print_section(s, Dump.PADDING, object + padding, size_from_object(s) - padding);
  }
}

/** A report about an object. */
export function object_err(s: KmemCache, page: Page, object: u64, report: Report): void {
  slab_bug(s, report);
  if (guards_trailer && (object == 0 || !check_valid_pointer(s, page, object))) {
    print_slab_info(s, page);
    begin_event(EventKind.INVALID_POINTER, 0, s.index);
    put_addresses(object);
  } else {
    print_trailer(s, page, object);
  }
  splat(s, SPLAT_OBJECT);
}

/** A report about a slab. */
export function slab_err(
  s: KmemCache,
  page: Page,
  report: Report,
  x: u32 = 0,
  y: u32 = 0,
  a: u64 = 0,
): void {
  slab_bug(s, report, x, y, a);
  print_slab_info(s, page);
  splat(s, SPLAT_SLAB);
}

/** The line that says which bytes are wrong. */
export function print_damage(
  s: KmemCache,
  section: Section,
  first: u64,
  last: u64,
  base: u64,
  found: u32,
  expected: u32,
): void {
  begin_event(EventKind.BYTES, section, s.index);
  put_addresses(first, last, base);
  put_numbers(found, expected);
}

export function print_restoring(
  s: KmemCache,
  section: Section,
  first: u64,
  last: u64,
  value: u32,
): void {
  begin_event(EventKind.FIX, Fix.RESTORING, s.index);
  put_addresses(first, last);
  put_numbers(value, section);
}

/** SLAB_TRACE: says what was allocated or freed. */
export function trace(s: KmemCache, page: Page, object: u64, freed: bool): void {
  if (DEBUG && clean) assert(check_valid_pointer(s, page, object)); // an object of the slab
  if (!has(s, Letter.T)) return;
  begin_event(EventKind.TRACE, freed ? 1 : 0, s.index);
  put_addresses(object, freelist_of(page));
  put_numbers(inuse_of(page));
  if (freed) print_section(s, Dump.TRACED_OBJECT, object, s.object_size);
}

export function print_line(
  s: KmemCache,
  line: Line,
  x: u32 = 0,
  y: u32 = 0,
  z: u32 = 0,
  a: u64 = 0,
): void {
  begin_event(EventKind.LINE, line, s.index);
  put_addresses(a);
  put_numbers(x, y, z);
}
