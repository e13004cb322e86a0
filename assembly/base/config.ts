// The configuration of the machine, as the host wrote it.

import { Caller } from "../abi/caller.ts";
import { ConfigLayout } from "../abi/layout.ts";
import { KMALLOC_CLASSES } from "../abi/limits.ts";
import { CONFIG } from "./arena.ts";
import { DEBUG } from "./assert.ts";

// @ts-ignore: decorator
@unmanaged
class Config {
  profile: u32;
  cpus: u32;
  nr_cpu_ids: u32;
  list_checks: u32;
  cpu_partial: u32;
  hardened: u32;
  randomised: u32;
  nomerge: u32;
  memcg_kmem: u32;
  phys_base_pfn: u32;
  phys_pages: u32;
  reserved: u32;
  seed: u64;
  glob: u64;
  vglob: u64;
  glob_size: u32;
  gaps: u32;
}

if (offsetof<Config>("seed") != ConfigLayout.SEED) ERROR("Config.seed moved: update abi/layout.ts");
if (offsetof<Config>("gaps") != ConfigLayout.GAPS) ERROR("Config.gaps moved: update abi/layout.ts");

if (ConfigLayout.CALLERS + 8 * Caller.COUNT != ConfigLayout.SECOND_KMALLOC_LETTERS) {
  ERROR("ConfigLayout.SECOND_KMALLOC_LETTERS does not follow the callers");
}
if (ConfigLayout.SECOND_KMALLOC_LETTERS + 4 * KMALLOC_CLASSES > ConfigLayout.SIZE) {
  ERROR("ConfigLayout.SIZE has no room for all letters");
}

// @ts-ignore: decorator
@inline
export function config(): Config {
  return changetype<Config>(CONFIG);
}

/** Letters of a global slub_debug. */
export function config_global_letters(): u32 {
  return load<u32>(CONFIG, ConfigLayout.GLOBAL_LETTERS);
}

/** Boot letters of the kmalloc cache of that class. */
export function kmalloc_letters(index: u32): u32 {
  if (DEBUG) assert(index < KMALLOC_CLASSES); // the host wrote no more
  return load<u32>(CONFIG + <usize>(ConfigLayout.KMALLOC_LETTERS + index * 4));
}

/** Boot letters of the dma-kmalloc or kmalloc-rcl cache of that class. */
export function second_kmalloc_letters(index: u32): u32 {
  if (DEBUG) assert(index < KMALLOC_CLASSES); // the host wrote no more
  return load<u32>(CONFIG + <usize>(ConfigLayout.SECOND_KMALLOC_LETTERS + index * 4));
}

/** The code address that a caller leaves in a track. */
export function caller_address(caller: Caller): u64 {
  return load<u64>(CONFIG + <usize>(ConfigLayout.CALLERS + <u32>caller * 8));
}

/** Ticks that passed between boot and program. */
export function config_ticks(): u32 {
  return load<u32>(CONFIG, ConfigLayout.TICKS);
}

/** Whether a list that is found corrupt ends the machine. */
export function config_bug_on_corruption(): bool {
  return load<u32>(CONFIG, ConfigLayout.BUG_ON_CORRUPTION) != 0;
}

/** init_on_alloc=1: memory is cleared when it is handed out. Read once, at boot. */
export let init_on_alloc: bool = false;

export function use_init_on_alloc(): void {
  init_on_alloc = load<u32>(CONFIG, ConfigLayout.INIT_ON_ALLOC) != 0;
}

/** Units that the stack depot holds when the program begins. */
export function config_stacks(): u32 {
  return load<u32>(CONFIG, ConfigLayout.STACKS);
}
