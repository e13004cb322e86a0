// The stack depot: a track names the stack behind it by a handle, which tells where in the depot's
// pools the stack lies. Stacks are stored when they are met for the first time, one behind the
// other; each place that calls has one. Only a handle that something overwrote, or that is read as
// something else, is ever seen.
//
//   6.1     │ pool :16 │ offset :10 │ valid :1 │ extra :5 │      offsets in units of 16 bytes
//   6.12    │ pool + 1 :17 │ offset :10 │ extra :5 │

import { Caller } from "../abi/caller.ts";
import { DEBUG } from "../base/assert.ts";
import { config_stacks } from "../base/config.ts";
import { depot_counts_from_one } from "./profile.ts";

const POOL_UNITS: u32 = 1024;
const VALID_61: u32 = 1 << 26;
const OFFSET_SHIFT_61: u32 = 16;
const OFFSET_SHIFT_612: u32 = 17;

/** The handle of each caller's stack, 0 while it was not met. */
const handles: usize = memory.data(128);
let pool: u32 = 0;
let offset: u32 = 0;

if (Caller.COUNT * 4 > 128) ERROR("more callers than handles");

/** Forgets every stack that a program stored. */
export function reset_depot(): void {
  memory.fill(handles, 0, Caller.COUNT * 4);
  pool = config_stacks() / POOL_UNITS;
  offset = config_stacks() % POOL_UNITS;
}

/** Units of a stack: the deeper ones take one more. */
function units_of(caller: Caller): u32 {
  const is_free = caller >= Caller.FREE;
  const is_deep = depot_counts_from_one || caller >= Caller.BULK_FREE;
  return is_free && is_deep ? 8 : 7;
}

/** The handle of a caller's stack, which is stored if need be. */
export function stack_of(caller: Caller): u32 {
  if (DEBUG) assert(caller < Caller.COUNT); // one handle each
  const at = handles + <usize>(<u32>caller << 2);
  if (load<u32>(at) == 0) store<u32>(at, store_stack(units_of(caller)));
  return load<u32>(at);
}

function store_stack(units: u32): u32 {
  if (offset + units > POOL_UNITS) {
    pool++;
    offset = 0;
  }
  if (DEBUG) assert(offset + units <= POOL_UNITS); // a stack lies in one pool
  const first = offset;
  offset += units;
  if (depot_counts_from_one) return (pool + 1) | (first << OFFSET_SHIFT_612);
  return pool | (first << OFFSET_SHIFT_61) | VALID_61;
}

/** Whether a stack has that handle. */
export function is_stack(handle: u32): bool {
  for (let caller: u32 = 0; caller < <u32>Caller.COUNT && handle != 0; caller++) {
    if (load<u32>(handles + <usize>(caller << 2)) == handle) return true;
  }
  return false;
}
