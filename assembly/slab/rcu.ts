// What waits for a grace period on 7.3: objects and sheaves that kfree_rcu() freed. A grace period
// is long against operations: what call_rcu() has queued runs at the next rcu_barrier() only.
//
//   several CPUs   an object goes into the rcu_free sheaf of its cache and CPU; one of a cache
//                  without sheaves onto a list that only kvfree_rcu_barrier() ends in time
//   one CPU        the object itself is linked, by an rcu_head in its first 16 bytes

import { Fn } from "../abi/fault.ts";
import { CACHE_MAX } from "../abi/limits.ts";
import { config } from "../base/config.ts";
import { KERNEL_IMAGE, load_word, store_word } from "../base/memory.ts";
import { dead, enter, leave, page_fault } from "../base/oops.ts";
import { page_at, slab_address, slab_cache_of } from "../page/struct_page.ts";
import {
  barn_has_enough_empty, barn_is_full, barn_put_empty_sheaf, barn_put_full_sheaf,
} from "./barn.ts";
import { cache_or_end, youngest_cache } from "./cache.ts";
import { virt_to_slab } from "./free.ts";
import { kfree } from "./kmalloc.ts";
import {
  __pcs_flush_all_cpu, flush_and_free, free_empty_sheaf, free_object, pcs_flush_all,
  put_into_rcu_free, take_full_rcu_free, take_rcu_free,
} from "./pcs.ts";
import { note_kfree, spoil } from "./pristine.ts";
import { sheaf_flush_unused } from "./sheaf.ts";
import {
  cache_at, cache_by_index, KmemCache, sheaf_capacity, STATE_NONE,
} from "./types.ts";

// --------------------------------------------------------------------------------- sheaves waiting

/** What is done with a sheaf when its time has come. */
const enum Then {
  /** Into the barn, where that has room. */
  TO_BARN,
  /** Back to the slabs. */
  FLUSHED,
}

const WAITING_MAX: u32 = 256;
/** Records of 16 bytes: kernel address of the sheaf, its cache, what then. */
const waiting: usize = memory.data(4096);
let waiting_count: u32 = 0;

function call_rcu(s: KmemCache, sheaf: u64, then: Then): void {
  if (waiting_count == WAITING_MAX) rcu_barrier_73();
  const at = waiting + (waiting_count++ << 4);
  store<u64>(at, sheaf);
  store<u32>(at, <u32>changetype<usize>(s), 8);
  store<u32>(at, then, 12);
}

/** rcu_free_sheaf(): full sheaves go into the barn, unless it is full. */
function rcu_free_sheaf(s: KmemCache, sheaf: u64): void {
  if (!barn_is_full(s)) return barn_put_full_sheaf(s, sheaf);
  sheaf_flush_unused(s, sheaf);
  if (dead) return;
  if (barn_has_enough_empty(s)) free_empty_sheaf(sheaf);
  else barn_put_empty_sheaf(s, sheaf);
}

/** rcu_barrier(): what was queued so far runs. */
export function rcu_barrier_73(): void {
  for (let i: u32 = 0; i < waiting_count && !dead; i++) {
    const at = waiting + (i << 4);
    const s = changetype<KmemCache>(<usize>load<u32>(at, 8));
    if (load<u32>(at, 12) == Then.TO_BARN) rcu_free_sheaf(s, load<u64>(at));
    else flush_and_free(s, load<u64>(at));
  }
  waiting_count = 0;
  if (!dead) run_queued_heads();
}

// ------------------------------------------------------------------------------- objects waiting

/** What call_rcu() stores behind the link: kvfree_rcu_cb(), somewhere in the kernel's text. */
const KVFREE_RCU_CB: u64 = KERNEL_IMAGE + 0x11c3d40;

/** The first queued rcu_head, and the link that the next one goes to; 0: the list is empty. */
let first_head: u64 = 0;
let curtail: u64 = 0;

/** TINY_RCU's call_rcu(). */
function queue_head(object: u64): void {
  spoil();
  store_word(object + 8, KVFREE_RCU_CB);
  store_word(object, 0);
  if (dead) return;
  if (first_head == 0) first_head = object;
  else store_word(curtail, object);
  curtail = object;
}

function run_queued_heads(): void {
  // rcu_barrier() queues a callback of its own behind the last one: it ends the list, also where an
  // object that was queued twice is linked to itself.
  if (first_head != 0) store_word(curtail, 0);
  let object = first_head;
  first_head = 0;
  // No circle holds this up: an object that is met again has no callback any more.
  while (object != 0 && !dead) {
    const after = load_word(object);
    const callback = load_word(object + 8);
    store_word(object + 8, 0);
    if (dead) return;
    if (callback != KVFREE_RCU_CB) return page_fault(callback, false);
    kvfree_rcu_cb(object);
    object = after;
  }
}

/** Frees the object that an address lies in. */
function kvfree_rcu_cb(address: u64): void {
  const caller = enter(Fn.KFREE);
  const slab = virt_to_slab(address);
  if (slab == 0) {
    if (!dead) kfree(address);
    return leave(caller);
  }
  const s = cache_at(slab_cache_of(page_at(slab)));
  if (s == null) page_fault(slab_cache_of(page_at(slab)), false);
  else {
    const base = slab_address(page_at(slab));
    // The kernel multiplies by a reciprocal: a size of 0 is no divide error here.
    const index = s.size == 0 ? 0 : <u32>(address - base) / s.size;
    const object = base + <u64>(index * s.size) + s.red_left_pad;
    note_kfree(object);
    free_object(s, slab, object);
  }
  leave(caller);
}

// ---------------------------------------------------------------------------------- old batches

/** Objects of caches without sheaves, which wait longer than any program runs. */
const batch: usize = memory.data(2048);
const BATCH_MAX: u32 = 256;
let batched: u32 = 0;

/** The batch is freed as by kfree_bulk(), which frees neighbours of one slab together. */
function free_batch(): void {
  const count = batched;
  batched = 0;
  for (let i: u32 = count; i > 0 && !dead; i--) kfree(load<u64>(batch + ((i - 1) << 3)));
}

// ------------------------------------------------------------------------------------ kfree_rcu()

/** kfree_rcu(), with the rcu_head at the object's beginning. */
export function kvfree_call_rcu(object: u64): void {
  const caller = enter(Fn.KFREE);
  if (config().nr_cpu_ids == 1) queue_head(object);
  else if (!kfree_rcu_sheaf(object) && !dead) {
    if (batched == BATCH_MAX) free_batch();
    store<u64>(batch + (batched++ << 3), object);
  }
  leave(caller);
}

function kfree_rcu_sheaf(object: u64): bool {
  const slab = virt_to_slab(object);
  if (slab == 0) return false;
  const s = cache_at(slab_cache_of(page_at(slab)));
  if (s == null || sheaf_capacity(s) == 0) return false;
  if (!put_into_rcu_free(s, object)) return false;
  const full = take_full_rcu_free(s);
  if (full != 0) call_rcu(s, full, Then.TO_BARN);
  return true;
}

/** kvfree_rcu_barrier(): everything that waits is freed. */
export function kvfree_rcu_barrier(): void {
  for (let i: u32 = 0; i < CACHE_MAX && !dead; i++) {
    const s = cache_by_index(i);
    if (s.state != STATE_NONE) take_rcu_sheaves(s);
  }
  rcu_barrier_73();
  if (!dead) free_batch();
}

function take_rcu_sheaves(s: KmemCache): void {
  for (let i: u32 = 0; i < config().cpus && !dead; i++) {
    const sheaf = take_rcu_free(s, i);
    if (sheaf != 0) call_rcu(s, sheaf, Then.FLUSHED);
  }
}

/** The same before a cache is destroyed. */
export function kvfree_rcu_barrier_on_cache(s: KmemCache): void {
  if (sheaf_capacity(s) != 0) take_rcu_sheaves(s);
  rcu_barrier_73();
  if (!dead) free_batch();
}

/** Flushes what CPUs hold of a cache; their rcu_free sheaves begin to wait. */
export function flush_all_cpus(s: KmemCache): void {
  for (let i: u32 = 0; i < config().cpus && !dead; i++) {
    const sheaf = pcs_flush_all(s, i);
    if (sheaf != 0) call_rcu(s, sheaf, Then.FLUSHED);
  }
}

/**
 * slub_cpu_dead(): all caches, the youngest first, give back what the CPU held; those without
 * sheaves have nothing.
 */
export function cpu_goes_offline(number: u32): void {
  let s = changetype<KmemCache | null>(youngest_cache());
  for (let i: u32 = 0; i < CACHE_MAX && s != null && !dead; i++) {
    const sheaf = __pcs_flush_all_cpu(s, number);
    if (sheaf != 0) call_rcu(s, sheaf, Then.FLUSHED);
    s = cache_or_end(s.next);
  }
}

/** A new machine: nothing waits. */
export function forget_waiting_sheaves(): void {
  waiting_count = 0;
  batched = 0;
  first_head = 0;
  curtail = 0;
}
