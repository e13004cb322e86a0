// CONFIG_SLAB_FREELIST_RANDOM: the order in which a new slab's objects are linked. The sequence is
// a permutation of the cache's object numbers, drawn from the machine's seed and the cache; each
// slab starts somewhere else in it (slub-reference 4.3).

import { DEBUG } from "../base/assert.ts";
import { config } from "../base/config.ts";
import { Page, page_kernel_address } from "../page/struct_page.ts";
import { KmemCache } from "./types.ts";

const MAX_SHUFFLED: u32 = 4096;
const sequence: usize = memory.data(8192);
let sequence_cache: u32 = 0xffffffff;
let sequence_count: u32 = 0;

/** A 64-bit mix: the same inputs always give the same word. */
export function mix(seed: u64, a: u64, b: u64): u64 {
  let z = seed + a * 0x9e3779b97f4a7c15 + b * 0xd1342543de82ef95;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

function draw_sequence(s: KmemCache, count: u32): void {
  if (DEBUG) assert(count <= MAX_SHUFFLED); // the sequence has room
  if (DEBUG) assert(count >= 2); // one object has one order
  for (let i: u32 = 0; i < count; i++) store<u16>(sequence + (i << 1), <u16>i);
  for (let i = count - 1; i > 0; i--) {
    const j = <u32>(mix(config().seed, s.index + 1, i) % (i + 1));
    const swapped = load<u16>(sequence + (i << 1));
    store<u16>(sequence + (i << 1), load<u16>(sequence + (j << 1)));
    store<u16>(sequence + (j << 1), swapped);
  }
  sequence_cache = s.index;
  sequence_count = count;
}

export function forget_sequence(): void {
  sequence_cache = 0xffffffff;
}

/** Where in the sequence the next object of the slab at hand stands. */
let position: u32 = 0;

/** Begins the free list of a new slab. False where its objects are linked in address order. */
export function begin_shuffle(s: KmemCache, page: Page, objects: u32): bool {
  if (config().randomised == 0 || objects < 2) return false;
  const count = max(s.oo & 0xffff, objects);
  if (count > MAX_SHUFFLED) return false;
  if (sequence_cache != s.index || sequence_count != count) draw_sequence(s, count);
  position = <u32>(mix(config().seed, s.index + 1, page_kernel_address(page)) % count);
  return true;
}

/** The number of the next object; those that a slab of a smaller order lacks are skipped. */
export function next_shuffled(objects: u32): u32 {
  let object: u32 = 0;
  do {
    if (DEBUG) assert(position < sequence_count); // it turns back at the end
    object = load<u16>(sequence + (position << 1));
    position = position + 1 == sequence_count ? 0 : position + 1;
  } while (object >= objects);
  return object;
}
