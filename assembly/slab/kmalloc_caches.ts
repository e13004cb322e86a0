// The caches behind kmalloc(), which are made when a machine boots: thirteen by size, and on 3.10
// as many for DMA memory. What the running kernel holds of each is noted, and allocated when the
// cache is first used.
//
// 6.12 and 7.3 have thirteen more for reclaimable objects, kmalloc-rcl-N. No kmalloc of a program
// reaches them; a cache with the letter K may become an alias of one. Each of these is made when
// such a cache asks for its size, so that other programs do not pay for them at every reset.

import { DEBUG_LETTERS, Letter } from "../abi/flags.ts";
import { KMALLOC_CLASSES } from "../abi/limits.ts";
import { DEBUG } from "../base/assert.ts";
import { config, kmalloc_letters, second_kmalloc_letters } from "../base/config.ts";
import { caches_used, create_cache, looks_for_alias, plain_slot_size } from "./cache.ts";
import { calculate_alignment } from "./geometry.ts";
import { class_size, kmalloc_slab } from "./kmalloc_sizes.ts";
import {
  has_dma_kmalloc, has_sheaves, kmalloc_align_rule, kmalloc_rcl_merges, kmalloc_slack_is_red_zone,
  orig_size_bytes,
} from "./profile.ts";
import { cache_by_index, has, held_objects, set_held_objects, STATE_ALIVE } from "./types.ts";

function class_align(size: u32): u32 {
  if (kmalloc_align_rule == 0) return 8;
  if (kmalloc_align_rule == 1) return (size & (size - 1)) == 0 ? size : 8;
  return size & (~size + 1);
}

/** Objects of each kmalloc cache that a running 6.x kernel has in use: it is never empty. */
const HELD_BY_KERNEL: u32 = 1;

/** Makes the kmalloc caches: the first caches there are. Returns how many. */
export function create_kmalloc_caches(): u32 {
  const own: u32 = orig_size_bytes != 0 ? <u32>Letter.KMALLOC : 0;
  for (let i: u32 = 0; i < KMALLOC_CLASSES; i++) {
    const size = class_size(i);
    const s = create_cache(size, class_align(size), own, kmalloc_letters(i));
    if (DEBUG) assert(s == cache_by_index(i)); // they are the first caches
    if (s != null) {
      s.refcount += kernel_aliases(i);
      if (!has_dma_kmalloc) set_held_objects(s, HELD_BY_KERNEL);
    }
  }
  if (!has_dma_kmalloc) return KMALLOC_CLASSES;
  create_dma_kmalloc_caches();
  return 2 * KMALLOC_CLASSES;
}

/**
 * 3.10's dma-kmalloc-N. Each has its name, 12 characters and the size's digits, in kmalloc memory.
 */
function create_dma_kmalloc_caches(): void {
  for (let i: u32 = 0; i < KMALLOC_CLASSES; i++) {
    const size = class_size(i);
    create_cache(size, class_align(size), Letter.D, second_kmalloc_letters(i));
    if (DEBUG) assert(cache_by_index(KMALLOC_CLASSES + i).state == STATE_ALIVE); // they follow
    const names = kmalloc_slab(12 + digits(size) + 1);
    set_held_objects(names, held_objects(names) + 1);
  }
}

function kernel_aliases_73(i: u32, size: u32): u32 {
  if (has(cache_by_index(i), DEBUG_LETTERS)) return 0;
  const several = config().cpus != 1;
  if (size == 64) return 2;
  if (size == 128) return several ? 1 : 2;
  if (size == 192) return several ? 4 : 3;
  return size == 32 || size == 512 ? 1 : 0;
}

function digits(value: u32): u32 {
  let count: u32 = 1;
  for (; value >= 10; value /= 10) count++;
  return count;
}

/**
 * Caches of the running kernel that are aliases of a kmalloc cache (6.12 and 7.3, as the recorded
 * kernels have them).
 */
function kernel_aliases(i: u32): u32 {
  if (!kmalloc_slack_is_red_zone) return 0;
  const size = class_size(i);
  if (has_sheaves) return kernel_aliases_73(i, size);
  if (has(cache_by_index(i), DEBUG_LETTERS & ~Letter.F)) return 0;
  if (size == 64 || size == 192) return 2;
  if (size == 128) return config().cpus == 1 ? 3 : 2;
  return size == 256 || size == 512 || size == 4096 ? 1 : 0;
}

// ----------------------------------------------------------------------------- reclaimable memory

const RECLAIMABLE: u32 = Letter.KMALLOC | Letter.K;

function has_kmalloc_rcl(size: u32): bool {
  for (let i = KMALLOC_CLASSES; i < caches_used(); i++) {
    const s = cache_by_index(i);
    if (s.state != STATE_ALIVE || (s.letters & RECLAIMABLE) != RECLAIMABLE) continue;
    if (s.object_size == size) return true;
  }
  return false;
}

/** Caches of the running kernel that are aliases of one, as the recorded kernels have them. */
function kernel_aliases_rcl(size: u32): u32 {
  return u32(size == 192) | (u32(has_sheaves) & u32(size == 64));
}

function create_kmalloc_rcl(i: u32): void {
  const size = class_size(i);
  const s = create_cache(size, class_align(size), RECLAIMABLE, second_kmalloc_letters(i));
  if (s == null) return;
  s.refcount += kernel_aliases_rcl(size);
  // The only one of which the kernel has objects in use.
  if (size == 192) set_held_objects(s, HELD_BY_KERNEL);
}

/**
 * Makes the kmalloc-rcl cache that a new cache of these parameters may become an alias of, where
 * there is one. It is older than any cache of a program that it competes with.
 */
export function make_kmalloc_rcl(size: u32, align: u32, letters: u32, boot_letters: u32): void {
  // Both in one branch.
  if (u32(!kmalloc_rcl_merges) | ((letters & (Letter.K | Letter.D)) ^ Letter.K)) return;
  if (!looks_for_alias(letters, boot_letters)) return;
  const slot = plain_slot_size(size, calculate_alignment(letters, align, size));
  for (let i: u32 = 0; i < KMALLOC_CLASSES; i++) {
    if (class_size(i) == slot && !has_kmalloc_rcl(slot)) create_kmalloc_rcl(i);
  }
}
