// Painting: what red zones, poison and padding hold. check_object.ts checks what is painted here.
//
//   one object, all options on (slub-reference 1.1):
//
//   red_left_pad │ payload            │ red zone  │ free ptr │ tracks      │ padding
//   bb or cc     │ 6b .. 6b a5        │ bb or cc  │          │             │ 5a
//                ↑ object             ↑ +object_size          ↑ get_info_end
//                                                 ↑ +inuse                  ↑ object_padding_start

import { Letter } from "../abi/flags.ts";
import { PAGE_SIZE } from "../abi/limits.ts";
import { Planted } from "../abi/planted.ts";
import {
  POISON_END, POISON_FREE, POISON_INUSE, SLUB_RED_ACTIVE, SLUB_RED_INACTIVE,
} from "../abi/poison.ts";
import { RAM } from "../base/arena.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { is_painted, paint } from "../base/bytes.ts";
import { fault_behind, low_pages_touched, translate } from "../base/memory.ts";
import { dead } from "../base/oops.ts";
import { planted } from "./fault.ts";
import { is_object_of } from "./invariants.ts";
import { get_orig_size } from "./orig_size.ts";
import { kmalloc_slack_is_red_zone } from "./profile.ts";
import { init_tracking } from "./track.ts";
import { has, KmemCache, slub_debug_orig_size } from "./types.ts";

/** Whether what is painted lies in the slot: not where something wrote over the kmem_cache. */
function fits_slot(s: KmemCache): bool {
  return s.object_size <= s.inuse && s.inuse <= s.size && s.red_left_pad <= s.size - s.inuse;
}

/**
 * Linear address of the slot that an object lies in, red zone first; 0 where it is not all mapped.
 */
// @ts-ignore: decorator
@inline
export function mapped_slot(s: KmemCache, object: u64): usize {
  return translate(object - s.red_left_pad, s.size);
}

/** The slot to paint; 0 where paint would go on behind it: the kernel dies of that. */
// @ts-ignore: decorator
@inline
function slot_to_paint(s: KmemCache, object: u64): usize {
  if (low_pages_touched && !fits_slot(s)) {
    fault_behind(object, true);
    return 0;
  }
  return mapped_slot(s, object);
}

/**
 * Paints an object as free (SLUB_RED_INACTIVE) or in use (SLUB_RED_ACTIVE). The paint may hit the
 * kmem_cache itself: what it says is read before.
 */
export function init_object(s: KmemCache, object: u64, value: u8): void {
  if (!has(s, Letter.Z) && s.object_poison == 0) return;
  const p = slot_to_paint(s, object);
  if (p == 0 || dead) return;
  const at = p + s.red_left_pad;
  if (DEBUG && clean) assert(is_object_of(s, object)); // what is painted is a slot
  const has_zones = has(s, Letter.Z);
  const has_poison = s.object_poison != 0;
  const inuse = s.inuse;
  let length = s.object_size;
  if (has_zones) {
    paint(p, value, <u32>(at - p));
    if (kmalloc_slack_is_red_zone && value == SLUB_RED_ACTIVE) {
      length = min(get_orig_size(s, object), length);
    }
  }
  if (has_poison && length > 0) {
    paint(at, POISON_FREE, length - 1);
    store<u8>(at + length - 1, POISON_END);
    if (planted(Planted.POISON_ONE_BYTE_LONG) && !has_zones) {
      store<u8>(at + length, POISON_END);
    }
  }
  if (DEBUG && clean) assert(length <= s.object_size); // a request fits an object
  if (has_zones) paint(at + length, value, inuse - length - red_zone_cut());
  if (DEBUG && clean) assert(has_red_zone(s, at, length, value)); // to its last byte
}

/** Whether the red zone behind the first `length` bytes of an object has that value. */
function has_red_zone(s: KmemCache, at: usize, length: u32, value: u8): bool {
  return !has(s, Letter.Z) || is_painted(at + length, value, s.inuse - length);
}

/**
 * Paints an object as in use that was checked as free a moment ago: its poison is what it should be
 * already, so that only its red zones need new paint.
 */
export function paint_checked_object(s: KmemCache, object: u64): void {
  const keeps_poison = !slub_debug_orig_size(s) && !planted(Planted.POISON_CHECK_SKIPS_LAST_BYTE);
  if (!keeps_poison) return init_object(s, object, SLUB_RED_ACTIVE);
  if (!has(s, Letter.Z)) return;
  const p = slot_to_paint(s, object);
  if (p == 0 || dead) return;
  const left = s.red_left_pad;
  const right = left + s.object_size;
  const length = s.inuse - s.object_size - red_zone_cut();
  if (DEBUG && clean && s.object_poison != 0) assert(load<u8>(p + right - 1) == POISON_END);
  paint(p, SLUB_RED_ACTIVE, left);
  paint(p + right, SLUB_RED_ACTIVE, length);
}

// @ts-ignore: decorator
@inline
export function red_zone_cut(): u32 {
  return planted(Planted.RED_ZONE_ONE_BYTE_SHORT) ? 1 : 0;
}

/** Debug data of an object of a new slab. */
export function setup_object_debug(s: KmemCache, object: u64): void {
  if (!has(s, Letter.U | Letter.Z) && s.object_poison == 0) return;
  init_object(s, object, SLUB_RED_INACTIVE);
  init_tracking(s, object);
}

/** Poisons the memory of a new slab. */
export function setup_slab_debug(s: KmemCache, memory_at: usize, order: u32): void {
  if (DEBUG) assert(memory_at >= RAM); // slabs lie in RAM
  if (has(s, Letter.P)) memory.fill(memory_at, POISON_INUSE, PAGE_SIZE << order);
}
