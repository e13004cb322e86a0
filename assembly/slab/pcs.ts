// struct slub_percpu_sheaves: what a CPU holds of a cache on 7.3, in place of a cpu slab.
//
//   ╒═══════════╤═══════════╤═══════════╕
//   │ main      │ spare     │ rcu_free  │    sheaves, by kernel address
//   ╘═══════════╧═══════════╧═══════════╛
//
//   alloc ◄── main ◄─► spare            kfree_rcu ──► rcu_free
//              ▲▼                                       │ full, and a grace period later
//             barn ◄────────────────────────────────────┘
//              ▲▼
//             slabs
//
// Both ways the main sheaf is *replaced* where it is used up: by the spare, by a sheaf of the barn,
// by one that was filled from slabs or flushed to them. Where that fails the slabs serve directly.
// A kernel makes the main sheaves of a cache with it; here each is made when its CPU first comes,
// so that a reset of the machine need not. Sheaves of kmalloc caches come straight from slabs, so
// that no sheaf is needed to make one.

import { Letter } from "../abi/flags.ts";
import { Fn } from "../abi/fault.ts";
import { BULK_MAX, KMALLOC_MAX_CACHE_SIZE } from "../abi/limits.ts";
import { Planted } from "../abi/planted.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { config } from "../base/config.ts";
import { fault_behind, translate } from "../base/memory.ts";
import { dead, enter, leave } from "../base/oops.ts";
import { alloc_pages, free_pages } from "../page/buddy.ts";
import {
  page_at, page_memory, slab_address, slab_cache_of, virt_to_head_page,
} from "../page/struct_page.ts";
import { ask_for } from "./alloc.ts";
import {
  barn_get_empty_sheaf, barn_get_full_sheaf, barn_is_full, barn_put_empty_sheaf,
  barn_put_full_sheaf, barn_replace_empty_sheaf, barn_replace_full_sheaf,
} from "./barn.ts";
import { __kmem_cache_free_bulk, bulk_pointers } from "./detached.ts";
import { planted } from "./fault.ts";
import { get_order } from "./geometry.ts";
import { free_into_slab, virt_to_slab } from "./free.ts";
import { kmalloc_slab } from "./kmalloc_sizes.ts";
import {
  init_sheaf, pop_object, push_object, refill_objects, refill_sheaf, sheaf_bytes, sheaf_flush_main,
  sheaf_flush_unused, sheaf_object, sheaf_size, set_sheaf_size,
} from "./sheaf.ts";
import { alloc_from_slab, hold_objects } from "./single.ts";
import {
  cache_at, cpu, cpu_sheaves, CpuSheaves, has, held_objects, KmemCache, sheaf_capacity,
} from "./types.ts";
import { Zeroes } from "./zeroes.ts";

// ------------------------------------------------------------------------------- sheaves as memory

/** A new sheaf with room for `capacity` pointers; 0 when there is no memory. */
export function __alloc_empty_sheaf(s: KmemCache, capacity: u32): u64 {
  const bytes = sheaf_bytes(capacity);
  if (bytes > KMALLOC_MAX_CACHE_SIZE) return large_sheaf(s, bytes);
  const k = kmalloc_slab(bytes);
  ask_for(bytes);
  const direct = has(s, Letter.KMALLOC) || k == s;
  let sheaf: u64;
  if (direct) sheaf = alloc_from_slab(k, Zeroes.NONE);
  else sheaf = alloc_object(k, bytes, Zeroes.NONE, false);
  if (sheaf == 0 || dead) return 0;
  const at = translate(sheaf, bytes);
  if (at == 0) {
    fault_behind(sheaf, true);
    return 0;
  }
  memory.fill(at, 0, bytes);
  init_sheaf(s, sheaf, 0);
  return sheaf;
}

function large_sheaf(s: KmemCache, bytes: u32): u64 {
  const page = alloc_pages(get_order(bytes));
  if (page == 0) return 0;
  memory.fill(page_memory(page), 0, bytes);
  init_sheaf(s, slab_address(page), 0);
  return slab_address(page);
}

export function alloc_empty_sheaf(s: KmemCache): u64 {
  return __alloc_empty_sheaf(s, sheaf_capacity(s));
}

/** kfree() of a sheaf. */
export function free_empty_sheaf(sheaf: u64): void {
  const slab = virt_to_slab(sheaf);
  if (dead) return;
  if (slab == 0) return free_pages(page_at(virt_to_head_page(sheaf)));
  const k = cache_at(slab_cache_of(page_at(slab)));
  if (k != null) free_object(k, slab, sheaf);
}

/** The sheaves of the CPU that runs, the main one made where it had not come before. */
export function this_sheaves(s: KmemCache): CpuSheaves {
  const pcs = cpu_sheaves(s, cpu);
  if (pcs.main == 0) pcs.main = alloc_empty_sheaf(s);
  return pcs;
}

// -------------------------------------------------------------------------------------- allocation

/** An object of a cache, from its sheaves, or from a slab; `nests`: a sheaf may be made for it. */
export function alloc_object(s: KmemCache, size: u32, zeroes: u32, nests: bool): u64 {
  if (sheaf_capacity(s) != 0) {
    if (held_objects(s) != 0) hold_objects(s);
    const object = alloc_from_pcs(s, zeroes, nests);
    if (object != 0 || dead) return object;
    ask_for(size);
  }
  return alloc_from_slab(s, zeroes);
}

function alloc_from_pcs(s: KmemCache, zeroes: u32, nests: bool): u64 {
  const pcs = this_sheaves(s);
  if (pcs.main == 0 || dead) return 0;
  if (sheaf_size(pcs.main) == 0 && !__pcs_replace_empty_main(s, pcs, zeroes, nests)) return 0;
  return dead ? 0 : pop_object(pcs.main);
}

function swap_main_and_spare(pcs: CpuSheaves): void {
  const main = pcs.main;
  pcs.main = pcs.spare;
  pcs.spare = main;
}

/** Makes sure that the main sheaf has an object; false where the slabs have to serve. */
function __pcs_replace_empty_main(
  s: KmemCache,
  pcs: CpuSheaves,
  zeroes: u32,
  nests: bool,
): bool {
  if (swap_in_full_sheaf(s, pcs)) return true;
  if (dead) return false;
  let empty = pcs.spare;
  if (empty != 0) pcs.spare = 0;
  else empty = barn_get_empty_sheaf(s);
  if (empty == 0 && nests) empty = alloc_empty_sheaf(s);
  if (empty == 0 || dead) return false;
  if (!refill_sheaf(s, empty, sheaf_capacity(s), zeroes)) {
    if (dead) return false;
    sheaf_flush_unused(s, empty);
    free_empty_sheaf(empty);
    return false;
  }
  if (DEBUG && clean) assert(sheaf_size(pcs.main) == 0); // nothing came in meanwhile
  if (pcs.spare == 0) pcs.spare = pcs.main;
  else barn_put_empty_sheaf(s, pcs.main);
  pcs.main = empty;
  return !dead;
}

/** A spare with objects, or a full sheaf of the barn, becomes the main one. */
function swap_in_full_sheaf(s: KmemCache, pcs: CpuSheaves): bool {
  if (pcs.spare != 0 && sheaf_size(pcs.spare) > 0) {
    swap_main_and_spare(pcs);
    return !dead;
  }
  const full = barn_replace_empty_sheaf(s, pcs.main);
  if (full == 0 || dead) return false;
  pcs.main = full;
  return true;
}

/** kmalloc_nolock(): only what is at hand, or a single object of a slab. */
export function alloc_object_nolock(s: KmemCache, size: u32): u64 {
  if (sheaf_capacity(s) != 0) {
    if (held_objects(s) != 0) hold_objects(s);
    const pcs = this_sheaves(s);
    const served = pcs.main != 0 && (sheaf_size(pcs.main) != 0 || swap_in_full_sheaf(s, pcs));
    if (served && !dead) return pop_object(pcs.main);
  }
  if (dead) return 0;
  ask_for(size);
  return alloc_from_slab(s, Zeroes.NONE);
}

/**
 * Objects for kmem_cache_alloc_bulk(), which go to `out`: blocks off the top of sheaves, each in
 * the order of its sheaf, and the rest straight from slabs. Returns how many.
 */
export function alloc_from_pcs_bulk(s: KmemCache, count: u32, out: usize): u32 {
  let got: u32 = sheaf_capacity(s) != 0 ? take_blocks(s, count, out) : 0;
  while (got < count && !dead) {
    const some = min(count - got, BULK_MAX);
    const more = refill_objects(s, some);
    memory.copy(out + (got << 3), bulk_pointers, more << 3);
    got += more;
    if (more < some) break;
  }
  return got;
}

function take_blocks(s: KmemCache, count: u32, out: usize): u32 {
  const pcs = this_sheaves(s);
  let got: u32 = 0;
  while (got < count && pcs.main != 0 && !dead) {
    const size = sheaf_size(pcs.main);
    if (size == 0) {
      if (!swap_in_full_sheaf(s, pcs)) break;
      continue;
    }
    const batch = min(size, count - got);
    const from = size - batch;
    for (let i: u32 = 0; i < batch && !dead; i++) {
      store<u64>(out + ((got + i) << 3), sheaf_object(pcs.main, from + i));
    }
    set_sheaf_size(pcs.main, from);
    got += batch;
  }
  return got;
}

// -------------------------------------------------------------------------------------------- free

/** Frees an object into the sheaves of its cache, or into its slab. */
export function free_object(s: KmemCache, slab: u64, object: u64): void {
  if (sheaf_capacity(s) != 0 && free_to_pcs(s, object, true)) return;
  if (!dead) free_into_slab(s, slab, object, object, 1);
}

/** Pushes an object onto the main sheaf; false where the slab has to take it. */
export function free_to_pcs(s: KmemCache, object: u64, allocates: bool): bool {
  const pcs = this_sheaves(s);
  if (pcs.main == 0 || dead) return false;
  if (sheaf_size(pcs.main) >= limit_of(s) && !__pcs_replace_full_main(s, pcs, allocates)) {
    return false;
  }
  const goes_wrong = planted(Planted.FREE_ON_CPU_1_GOES_TO_CPU_0) && cpu == 1;
  if (!dead) push_object(goes_wrong ? cpu_sheaves(s, 0).main : pcs.main, object);
  return true;
}

function limit_of(s: KmemCache): u32 {
  return sheaf_capacity(s) + (planted(Planted.CAPACITY_ONE_TOO_MANY) ? 1 : 0);
}

/** Makes sure that the main sheaf has room; false where it cannot be had. */
function __pcs_replace_full_main(s: KmemCache, pcs: CpuSheaves, allocates: bool): bool {
  if (pcs.spare == 0) {
    let empty = barn_get_empty_sheaf(s);
    if (empty == 0 && allocates) empty = alloc_empty_sheaf(s);
    if (empty == 0 || dead) return false;
    pcs.spare = pcs.main;
    pcs.main = empty;
    return true;
  }
  if (sheaf_size(pcs.spare) < sheaf_capacity(s)) {
    if (!planted(Planted.SPARE_NOT_SWAPPED)) swap_main_and_spare(pcs);
    return !dead;
  }
  if (barn_is_full(s)) {
    if (!allocates) return false;
    sheaf_flush_unused(s, pcs.spare);
    if (!dead) swap_main_and_spare(pcs);
    return !dead;
  }
  let empty = barn_replace_full_sheaf(s, pcs.main);
  if (empty == 0 && allocates && !dead) {
    empty = alloc_empty_sheaf(s);
    if (empty != 0) barn_put_full_sheaf(s, pcs.main);
  }
  if (empty == 0 || dead) return false;
  pcs.main = empty;
  return true;
}

/**
 * kmem_cache_free_bulk() of the first `size` of bulk_pointers: whatever cache they are from. The
 * slabs of all are looked up before the first is freed.
 */
export function free_to_pcs_bulk(s: KmemCache, size: u32): void {
  const caller = enter(Fn.KMEM_CACHE_FREE_BULK);
  for (let i: u32 = 0; i < size && !dead; i++) virt_to_slab(load<u64>(bulk_pointers + (i << 3)));
  const pcs = this_sheaves(s);
  let freed: u32 = 0;
  while (freed < size && pcs.main != 0 && !dead) {
    if (sheaf_size(pcs.main) >= sheaf_capacity(s) && !make_room_at_hand(s, pcs)) break;
    if (!dead) push_object(pcs.main, load<u64>(bulk_pointers + (freed << 3)));
    freed++;
  }
  if (freed < size && !dead) {
    memory.copy(bulk_pointers, bulk_pointers + (freed << 3), (size - freed) << 3);
    __kmem_cache_free_bulk(s, size - freed);
  }
  leave(caller);
}

/** A bulk free makes no sheaf, and flushes none. */
function make_room_at_hand(s: KmemCache, pcs: CpuSheaves): bool {
  if (pcs.spare == 0) {
    const empty = barn_get_empty_sheaf(s);
    if (empty == 0 || dead) return false;
    pcs.spare = pcs.main;
    pcs.main = empty;
    return true;
  }
  if (sheaf_size(pcs.spare) < sheaf_capacity(s)) {
    swap_main_and_spare(pcs);
    return !dead;
  }
  const empty = barn_replace_full_sheaf(s, pcs.main);
  if (empty == 0 || dead) return false;
  pcs.main = empty;
  return true;
}

// -------------------------------------------------------------------------------------- kfree_rcu

/** Puts an object into the sheaf that collects for a grace period; false where there is none. */
export function put_into_rcu_free(s: KmemCache, object: u64): bool {
  const pcs = this_sheaves(s);
  if (pcs.rcu_free == 0) pcs.rcu_free = find_rcu_free(s, pcs);
  if (pcs.rcu_free == 0 || dead) return false;
  push_object(pcs.rcu_free, object);
  return !dead;
}

/** Takes the rcu_free sheaf of the CPU that runs if it is full; 0 where it is not. */
export function take_full_rcu_free(s: KmemCache): u64 {
  const pcs = this_sheaves(s);
  const sheaf = pcs.rcu_free;
  if (sheaf_size(sheaf) < sheaf_capacity(s)) return 0;
  pcs.rcu_free = 0;
  return sheaf;
}

function find_rcu_free(s: KmemCache, pcs: CpuSheaves): u64 {
  const spare = pcs.spare;
  if (spare != 0 && sheaf_size(spare) == 0) {
    pcs.spare = 0;
    return spare;
  }
  const empty = barn_get_empty_sheaf(s);
  return empty != 0 || dead ? empty : alloc_empty_sheaf(s);
}

// --------------------------------------------------------------------------------------- flushing

/** What flushing a CPU leaves for a grace period: the sheaf that was its rcu_free, 0 for none. */
export function pcs_flush_all(s: KmemCache, number: u32): u64 {
  const pcs = cpu_sheaves(s, number);
  const spare = pcs.spare;
  const rcu_free = pcs.rcu_free;
  pcs.spare = 0;
  pcs.rcu_free = 0;
  if (spare != 0) flush_and_free(s, spare);
  if (pcs.main != 0 && !dead) sheaf_flush_main(s, pcs.main);
  return rcu_free;
}

/** A CPU that goes offline gives the main sheaf back in one piece, and first. */
export function __pcs_flush_all_cpu(s: KmemCache, number: u32): u64 {
  const pcs = cpu_sheaves(s, number);
  const spare = pcs.spare;
  const rcu_free = pcs.rcu_free;
  pcs.spare = 0;
  pcs.rcu_free = 0;
  if (pcs.main != 0) sheaf_flush_unused(s, pcs.main);
  if (spare != 0 && !dead) flush_and_free(s, spare);
  return rcu_free;
}

/** Empties a sheaf into the slabs, and frees it. */
export function flush_and_free(s: KmemCache, sheaf: u64): void {
  sheaf_flush_unused(s, sheaf);
  if (!dead) free_empty_sheaf(sheaf);
}

/** Takes the rcu_free sheaf of a CPU; 0 where it has none. */
export function take_rcu_free(s: KmemCache, number: u32): u64 {
  const pcs = cpu_sheaves(s, number);
  const sheaf = pcs.rcu_free;
  pcs.rcu_free = 0;
  return sheaf;
}

/** Flushes and frees all full sheaves of the barn, and frees its empty ones. */
export function barn_shrink(s: KmemCache): void {
  for (let sheaf = barn_get_full_sheaf(s); sheaf != 0 && !dead; sheaf = barn_get_full_sheaf(s)) {
    flush_and_free(s, sheaf);
  }
  if (dead) return;
  for (let sheaf = barn_get_empty_sheaf(s); sheaf != 0 && !dead; sheaf = barn_get_empty_sheaf(s)) {
    free_empty_sheaf(sheaf);
  }
}

/** The main sheaves of a cache that is gone. */
export function free_percpu_sheaves(s: KmemCache): void {
  for (let i: u32 = 0; i < config().cpus && !dead; i++) {
    const pcs = cpu_sheaves(s, i);
    if (pcs.main != 0) free_empty_sheaf(pcs.main);
    pcs.main = 0;
  }
}
