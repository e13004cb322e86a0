// How large an object becomes and how many fit: calculate_sizes() and calculate_order()
// (slub-reference 1.2, 1.5, 2). Pure arithmetic over a kmem_cache that is being made.

import { Letter } from "../abi/flags.ts";
import {
  MAX_OBJS_PER_PAGE, MAX_ORDER, PAGE_SHIFT, PAGE_SIZE, SLUB_MAX_ORDER,
} from "../abi/limits.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { config } from "../base/config.ts";
import { block_size } from "../page/struct_page.ts";
import {
  cpu_partial_counts_objects, free_pointer_in_middle, has_cpu_partial_lists, has_left_red_zone,
  kmalloc_slack_is_red_zone, order_rule_of_6_8, orig_size_bytes, small_red_zone_moves_free_pointer,
  track_size,
} from "./profile.ts";
import {
  has, kmem_cache_debug, KmemCache, max_objects, oo_objects, oo_order, set_max_objects,
  slub_debug_orig_size,
} from "./types.ts";

const CACHE_LINE: u32 = 64;
/** What calculate_order() returns when no order will do. */
const NO_ORDER: u32 = 0xffffffff;

/**
 * The kernel's ALIGN(): by mask, so that an alignment that is no power of two gives what it gives
 * there.
 */
// @ts-ignore: decorator
@inline
export function ALIGN(value: u32, align: u32): u32 {
  return (value + align - 1) & ~(align - 1);
}

/** How many objects of that size a block holds. */
// @ts-ignore: decorator
@inline
export function order_objects(order: u32, size: u32): u32 {
  if (DEBUG && clean) assert(size >= 8); // a slot has room for a free pointer
  return block_size(order) / size;
}

export function calculate_alignment(letters: u32, align: u32, size: u32): u32 {
  if ((letters & Letter.H) != 0) {
    let line = CACHE_LINE;
    while (size <= line / 2) line /= 2;
    align = max(align, line);
  }
  return ALIGN(max<u32>(align, 8), 8);
}

// @ts-ignore: decorator
@inline
function fls(value: u32): u32 {
  return 32 - clz(value);
}

/** Smallest order whose block holds that many bytes. */
export function get_order(bytes: u64): u32 {
  const pages = (bytes - 1) >> PAGE_SHIFT;
  return bytes == 0 ? 52 : <u32>(64 - clz(pages));
}

function automatic_min_objects(): u32 {
  return 4 * (fls(config().nr_cpu_ids) + 1);
}

/** The first order from `order` on that wastes no more than one part in `fraction`. */
function first_order_with_little_waste(size: u32, order: u32, fraction: u32): u32 {
  if (DEBUG) assert(size != 0); // calculate_sizes() refuses it
  for (; order <= SLUB_MAX_ORDER; order++) {
    const block = PAGE_SIZE << order;
    if (block % size <= block / fraction) break;
  }
  return order;
}

function slab_order(size: u32, min_objects: u32, fraction: u32): u32 {
  if (order_objects(0, size) > MAX_OBJS_PER_PAGE) {
    return get_order(<u64>size * MAX_OBJS_PER_PAGE) - 1;
  }
  return first_order_with_little_waste(size, get_order(<u64>min_objects * size), fraction);
}

function calculate_order_to_6_7(size: u32): u32 {
  let min_objects = min(automatic_min_objects(), order_objects(SLUB_MAX_ORDER, size));
  for (; min_objects > 1; min_objects--) {
    for (let fraction: u32 = 16; fraction >= 4; fraction /= 2) {
      const order = slab_order(size, min_objects, fraction);
      if (order <= SLUB_MAX_ORDER) return order;
    }
  }
  const single = slab_order(size, 1, 1);
  if (single <= SLUB_MAX_ORDER) return single;
  const large = get_order(size);
  return large < MAX_ORDER ? large : NO_ORDER;
}

function calculate_order_from_6_8(size: u32): u32 {
  const fitting = max(order_objects(SLUB_MAX_ORDER, size), 1);
  const min_order = get_order(<u64>min(automatic_min_objects(), fitting) * size);
  if (order_objects(min_order, size) > MAX_OBJS_PER_PAGE) {
    return get_order(<u64>size * MAX_OBJS_PER_PAGE) - 1;
  }
  for (let fraction: u32 = 16; fraction > 1; fraction /= 2) {
    const order = first_order_with_little_waste(size, min_order, fraction);
    if (order <= SLUB_MAX_ORDER) return order;
  }
  const large = get_order(size);
  return large < MAX_ORDER ? large : NO_ORDER;
}

export function calculate_order(size: u32): u32 {
  return order_rule_of_6_8 ? calculate_order_from_6_8(size) : calculate_order_to_6_7(size);
}

/** No creator asks for a place of the free pointer. */
export const NO_OFFSET: u32 = 0xffffffff;
/** kmem_cache_args.freeptr_offset of the cache that is being made. */
let asked_offset: u32 = NO_OFFSET;
/** Letters that put the free pointer behind the object. */
let outside_letters: u32 = Letter.P | Letter.R | Letter.CTOR;

export function ask_for_offset(offset: u32): void {
  asked_offset = offset;
  outside_letters = Letter.P;
  if (offset == NO_OFFSET) outside_letters |= Letter.R | Letter.CTOR;
}

/** Whether the free pointer has to lie behind the object. */
function needs_outside_pointer(s: KmemCache): bool {
  if (has(s, outside_letters)) return true;
  if (!has(s, Letter.Z)) return false;
  if (small_red_zone_moves_free_pointer && s.object_size < 8) return true;
  return kmalloc_slack_is_red_zone && slub_debug_orig_size(s);
}

/** Lays an object out and chooses the order of slabs. False where no order will do. */
export function calculate_sizes(s: KmemCache): bool {
  let size = ALIGN(s.object_size, 8);
  s.object_poison = has(s, Letter.P) && !has(s, Letter.R | Letter.CTOR) ? 1 : 0;
  if (has(s, Letter.Z) && size == s.object_size) size += 8;
  s.inuse = size;
  if (needs_outside_pointer(s)) {
    s.offset = size;
    size += 8;
  } else {
    const usual: u32 = free_pointer_in_middle ? (s.object_size / 2) & ~7 : 0;
    s.offset = select<u32>(usual, asked_offset, asked_offset == NO_OFFSET);
  }
  if (has(s, Letter.U)) size += 2 * track_size;
  if (slub_debug_orig_size(s)) size += orig_size_bytes;
  s.red_left_pad = 0;
  if (has(s, Letter.Z)) {
    size += 8;
    if (has_left_red_zone) {
      s.red_left_pad = ALIGN(8, s.align);
      size += s.red_left_pad;
    }
  }
  s.size = ALIGN(size, s.align);
  if (s.size == 0) return false;
  if (DEBUG) assert((s.size & 7) == 0); // alignments are multiples of 8
  if (DEBUG) assert(s.align >= 8 || s.align == 0); // 0: an alignment that wrapped
  s.reciprocal = <u32>(0x100000000 / <u64>s.size + 1);
  return choose_order(s);
}

function choose_order(s: KmemCache): bool {
  const order = calculate_order(s.size);
  if (order == NO_ORDER) return false;
  s.oo = pack_oo(order, s.size);
  s.min = pack_oo(get_order(s.size), s.size);
  if (DEBUG) assert(order < MAX_ORDER); // the page allocator has such blocks
  if (DEBUG) assert(oo_objects(s.oo) <= MAX_OBJS_PER_PAGE); // slab->objects has 15 bits
  if (DEBUG) assert(oo_order(s.min) <= oo_order(s.oo)); // the fallback is no larger
  if (DEBUG) assert(oo_objects(s.oo) * s.size <= block_size(order)); // objects fit
  set_max_objects(s, max(max_objects(s), oo_objects(s.oo)));
  return oo_objects(s.oo) != 0;
}

function pack_oo(order: u32, size: u32): u32 {
  if (DEBUG) assert(order_objects(order, size) <= 0xffff); // half a word
  return (order << 16) + order_objects(order, size);
}

/** A sheaf fills its kmalloc bucket; `wanted`: what the creator asks for, at least. */
export function calculate_sheaf_capacity(s: KmemCache, wanted: u32): u32 {
  if (kmem_cache_debug(s) || has(s, Letter.N)) return 0;
  const size = s.size;
  const fitting: u32 = size >= PAGE_SIZE ? 4 : size >= 1024 ? 12 : size >= 256 ? 28 : 60;
  return max(fitting, wanted);
}

/** Limits of the partial lists. */
export function set_partial_limits(s: KmemCache): void {
  if (DEBUG && clean) assert(s.offset + 8 <= s.size); // the free pointer lies in the slot
  if (DEBUG && clean) assert(s.red_left_pad + s.inuse <= s.size); // and so does the object
  if (DEBUG && clean) assert(s.object_size <= s.inuse); // with the filler behind it
  const log2 = 31 - clz(s.size);
  s.min_partial = min<u32>(max<u32>(log2 / 2, 5), 10);
  if (config().cpu_partial == 0 || !has_cpu_partial_lists || kmem_cache_debug(s)) {
    s.cpu_partial = 0;
    s.cpu_partial_slabs = 0;
    return;
  }
  const step = s.size >= PAGE_SIZE ? 0 : s.size >= 1024 ? 1 : s.size >= 256 ? 2 : 3;
  if (cpu_partial_counts_objects) {
    s.cpu_partial = step == 0 ? 2 : step == 1 ? 6 : step == 2 ? 13 : 30;
    s.cpu_partial_slabs = 0;
  } else {
    s.cpu_partial = step == 0 ? 6 : step == 1 ? 24 : step == 2 ? 52 : 120;
    const objects = oo_objects(s.oo);
    s.cpu_partial_slabs = (s.cpu_partial * 2 + objects - 1) / objects;
  }
}
