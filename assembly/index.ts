// The export table, and nothing else.

import { ABI_VERSION } from "./abi/limits.ts";
import {
  CONFIG, EVENTS, EXTRA, PAYLOAD, PROGRAM, RAM, RESULTS, SLOTS, WINDOWS,
} from "./base/arena.ts";

export { clear_events, event_bytes, events_lost } from "./base/event";
export { boot, reset } from "./exec/machine";
export { extra_bytes } from "./exec/result";
export { run_program } from "./exec/interpreter";
export { pages_in_use } from "./page/buddy";

export const abi_version: u32 = ABI_VERSION;

export function config_address(): usize {
  return CONFIG;
}

export function window_address(): usize {
  return WINDOWS;
}

export function slot_address(): usize {
  return SLOTS;
}

export function program_address(): usize {
  return PROGRAM;
}

export function payload_address(): usize {
  return PAYLOAD;
}

export function result_address(): usize {
  return RESULTS;
}

export function extra_address(): usize {
  return EXTRA;
}

export function event_address(): usize {
  return EVENTS;
}

export function cache_address(): usize {
  return RAM;
}
