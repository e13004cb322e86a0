// Freeing where the fast path (fast_path.ts) cannot: objects go onto their slab's own list, and the
// slab is moved or discarded where that changes its place. Before both: whose object it is.

import { EventKind, Fix, Line, Report, Warning } from "../abi/event.ts";
import { FaultKind, Fn } from "../abi/fault.ts";
import { Letter } from "../abi/flags.ts";
import { Planted } from "../abi/planted.ts";
import { SLUB_RED_ACTIVE, SLUB_RED_INACTIVE } from "../abi/poison.ts";
import { Page310, PageFlag } from "../abi/profile.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { config } from "../base/config.ts";
import { begin_event, begin_global_event, put_addresses, put_numbers } from "../base/event.ts";
import { dead, die, enter, leave, page_fault, running, WALK_MAX } from "../base/oops.ts";
import {
  flags_of, freelist_of, inuse_of, is_frozen, objects_of, Page, page_at, page_kernel_address,
  set_flags, set_freelist, set_frozen, set_inuse, slab_cache_of, virt_to_head_page,
} from "../page/struct_page.ts";
import { check_object } from "./check_object.ts";
import { check_slab, checks_consistency, on_freelist } from "./check_slab.ts";
import { planted } from "./fault.ts";
import { check_valid_pointer, get_freepointer, set_freepointer } from "./freelist.ts";
import { is_object_of, slab_invariants } from "./invariants.ts";
import { init_object } from "./paint.ts";
import {
  add_partial, is_on_partial, over_min_partial, put_cpu_partial, remove_full, remove_partial,
} from "./partial.ts";
import { note_back, pristine } from "./pristine.ts";
import {
  corrects_wrong_cache, counts_before_free, debug_alloc_drains, free_truncates,
  frees_damaged_objects, freezes_cpu_partial, slab_check_asks_for_kind,
} from "./profile.ts";
import { object_err, print_line, slab_err, slab_fix, trace } from "./report.ts";
import { dec_slabs_node, discard_slab, free_slab } from "./slab_page.ts";
import { print_tracking, set_track, TRACK_FREE } from "./track.ts";
import {
  cache_address, cache_at, has, is_cache, KmemCache, kmem_cache_debug, this_cpu,
} from "./types.ts";

// -------------------------------------------------------------------------------- checks of a free

/** What one object's checks say about the whole free. */
const enum Checked {
  GOOD,
  /** 3.10: the object is damaged, and freed all the same, unpainted. */
  DAMAGED,
  REFUSED,
}

function free_consistency_checks(s: KmemCache, page: Page, object: u64): Checked {
  if (!check_valid_pointer(s, page, object)) {
    slab_err(s, page, Report.INVALID_OBJECT_POINTER, 0, 0, object);
    return Checked.REFUSED;
  }
  if (on_freelist(s, page, object)) {
    if (!dead) object_err(s, page, object, Report.OBJECT_ALREADY_FREE);
    return Checked.REFUSED;
  }
  if (dead) return Checked.REFUSED;
  if (!check_object(s, page, object, SLUB_RED_ACTIVE)) {
    return frees_damaged_objects ? Checked.DAMAGED : Checked.REFUSED;
  }
  if (slab_cache_of(page) == cache_address(s)) return Checked.GOOD;
  return report_wrong_slab(s, page, object);
}

function report_wrong_slab(s: KmemCache, page: Page, object: u64): Checked {
  if (u32(slab_check_asks_for_kind) & u32((flags_of(page) & PageFlag.SLAB) == 0)) {
    slab_err(s, page, Report.OUTSIDE_OF_SLAB, 0, 0, object);
  } else if (slab_cache_of(page) == 0) {
    print_line(s, Line.NO_SLAB_FOR_OBJECT, 0, 0, 0, object);
  } else {
    object_err(s, page, object, Report.PAGE_SLAB_POINTER_CORRUPT);
  }
  return Checked.REFUSED;
}

/** Marks one checked object as free. */
function paint_freed(s: KmemCache, page: Page, object: u64): void {
  if (has(s, Letter.U)) set_track(s, object, TRACK_FREE);
  trace(s, page, object, true);
  init_object(s, object, SLUB_RED_INACTIVE);
}

// What check_freed_list() finds beside what it returns. A function returns one value, and a record
// in memory costs a load or a store for each object of the list.

/** Objects that it went through. */
let seen: u32 = 0;
/** The object that it stopped at. */
let stopped_at: u64 = 0;

/** Checks and paints each object of a list that is being freed. */
function check_freed_list(s: KmemCache, page: Page, head: u64, tail: u64, count: u32): Checked {
  let object = head;
  seen = 0;
  while (!dead) {
    stopped_at = object;
    if (DEBUG && clean) assert(seen < count || counts_before_free); // as long as it says
    if (counts_before_free && seen == count) break;
    seen++;
    if (pristine) {
      note_back(object);
    } else if (checks_consistency(s)) {
      const checked = free_consistency_checks(s, page, object);
      if (checked != Checked.GOOD) return checked;
    }
    paint_freed(s, page, object);
    if (object == tail) return Checked.GOOD;
    object = get_freepointer(s, object);
    if (seen > WALK_MAX) die(FaultKind.HANG, object);
  }
  return Checked.DAMAGED;
}

/**
 * 6.1 and later: checks, then frees under the node's lock. Nothing happens to an object whose check
 * fails, except that what was reported has been repaired.
 */
function free_debug_processing(s: KmemCache, page: Page, head: u64, tail: u64, count: u32): void {
  if (DEBUG) assert(!debug_alloc_drains); // 3.10 goes the other way
  const caller = enter(Fn.FREE_DEBUG_PROCESSING);
  let discarded: bool = false;
  const good = debug_free_is_good(s, page, head, tail, count);
  if (good && !dead) discarded = link_freed_list(s, page, head, tail, seen);
  if (!good) slab_fix(s, Fix.OBJECT_NOT_FREED, stopped_at);
  if (DEBUG && clean) assert(good); // no check fails
  if (DEBUG && clean) slab_invariants(s, page);
  if (discarded && !dead) free_slab(s, page);
  leave(caller);
}

function debug_free_is_good(s: KmemCache, page: Page, head: u64, tail: u64, count: u32): bool {
  stopped_at = head;
  if (!pristine && checks_consistency(s) && !check_slab(s, page)) return false;
  if (inuse_of(page) < count) {
    slab_err(s, page, Report.TOO_MANY_TO_FREE, inuse_of(page), count);
    return false;
  }
  const checked = check_freed_list(s, page, head, tail, count);
  if (checked == Checked.REFUSED || dead) return false;
  if (checked == Checked.DAMAGED) seen = count + 1;
  if (seen != count) slab_err(s, page, Report.BULK_FREE_COUNT, count, seen);
  return seen <= count;
}

/** Links checked objects into their slab; true where the slab is to be discarded. */
function link_freed_list(s: KmemCache, page: Page, head: u64, tail: u64, count: u32): bool {
  if (DEBUG && clean) assert(inuse_of(page) >= count); // what is freed was in use
  if (DEBUG && clean) assert(!is_frozen(page)); // a slab with flags is no CPU's
  const prior = freelist_of(page);
  if (!planted(Planted.INUSE_NOT_DECREMENTED)) set_inuse(page, inuse_of(page) - count);
  set_freepointer(s, tail, prior);
  set_freelist(page, head);
  const left = inuse_of(page);
  if (DEBUG && clean) assert(freelist_of(page) == head); // the next allocation takes it
  const discard = (
    left == 0 || (planted(Planted.SLAB_FREED_WHILE_IN_USE) && left == 1)
  ) && over_min_partial(s);
  if (prior == 0) {
    remove_full(s, page);
    if (!discard) add_partial(s, page, true);
  } else if (discard) {
    remove_partial(s, page);
  }
  if (!discard || dead) return false;
  if (planted(Planted.EMPTY_SLAB_LOST)) return false;
  dec_slabs_node(s, objects_of(page));
  return true;
}

/** 3.10: checks under the slab's lock; the caller frees. False: the free was refused. */
function free_debug_processing_310(
  s: KmemCache,
  page: Page,
  head: u64,
  tail: u64,
  count: u32,
): bool {
  if (DEBUG && clean) assert((flags_of(page) & PageFlag.LOCKED) == 0); // it never waits
  const caller = enter(Fn.FREE_DEBUG_PROCESSING);
  set_flags(page, flags_of(page) | PageFlag.LOCKED);
  stopped_at = head;
  let checked = Checked.REFUSED;
  if (pristine || check_slab(s, page)) checked = check_freed_list(s, page, head, tail, count);
  if (checked != Checked.REFUSED && seen != count && !dead) {
    slab_err(s, page, Report.BULK_FREELIST_COUNT, count, seen);
  }
  if (DEBUG && clean) assert((flags_of(page) & PageFlag.LOCKED) != 0); // the caller locked it
  set_flags(page, flags_of(page) & ~PageFlag.LOCKED);
  if (checked == Checked.REFUSED) slab_fix(s, Fix.OBJECT_NOT_FREED, stopped_at);
  if (DEBUG && clean) assert(seen == count); // the list was walked to its tail
  leave(caller);
  return checked != Checked.REFUSED && !dead;
}

// --------------------------------------------------------------------------------------- slow path

/** The first field of a struct slab that __slab_free() reads (6.x). */
const COUNTERS: u64 = 40;

/** Frees a list of objects, from head to tail, into the slab itself. */
// @ts-ignore: decorator
@inline
export function __slab_free(s: KmemCache, slab: u64, head: u64, tail: u64, count: u32): void {
  const caller = enter(Fn.SLAB_FREE_SLOW);
  const page = page_at(slab);
  if (DEBUG && clean) assert(page != 0); // an object lies in a slab
  if (DEBUG && clean) assert(slab_cache_of(page) == cache_address(s)); // of its own cache
  if (page == 0) page_fault(slab + COUNTERS, false);
  else if (!kmem_cache_debug(s)) push_on_slab(s, page, head, tail, count);
  else if (!debug_alloc_drains) free_debug_processing(s, page, head, tail, count);
  else if (free_debug_processing_310(s, page, head, tail, count)) {
    push_on_slab(s, page, head, tail, count);
  }
  leave(caller);
}

/** The same where no cpu slab could be meant (7.3). */
export function free_into_slab(
  s: KmemCache,
  slab: u64,
  head: u64,
  tail: u64,
  count: u32,
): void {
  __slab_free(s, slab, head, tail, count);
}

/** Pushes objects onto their slab's own list, and moves the slab where that changes its place. */
function push_on_slab(s: KmemCache, page: Page, head: u64, tail: u64, count: u32): void {
  const prior = freelist_of(page);
  if (DEBUG && clean) assert(inuse_of(page) >= count); // what is freed was in use
  const was_frozen = is_frozen(page);
  const has_cpu_partial = config().cpu_partial != 0 && !kmem_cache_debug(s);
  set_freepointer(s, tail, prior);
  if (dead) return;
  set_freelist(page, head);
  if (!planted(Planted.INUSE_NOT_DECREMENTED)) set_inuse(page, inuse_of(page) - count);
  if (DEBUG && clean) slab_invariants(s, page);
  if (was_frozen) return;
  if (DEBUG && clean) assert(prior != 0 || inuse_of(page) + count == objects_of(page)); // full
  if (prior == 0 && has_cpu_partial) {
    if (freezes_cpu_partial) set_frozen(page, true);
    put_cpu_partial(s, page, true);
    return;
  }
  // A thawed slab of a cpu partial list: only its owner moves it.
  if (prior != 0 && !freezes_cpu_partial && !is_on_partial(page)) return;
  settle_slab(s, page, prior == 0, has_cpu_partial);
}

/** Finds the place of a thawed slab that just got an object back. */
function settle_slab(s: KmemCache, page: Page, was_full: bool, has_cpu_partial: bool): void {
  if (DEBUG && clean) assert(!is_frozen(page)); // a CPU keeps its slabs
  const left = inuse_of(page);
  if (
    (left == 0 || (planted(Planted.SLAB_FREED_WHILE_IN_USE) && left == 1)) && over_min_partial(s)
  ) {
    if (was_full) remove_full(s, page);
    else remove_partial(s, page);
    if (!dead) discard_slab(s, page);
  } else if (was_full && !has_cpu_partial) {
    remove_full(s, page);
    add_partial(s, page, true);
  }
}

// ------------------------------------------------------------------------------ before both paths

/** 5.4 to 6.7: rebuilds the list that is being freed, which writes NULL into its last object. */
export function slab_free_freelist_hook(s: KmemCache, head: u64, tail: u64): u64 {
  let object = head;
  let rebuilt: u64 = 0;
  for (let steps: u32 = 0; !dead; steps++) {
    if (steps > WALK_MAX) die(FaultKind.HANG, object);
    const next = get_freepointer(s, object);
    set_freepointer(s, object, rebuilt);
    if (DEBUG && clean) assert(is_object_of(s, object)); // the list holds objects of one cache
    rebuilt = object;
    if (object == tail) break;
    object = next;
  }
  return rebuilt;
}

/** The struct page of the slab that an object lies in; 0 where the page is no slab. */
export function virt_to_slab(object: u64): u64 {
  const head = virt_to_head_page(object);
  if (head == 0) return 0;
  const page = page_at(head);
  return page != 0 && (flags_of(page) & PageFlag.SLAB) != 0 ? head : 0;
}

// -------------------------------------------------------------------------------- the wrong cache

/**
 * Which cache a free goes to: the one that was named, or with F the one that the object is from.
 */
export function cache_from_obj(s: KmemCache, object: u64): KmemCache | null {
  if (!has(s, Letter.F) && config().hardened == 0) return s;
  return corrects_wrong_cache ? owner_of(s, object) : owner_of_310(s, object);
}

function owner_of(s: KmemCache, object: u64): KmemCache | null {
  const slab = virt_to_slab(object);
  if (dead) return null;
  if (slab == 0) {
    begin_global_event(EventKind.WARN, Warning.NOT_A_SLAB_PAGE);
    put_numbers(0, 0, running);
    return null;
  }
  const owner = cache_at(slab_cache_of(page_at(slab)));
  if (owner == null) return null;
  if (owner != s) {
    if (DEBUG) assert(!clean); // a mistake of the program
    warn_wrong_cache(s, owner);
    print_tracking(owner, object);
  }
  return owner;
}

/**
 * 7.3, with F or hardened: whether an object is freed through its own cache. If not, one warning of
 * each kind says so, and the object is leaked.
 */
export function is_freed_through_its_cache(s: KmemCache, slab: u64, object: u64): bool {
  if (!has(s, Letter.F) && config().hardened == 0) return true;
  let owner: KmemCache | null = null;
  if (slab != 0) owner = cache_at(slab_cache_of(page_at(slab)));
  if (owner == s) return true;
  if (slab == 0) {
    begin_event(EventKind.WARN, Warning.NOT_A_SLAB_PAGE, s.index);
    put_addresses(object);
  } else {
    begin_event(EventKind.WARN, Warning.WRONG_SLAB_CACHE, s.index);
    put_addresses(object);
  }
  put_numbers(s.index, owner == null ? 0 : owner.index, running);
  if (owner != null) print_tracking(owner, object);
  return false;
}

/** 3.10 warns, names the two caches the wrong way round, and goes on with the wrong one. */
function owner_of_310(s: KmemCache, object: u64): KmemCache | null {
  const slab = virt_to_head_page(object);
  if (slab == 0) return null;
  const page = page_at(slab);
  if (page == 0) {
    page_fault(slab + <u64>Page310.SLAB_CACHE, false);
    return null;
  }
  const owner = cache_at(slab_cache_of(page));
  if (config().memcg_kmem == 0) return owner;
  if (owner == s) return s;
  if (owner == null) {
    page_fault(slab_cache_of(page) + MEMCG_PARAMS_310, false);
    return null;
  }
  warn_wrong_cache(s, owner);
  return s;
}

/** Offset of memcg_params in 3.10's kmem_cache: what slab_equal_or_root() reads. */
const MEMCG_PARAMS_310: u64 = 0xb8;

function warn_wrong_cache(s: KmemCache, owner: KmemCache): void {
  begin_event(EventKind.WARN, Warning.WRONG_SLAB_CACHE, s.index);
  put_numbers(s.index, owner.index, running);
}
