// CONFIG_SLAB_FREELIST_RANDOM: the order in which a new slab's objects are linked. The sequence is
// a permutation of the cache's object numbers, drawn from the machine's seed and the cache; each
// slab starts somewhere else in it (slub-reference 4.3).

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

/** Number of the object that is linked at position `i` of the free list of a new slab. */
export function shuffled_object(s: KmemCache, page: Page, i: u32, count: u32): u32 {
  if (count > MAX_SHUFFLED) return i;
  if (sequence_cache != s.index || sequence_count != count) draw_sequence(s, count);
  const start = <u32>(mix(config().seed, s.index + 1, page_kernel_address(page)) % count);
  return load<u16>(sequence + (((start + i) % count) << 1));
}
