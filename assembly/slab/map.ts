// Which objects of a slab are free, as a map with one bit an object. 6.x has the map in memory of
// its own. 3.10 allocates it with kmalloc, and believes the free list: a link that leaves the slab
// gives an index far outside, and set_bit() takes any.

import { FaultKind, Fn } from "../abi/fault.ts";
import { PAGE_SHIFT } from "../abi/limits.ts";
import { SLUB_RED_ACTIVE, SLUB_RED_INACTIVE } from "../abi/poison.ts";
import { KERNEL_PAGES } from "../base/arena.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { KERNEL_IMAGE, ram_base, translate } from "../base/memory.ts";
import { dead, die, divide_error, enter, leave, page_fault, WALK_MAX } from "../base/oops.ts";
import { freelist_of, inuse_of, objects_of, Page, slab_address } from "../page/struct_page.ts";
import { check_valid_pointer, get_freepointer } from "./freelist.ts";
import { KmemCache } from "./types.ts";

/** The map of 6.x: room for MAX_OBJS_PER_PAGE bits. */
const object_map: usize = memory.data(4096);

/** Kernel address of a kmalloced map; 0: object_map. */
let kmalloced: u64 = 0;
/** Where the map lies in linear memory. */
let map: usize = object_map;

/** Bytes of a map for that many objects, in whole words. */
export function map_bytes(objects: u32): u32 {
  if (DEBUG) assert(objects <= 0xffff); // s->max has so many bits for them
  return ((objects + 63) >> 6) << 3;
}

/** The next maps are filled at that kernel address; 0: in the kernel's own memory. */
export function use_map(address: u64): void {
  kmalloced = address;
}

/**
 * Marks the objects on the slab's free list. The kernel walks without a bound: a cycle never ends.
 */
export function __fill_map(s: KmemCache, page: Page): void {
  const caller = enter(Fn.GET_MAP);
  const length = map_bytes(objects_of(page));
  map = kmalloced == 0 ? object_map : translate(kmalloced, length);
  if (map == 0) page_fault(kmalloced, true);
  else memory.fill(map, 0, length);
  const base = slab_address(page) + s.red_left_pad;
  const size = max(s.size, 1); // the kernel multiplies by a reciprocal, which has no zero
  let steps: u32 = 0;
  let p = freelist_of(page);
  while (p != 0 && !dead) {
    if (kmalloced == 0) mark(<u32>(p - base) / size);
    else set_bit(slab_index_310(p, s, base));
    if (DEBUG && clean) assert(check_valid_pointer(s, page, p)); // a free list holds objects
    p = get_freepointer(s, p);
    if (++steps > WALK_MAX) die(FaultKind.HANG, p);
  }
  if (DEBUG && clean) assert(steps == objects_of(page) - inuse_of(page)); // the others
  leave(caller);
}

function mark(index: u32): void {
  if (index >= 32768) return;
  if (DEBUG) assert(index >> 3 < 4096); // object_map ends there
  const byte = map + (index >> 3);
  store<u8>(byte, load<u8>(byte) | (<u8>1 << <u8>(index & 7)));
}

/**
 * Whether the object of that index was on the free list when the map was filled. No index is larger
 * than the number of objects that the slab had then.
 */
export function map_says_free(index: u32): bool {
  if (DEBUG) assert(index < 32768); // slab->objects has 15 bits
  return (load<u8>(map + (index >> 3)) & (1 << (index & 7))) != 0;
}

/** The value that the red zones of an object of that index should have. */
export function expected_red_zone(index: u32): u8 {
  return map_says_free(index) ? SLUB_RED_INACTIVE : SLUB_RED_ACTIVE;
}

// -------------------------------------------------------------------------------------------- 3.10

/** An index, valid or not: it is an int there, whatever the distance. */
function slab_index_310(p: u64, s: KmemCache, base: u64): i32 {
  if (s.size == 0) return divide_error(Fn.GET_MAP);
  return <i32>(<i64>(as_recorded(p) - as_recorded(base)) / <i64>s.size);
}

const KERNEL_HALF: u64 = 0xffff800000000000;
/** In the recorded machine the kernel image lies that much nearer to memory. */
const IMAGE_SHIFT: u64 = 0x01ff00000000;

/**
 * A pointer as the recorded 3.10 computes with it: without the bits that all kernel addresses
 * share. Between kernel addresses that makes no difference; for what is none it decides the index.
 */
function as_recorded(p: u64): u64 {
  if (p < KERNEL_HALF) return p;
  return p >= KERNEL_IMAGE ? p - KERNEL_HALF - IMAGE_SHIFT : p - KERNEL_HALF;
}

/**
 * Sets a bit of the map, or of what lies where the index leads. Memory begins with the simulated
 * part of it; behind that a real machine has more, in which a bit is lost.
 */
function set_bit(index: i32): void {
  const at = kmalloced + <u64>(<i64>(index >> 6) << 3);
  const is_in_kernel = at - ram_base < <u64>KERNEL_PAGES << PAGE_SHIFT;
  const word: usize = is_in_kernel ? 0 : translate(at, 8);
  if (word != 0) store<u64>(word, load<u64>(word) | (<u64>1 << <u64>(index & 63)));
  else if (is_in_kernel || at < ram_base) page_fault(at, true);
}
