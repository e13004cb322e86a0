// A machine's life: it boots from the host's configuration, and a reset brings it back to that
// moment, clearing only what was used since.

import { Caller } from "../abi/caller.ts";
import { CacheLayout, SheavesLayout, SlotLayout } from "../abi/layout.ts";
import { Slot as SlotNumber } from "../abi/op.ts";
import { CPU_MAX, PAGE_SIZE, SLOT_MAX } from "../abi/limits.ts";
import { ARENA, KERNEL_PAGES, reserve_ram, SLOTS } from "../base/arena.ts";
import { config, use_init_on_alloc } from "../base/config.ts";
import { clear_events } from "../base/event.ts";
import {
  CACHES_BYTES, caches_touched, heads_touched, low_pages_touched, map_memory, note_all_touched,
} from "../base/memory.ts";
import { revive } from "../base/oops.ts";
import { boot_pages, reset_pages } from "../page/buddy.ts";
import { say_nothing, use_memory_dump } from "../list/list.ts";
import { caches_used, oldest_cache, restore_cache_list, youngest_cache } from "../slab/cache.ts";
import { use_hardening } from "../slab/freelist.ts";
import { create_kmalloc_caches } from "../slab/kmalloc_caches.ts";
import { use_map } from "../slab/map.ts";
import { mem_dump_obj } from "../slab/memory_dump.ts";
import { has_sheaves, use_profile } from "../slab/profile.ts";
import { reset_depot } from "../slab/depot.ts";
import { forget_sequence } from "../slab/shuffle.ts";
import { forget_waiting_sheaves } from "../slab/rcu.ts";
import { begin_pristine } from "../slab/pristine.ts";
import { set_caller } from "../slab/track.ts";
import { forget_waiting, reset_ctor_calls } from "../slab/slab_page.ts";
import { cache_by_index, CACHES, set_cpu, SHEAVES } from "../slab/types.ts";
import { Profile } from "../abi/profile.ts";
import { forget_names } from "./names.ts";
import { map_windows } from "./region.ts";
import { reset_extra } from "./result.ts";

/** The kmalloc caches as they were right after boot. */
const booted_caches: usize = memory.data(8320);
/** What they had of sheaves (7.3, which has thirteen). */
const booted_sheaves: usize = memory.data(1872);
let booted_count: u32 = 0;
let booted_young: usize = 0;
let booted_old: usize = 0;

/** The machine that booted last: pages of RAM, 0 if none did, and profile. */
let booted_pages: u32 = 0;
let booted_profile: u32 = 0;

let slots_used: u32 = SLOT_MAX;

/** Notes that a slot was written, so that a reset clears it. */
export function note_slot(slot: u32): void {
  if (slot >= slots_used) slots_used = slot + 1;
}

function config_is_sane(): bool {
  const c = config();
  if (__heap_base > ARENA) return false;
  return c.profile <= <u32>Profile.V73 && c.cpus >= 1 && c.cpus <= CPU_MAX && c.nr_cpu_ids >= 1 &&
    c.phys_pages >= 256 && c.phys_pages <= 262144 && c.glob_size <= 16384;
}

/**
 * Maps memory and makes all of it new. Behind a machine of the same kind only what that one touched
 * is cleared: the shrinker and the reports boot for every candidate, and 64 MiB take 10 ms.
 */
function boot_memory(): void {
  const c = config();
  if (booted_pages == c.phys_pages && booted_profile == c.profile) {
    reset_pages();
    map_memory();
    map_windows();
    return;
  }
  map_memory();
  map_windows();
  boot_pages();
  // What no machine has used is zero already.
  if (booted_pages != 0) note_all_touched();
  reset_pages();
  booted_pages = c.phys_pages;
  booted_profile = c.profile;
}

/** Boots the configured machine. 0, or 1 where the configuration makes no sense. */
export function boot(): u32 {
  if (!config_is_sane() || !reserve_ram(config().phys_pages)) return 1;
  use_profile(config().profile);
  use_hardening();
  use_init_on_alloc();
  use_memory_dump(config().profile == <u32>Profile.V73 ? mem_dump_obj : say_nothing);
  revive();
  boot_memory();
  memory.fill(CACHES, 0, KERNEL_PAGES * PAGE_SIZE);
  clear_caches(0, CACHES_BYTES);
  restore_cache_list(0, 0, 0);
  booted_count = create_kmalloc_caches();
  memory.copy(booted_caches, CACHES, booted_count * CacheLayout.SIZE);
  if (has_sheaves) memory.copy(booted_sheaves, SHEAVES, booted_count * SheavesLayout.SIZE);
  booted_young = youngest_cache();
  booted_old = oldest_cache();
  slots_used = SLOT_MAX;
  reset();
  return 0;
}

/** Back to the moment after boot. */
export function reset(): void {
  const caches_end = low_pages_touched ? CACHES_BYTES : caches_touched;
  const heads_end = heads_touched;
  reset_pages();
  map_windows();
  reset_caches(caches_end, heads_end);
  reset_slots();
  revive();
  clear_events();
  reset_extra();
  reset_ctor_calls();
  forget_waiting();
  forget_waiting_sheaves();
  use_map(0); // one that 3.10 has allocated is gone, and the next machine may be another kernel
  reset_depot();
  set_caller(Caller.ALLOC);
  forget_sequence();
  forget_names();
  set_cpu(0);
  begin_pristine();
}

/** Given is where what was written ends: among the caches, and in the list heads behind them. */
function reset_caches(caches_end: u32, heads_end: u32): void {
  const used = caches_used();
  memory.copy(CACHES, booted_caches, booted_count * CacheLayout.SIZE);
  clear_caches(booted_count, max(used * CacheLayout.SIZE, caches_end));
  if (heads_end != 0) memory.fill(CACHES + CACHES_BYTES, 0, heads_end - CACHES_BYTES);
  // Kernels without sheaves copy and fill nothing.
  const block = select<u32>(SheavesLayout.SIZE, 0, has_sheaves);
  memory.copy(SHEAVES, booted_sheaves, booted_count * block);
  memory.fill(SHEAVES + booted_count * block, 0, (used - booted_count) * block);
  restore_cache_list(booted_young, booted_old, booted_count);
}

/** Makes the caches from `first` on as new, up to `end` bytes. */
function clear_caches(first: u32, end: u32): void {
  for (let i = first; i * CacheLayout.SIZE < end; i++) {
    memory.fill(changetype<usize>(cache_by_index(i)), 0, CacheLayout.SIZE);
    cache_by_index(i).index = i;
  }
}

function reset_slots(): void {
  memory.fill(SLOTS, 0, slots_used * SlotLayout.SIZE);
  store<u64>(SLOTS + <usize>(SlotNumber.GLOB * SlotLayout.SIZE), config().glob);
  store<u64>(SLOTS + <usize>(SlotNumber.VGLOB * SlotLayout.SIZE), config().vglob);
  slots_used = SlotNumber.FIRST;
}
