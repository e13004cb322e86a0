// Allocation where the fast path (fast_path.ts) has nothing. The slow path looks, in this order, at
// the CPU's slab, its own partial list, the node's partial list, and makes a new slab at last. A
// cache with a debug flag has no cpu slab between operations, and 7.3 knows none: each allocation
// goes to the node's partial list.

import { EventKind, Report, Warning } from "../abi/event.ts";
import { Fn } from "../abi/fault.ts";
import { Letter } from "../abi/flags.ts";
import { Planted } from "../abi/planted.ts";
import { SLUB_RED_ACTIVE, SLUB_RED_INACTIVE } from "../abi/poison.ts";
import { PageFlag } from "../abi/profile.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { is_painted, paint } from "../base/bytes.ts";
import { config } from "../base/config.ts";
import { begin_global_event } from "../base/event.ts";
import { fault_behind, translate } from "../base/memory.ts";
import { dead, enter, leave, page_fault, WALK_MAX } from "../base/oops.ts";
import { next } from "../list/list.ts";
import {
  flags_of, freelist_of, inuse_of, is_frozen, next_of, objects_of, Page, page_at,
  page_kernel_address, set_freelist, set_frozen, set_inuse, slab_address,
} from "../page/struct_page.ts";
import { check_object } from "./check_object.ts";
import { check_slab, checks_consistency, mark_all_used } from "./check_slab.ts";
import { deactivate_slab } from "./deactivate.ts";
import { planted } from "./fault.ts";
import { check_valid_pointer, get_freepointer } from "./freelist.ts";
import { slab_invariants } from "./invariants.ts";
import { lane_alloc } from "./lane.ts";
import { set_orig_size } from "./orig_size.ts";
import { init_object, paint_checked_object } from "./paint.ts";
import {
  add_full, add_partial, put_cpu_partial, remove_partial,
} from "./partial.ts";
import {
  cpu_partial_counts_objects, debug_alloc_drains, freezes_cpu_partial, has_sheaves,
  kmalloc_slack_is_red_zone, partial_node_runs_in, slab_check_asks_for_kind, tracks_alloc_first,
  trusts_partial_slabs, warns_of_zeroed_ctor,
} from "./profile.ts";
import { note_out, note_unchecked, pristine } from "./pristine.ts";
import { object_err, slab_err, trace } from "./report.ts";
import {
  inc_slabs_node, lends_unlinked, link_objects, new_slab, slab_out_of_memory,
} from "./slab_page.ts";
import { set_track, TRACK_ALLOC } from "./track.ts";
import {
  CpuSlab, has, held_objects, is_cache, KmemCache, kmem_cache_debug, partial_list, set_held_objects,
  slub_debug_orig_size, this_cpu,
} from "./types.ts";
import { page_of_link, step_to_cpu_slab } from "./walk.ts";
import { Zeroes } from "./zeroes.ts";

/**
 * Bytes that the caller asked for: for kmalloc less than the object has. A variable, and no
 * parameter of each function down to alloc_debug_processing(): as a parameter it makes every
 * kmalloc a block of code longer (measured with `slabfuzz cost`).
 */
export let requested: u32 = 0;

/** Says how many bytes the allocation that follows is for. */
// @ts-ignore: decorator
@inline
export function ask_for(size: u32): void {
  requested = size;
}

// ----------------------------------------------------------------------------- checks of an alloc

function alloc_consistency_checks(s: KmemCache, page: Page, object: u64): bool {
  if (pristine) return true;
  if (!check_slab(s, page)) return false;
  if (!check_valid_pointer(s, page, object)) {
    object_err(s, page, object, Report.FREELIST_POINTER_CHECK_FAILS);
    return false;
  }
  return check_object(s, page, object, SLUB_RED_INACTIVE);
}

/** Checks the object that is about to be handed out and paints it as in use. */
function alloc_debug_processing(s: KmemCache, page: Page, object: u64): bool {
  if (DEBUG && clean) assert(kmem_cache_debug(s)); // without flags nothing is prepared
  if (DEBUG && clean) assert(check_valid_pointer(s, page, object)); // a free list holds objects
  if (checks_consistency(s) && !alloc_consistency_checks(s, page, object)) {
    if (dead) return false;
    if ((flags_of(page) & PageFlag.SLAB) != 0) mark_all_used(s, page);
    return false;
  }
  if (tracks_alloc_first && has(s, Letter.U)) set_track(s, object, TRACK_ALLOC);
  trace(s, page, object, false);
  set_orig_size(s, object, requested);
  if (checks_consistency(s)) paint_checked_object(s, object);
  else init_object(s, object, SLUB_RED_ACTIVE);
  note_out(object);
  return true;
}

// -------------------------------------------------------------------- taking slabs off the node

/** Takes a slab's whole free list; the slab becomes a frozen one of this CPU. */
function acquire_slab(s: KmemCache, page: Page, takes_freelist: bool): u64 {
  if (DEBUG && clean) assert(!is_frozen(page)); // no other CPU has it
  if (DEBUG && clean) assert(inuse_of(page) < objects_of(page)); // it is on the partial list
  const freelist = freelist_of(page);
  if (takes_freelist) {
    set_inuse(page, objects_of(page));
    set_freelist(page, 0);
  }
  if (takes_freelist || freezes_cpu_partial) set_frozen(page, true);
  remove_partial(s, page);
  if (freelist == 0 && !dead && !trusts_partial_slabs) {
    begin_global_event(EventKind.WARN, Warning.ACQUIRED_EMPTY_SLAB);
  }
  return freelist;
}

/** 7.3 asks here, and with F only, whether a listed slab is one; it stays on the list. */
function is_no_slab(s: KmemCache, page: Page): bool {
  if (!checks_consistency(s) || (flags_of(page) & PageFlag.SLAB) != 0) return false;
  slab_err(s, page, Report.NOT_A_VALID_SLAB_PAGE);
  return true;
}

/**
 * Pops one object of a slab on the partial list, checked; 0 where the slab turned out to be bad.
 */
function alloc_single_from_partial(s: KmemCache, page: Page): u64 {
  if (!slab_check_asks_for_kind && is_no_slab(s, page)) return 0;
  if (DEBUG && clean) assert(!is_frozen(page)); // partial lists hold thawed slabs only
  if (DEBUG && clean) assert(freelist_of(page) != 0); // with something to take
  const object = freelist_of(page);
  set_freelist(page, get_freepointer(s, object));
  if (dead) return 0;
  set_inuse(page, inuse_of(page) + 1);
  if (!alloc_debug_processing(s, page, object)) {
    if (!dead && (flags_of(page) & PageFlag.SLAB) != 0) remove_partial(s, page);
    return 0;
  }
  if (inuse_of(page) == objects_of(page)) {
    remove_partial(s, page);
    add_full(s, page);
  }
  if (DEBUG && clean) slab_invariants(s, page);
  return object;
}

function alloc_single_from_new_slab(s: KmemCache, page: Page): u64 {
  if (DEBUG && clean) assert(is_frozen(page)); // until its first object is out
  if (DEBUG && clean) assert(inuse_of(page) == objects_of(page)); // new_slab() counts all as in use
  const object = freelist_of(page);
  set_freelist(page, get_freepointer(s, object));
  set_inuse(page, 1);
  set_frozen(page, false);
  if (!alloc_debug_processing(s, page, object)) return 0;
  if (inuse_of(page) == objects_of(page)) add_full(s, page);
  else add_partial(s, page, false);
  if (DEBUG && clean) slab_invariants(s, page);
  inc_slabs_node(s, objects_of(page));
  return object;
}

/**
 * How many slabs beside the first get_partial_node() moves to the CPU's list, and when it stops. A
 * slab whose counter ran below zero has a negative number of free objects.
 */
function enough_taken(s: KmemCache, slabs: u32, objects: i32): bool {
  if (config().cpu_partial == 0 || kmem_cache_debug(s)) return true;
  if (!cpu_partial_counts_objects) return slabs > s.cpu_partial_slabs / 2;
  return objects > <i32>(s.cpu_partial / 2);
}

/**
 * The slab that acquire_from_partial() took; what it returns is the slab's free list. A function
 * returns one value, and a pair in memory would cost two stores and two loads.
 */
let taken: Page = 0;

/** Takes the free list of the first slab of the node's partial list. */
function get_partial_node(s: KmemCache): u64 {
  const caller = enter(Fn.GET_PARTIAL_NODE);
  taken = 0;
  const object = acquire_from_partial(s);
  leave(caller);
  return object;
}

/** Pops one object of the first slab on the node's partial list that passes its checks. */
function pop_from_partial(s: KmemCache): u64 {
  if (s.nr_partial == 0) return 0;
  const head = partial_list(s);
  for (let link = next(head); link != head && !dead; ) {
    const after = next(link);
    const page = page_of_link(link);
    if (page == 0) {
      page_fault(link, false);
      return 0;
    }
    const object = alloc_single_from_partial(s, page);
    if (object != 0) return object;
    link = after;
  }
  return 0;
}

function acquire_from_partial(s: KmemCache): u64 {
  if (DEBUG && clean) assert(this_cpu(s).freelist == 0); // else nothing more is needed
  if (s.nr_partial == 0) return 0;
  const head = partial_list(s);
  let object: u64 = 0;
  let slabs: u32 = 0;
  let available: i32 = 0;
  for (let link = next(head); link != head && !dead; ) {
    const after = next(link);
    const page = page_of_link(link);
    if (page == 0) {
      page_fault(link, false);
      return 0;
    }
    if (DEBUG && clean) assert(page != taken); // a slab is on the list once
    available += objects_of(page) - inuse_of(page);
    const freelist = acquire_slab(s, page, taken == 0);
    if (freelist == 0 && !trusts_partial_slabs) break;
    if (taken == 0) {
      taken = page;
      object = freelist;
    } else {
      put_cpu_partial(s, page, false);
      slabs++;
    }
    if (enough_taken(s, slabs, available)) break;
    link = after;
  }
  return dead ? 0 : object;
}

// --------------------------------------------------------------------------------------- slow path

/** What others freed into the cpu slab while its lockless list ran dry. */
export function get_freelist(page: Page): u64 {
  if (DEBUG && clean) assert(is_frozen(page)); // it is the cpu slab
  const freelist = freelist_of(page);
  set_freelist(page, 0);
  set_inuse(page, objects_of(page));
  set_frozen(page, freelist != 0);
  return freelist;
}

/** Hands out the head of a free list and keeps the rest as the CPU's lockless list. */
export function load_freelist(s: KmemCache, c: CpuSlab, freelist: u64): u64 {
  if (DEBUG && clean) assert(c.page != 0); // whose list it is
  c.freelist = get_freepointer(s, freelist);
  return freelist;
}

/**
 * Free list of the cpu slab, or of the first slab of the cpu partial list that has one; 0 if none
 * has.
 */
function refill_from_cpu(s: KmemCache, c: CpuSlab): u64 {
  if (c.page != 0 && c.freelist != 0) return c.freelist;
  while (!dead) {
    const is_from_partial = c.page == 0;
    if (is_from_partial) {
      if (c.partial == 0) return 0;
      const page = step_to_cpu_slab(c.partial);
      if (page == 0) return 0;
      if (DEBUG && clean) assert(freelist_of(page) != 0); // a slab without is not kept
      c.page = c.partial;
      c.partial = next_of(page);
      c.freelist = 0;
      set_frozen(page_at(c.page), true);
    }
    const freelist = get_freelist(page_at(c.page));
    if (freelist != 0) return freelist;
    if (is_from_partial && trusts_partial_slabs) return load_freelist(s, c, 0);
    c.page = 0;
  }
  return 0;
}

/** A whole new slab's free list; the slab becomes the cpu slab. */
function new_slab_objects(s: KmemCache, c: CpuSlab, zeroes: u32): u64 {
  const page = new_slab(s, zeroes);
  if (page == 0) return 0;
  inc_slabs_node(s, objects_of(page));
  if (DEBUG && clean) assert(c.freelist == 0); // else no slab is made
  if (c.page != 0) flush_slab(s, c);
  const freelist = freelist_of(page);
  set_freelist(page, 0);
  c.page = page_kernel_address(page);
  return freelist;
}

/** Gives the cpu slab back to the node. */
export function flush_slab(s: KmemCache, c: CpuSlab): void {
  const page = page_at(c.page);
  const freelist = c.freelist;
  if (DEBUG && clean) assert(page != 0); // a cpu slab is a slab
  if (DEBUG && clean) assert(is_frozen(page)); // and this CPU's
  c.page = 0;
  c.freelist = 0;
  if (page != 0) deactivate_slab(s, page, freelist);
}

function slow_alloc(s: KmemCache, c: CpuSlab, zeroes: u32): u64 {
  let freelist = refill_from_cpu(s, c);
  if (freelist != 0 || dead) return load_freelist(s, c, freelist);
  freelist = get_partial_node(s);
  if (dead) return 0;
  if (taken != 0) {
    if (c.page != 0) flush_slab(s, c);
    c.page = page_kernel_address(taken);
    return load_freelist(s, c, freelist);
  }
  freelist = new_slab_objects(s, c, zeroes);
  if (freelist != 0) return load_freelist(s, c, freelist);
  slab_out_of_memory(s);
  return 0;
}

/** 6.1 and later: pops exactly one object of a partial slab, or of a new one. */
function slow_alloc_debug(s: KmemCache, zeroes: u32): u64 {
  if (DEBUG) assert(!debug_alloc_drains); // 3.10 goes the other way
  if (DEBUG && clean) assert(this_cpu(s).page == 0); // what is checked has no cpu slab
  for (let tries: u32 = 0; tries < WALK_MAX && !dead; tries++) {
    const caller = enter(partial_node_runs_in);
    let object = pop_from_partial(s);
    leave(caller);
    if (object == 0 && !dead) {
      const page = new_slab(s, zeroes);
      if (page == 0) {
        slab_out_of_memory(s);
        return 0;
      }
      object = alloc_single_from_new_slab(s, page);
    }
    if (object != 0) {
      if (!tracks_alloc_first && has(s, Letter.U)) set_track(s, object, TRACK_ALLOC);
      return object;
    }
  }
  return 0;
}

/**
 * To 6.0: takes a slab's whole free list, checks the first object, and gives the rest back one by
 * one, which reverses the list. A slab that fails stays behind as the cpu slab until a new one is
 * made. No such kernel asks whether the object is to be zeroed when it makes a slab.
 */
function slow_alloc_draining(s: KmemCache, c: CpuSlab): u64 {
  if (DEBUG) assert(!warns_of_zeroed_ctor); // so it need not know what the caller wants
  if (DEBUG && clean) assert(c.page == 0); // what is checked has no cpu slab
  for (let tries: u32 = 0; tries < WALK_MAX && !dead; tries++) {
    let object = get_partial_node(s);
    if (object != 0) c.page = page_kernel_address(taken);
    else if (!dead) object = new_slab_objects(s, c, Zeroes.NONE);
    if (dead) return 0;
    if (object == 0) {
      slab_out_of_memory(s);
      return 0;
    }
    const page = page_at(c.page);
    if (!alloc_debug_processing(s, page, object)) continue;
    const rest = get_freepointer(s, object);
    deactivate_slab(s, page, rest);
    c.page = 0;
    c.freelist = 0;
    return object;
  }
  return 0;
}

/** An object from where no lockless list has one; 0 when there is no memory. */
export function ___slab_alloc(s: KmemCache, c: CpuSlab, zeroes: u32): u64 {
  const in_lane = lane_alloc(s, requested);
  if (in_lane != 0) return in_lane;
  const caller = enter(Fn.SLAB_ALLOC_SLOW);
  let object: u64;
  if (!kmem_cache_debug(s)) object = slow_alloc(s, c, zeroes);
  else if (debug_alloc_drains) object = slow_alloc_draining(s, c);
  else if (c.page != 0 && c.freelist != 0) object = load_freelist(s, c, c.freelist);
  else object = slow_alloc_debug(s, zeroes);
  leave(caller);
  return object;
}

/** __GFP_ZERO clears the whole object; only the bytes asked for, where the rest is a red zone. */
// @ts-ignore: decorator
@inline
export function zero_object(s: KmemCache, object: u64): void {
  const asked = kmalloc_slack_is_red_zone && slub_debug_orig_size(s) ? requested : s.object_size;
  const length = planted(Planted.ZEROING_ONE_WORD_SHORT) && asked >= 16 ? asked - 8 : asked;
  const at = translate(object, length);
  if (at != 0) paint(at, 0, length);
  else fault_behind(object, true);
  if (DEBUG && clean) assert(is_painted(at, 0, asked)); // as __GFP_ZERO asks
}
