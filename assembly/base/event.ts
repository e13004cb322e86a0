// Writes what the kernel would have printed as records (abi/event.ts) for the host to read. Nothing
// is formatted here: a record costs some twenty nanoseconds, its text five hundred times that.

import { EVENT_HEADER_SIZE, EventField, EventKind, NO_CACHE_INDEX } from "../abi/event.ts";
import { EVENT_MAX } from "../abi/limits.ts";
import { EVENTS } from "./arena.ts";
import { DEBUG } from "./assert.ts";
import { copy, paint } from "./bytes.ts";

let used: u32 = 0;
let lost: u32 = 0;
let silent: bool = false;
let current: usize = EVENTS;

/** The operation that runs: events are stamped with it. */
export let current_op: u32 = 0;

/** A record that was begun while there was no room: its fields are written here and forgotten. */
const nowhere: usize = memory.data(64);

export function set_current_op(index: u32): void {
  current_op = index;
}

/** The CPU that events are stamped with. */
let event_cpu: u32 = 0;

export function set_event_cpu(cpu: u32): void {
  event_cpu = cpu;
}

/** After the machine has died nothing more is printed. */
export function silence_events(on: bool): void {
  silent = on;
}

export function event_bytes(): u32 {
  return used;
}

export function events_lost(): u32 {
  return lost;
}

export function clear_events(): void {
  used = 0;
  lost = 0;
}

/** Begins a record with room for `length` bytes of its own; the put_ functions below fill it. */
export function begin_event(kind: EventKind, code: u32, cache: u32, length: u32 = 0): void {
  const size = (EVENT_HEADER_SIZE + length + 7) & ~7;
  if (silent || used + size > EVENT_MAX) {
    if (!silent) lost++;
    current = nowhere;
    return;
  }
  current = EVENTS + used;
  used += size;
  if (DEBUG) assert(used <= EVENT_MAX); // the next area begins there
  paint(current, 0, EVENT_HEADER_SIZE);
  // What pads the record to whole words is 0, too: digests are taken over all of it.
  if (length != 0) store<u64>(current + size - 8, 0);
  store<u16>(current, <u16>(<u32>kind | (event_cpu << 8)), EventField.KIND); // and CPU behind it
  store<u16>(current, <u16>code, EventField.CODE);
  store<u32>(current, size, EventField.SIZE);
  store<u32>(current, current_op, EventField.OP);
  store<u32>(current, cache, EventField.CACHE);
  store<u32>(current, length, EventField.LENGTH);
}

export function put_addresses(a: u64, b: u64 = 0, c: u64 = 0): void {
  store<u64>(current, a, EventField.A);
  store<u64>(current, b, EventField.B);
  store<u64>(current, c, EventField.C);
}

export function put_numbers(x: u32, y: u32 = 0, z: u32 = 0): void {
  store<u32>(current, x, EventField.X);
  store<u32>(current, y, EventField.Y);
  store<u32>(current, z, EventField.Z);
}

/** Copies the memory that a dump shows. */
export function put_bytes(from: usize, length: u32): void {
  if (current == nowhere) return;
  if (DEBUG) assert(current + <usize>EventField.BYTES + length <= EVENTS + used); // had room
  copy(current + <usize>EventField.BYTES, from, length);
}

/** A record that belongs to no cache. */
export function begin_global_event(kind: EventKind, code: u32): void {
  begin_event(kind, code, NO_CACHE_INDEX);
}
