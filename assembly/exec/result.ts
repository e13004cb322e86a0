// Results: one fixed record an operation, and a common area for what does not fit one.

import { EXTRA_MAX, OP_MAX } from "../abi/limits.ts";
import { RESULT_SIZE, ResultField, Status } from "../abi/op.ts";
import { EXTRA, RESULTS } from "../base/arena.ts";
import { DEBUG } from "../base/assert.ts";
import { paint } from "../base/bytes.ts";

let used: u32 = 0;

export function extra_bytes(): u32 {
  return used;
}

export function reset_extra(): void {
  used = 0;
}

/** Room for `length` more bytes; its linear address, or 0 where the area is full. */
export function take_extra(length: u32): usize {
  if (length > EXTRA_MAX - used) return 0;
  const at = EXTRA + used;
  used = (used + length + 7) & ~7;
  // What stays unfilled is 0, whatever was there before: digests are taken over all of it.
  paint(at, 0, <u32>(EXTRA + used - at));
  return at;
}

/** Position of a piece of the extra area, as the host counts it. */
export function extra_position(at: usize): u64 {
  return <u64>(at - EXTRA);
}

export function set_result(index: u32, status: Status, value: u64 = 0, aux: u32 = 0): void {
  if (DEBUG) assert(index < OP_MAX); // one record an operation
  const at = RESULTS + <usize>(index * RESULT_SIZE);
  store<u32>(at, status, ResultField.STATUS);
  store<u32>(at, aux, ResultField.AUX);
  store<u64>(at, value, ResultField.VALUE);
}
