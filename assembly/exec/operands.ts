// What an operation is about: the fields of its record (abi/op.ts), the slots and targets that they
// name, and where its result goes.

import { Fn } from "../abi/fault.ts";
import { SlotLayout } from "../abi/layout.ts";
import { NAME_MAX, OP_MAX, PAYLOAD_MAX, SLOT_MAX } from "../abi/limits.ts";
import { OP_SIZE, OpField, Status, TARGET_SIZE } from "../abi/op.ts";
import { PageFlag } from "../abi/profile.ts";
import { PAYLOAD, PROGRAM, SLOTS } from "../base/arena.ts";
import { DEBUG } from "../base/assert.ts";
import { low_pages_touched } from "../base/memory.ts";
import { dead, divide_error } from "../base/oops.ts";
import { flags_of, page_at, slab_cache_of, virt_to_head_page } from "../page/struct_page.ts";
import { ZERO_SIZE_PTR } from "../slab/kmalloc.ts";
import { cache_at, KmemCache } from "../slab/types.ts";
import { note_slot } from "./machine.ts";
import { named_cache } from "./names.ts";
import { set_result } from "./result.ts";

/** The operation that runs: its record, and its number. */
let record: usize = 0;
let index: u32 = 0;

/** Turns to another operation; returns its code. */
// @ts-ignore: decorator
@inline
export function turn_to(number: u32): u32 {
  if (DEBUG) assert(number < OP_MAX); // run_program() ends there
  index = number;
  record = PROGRAM + <usize>(number * OP_SIZE);
  return load<u8>(record, OpField.OP);
}

// @ts-ignore: decorator
@inline
export function aux(): u32 {
  return load<u8>(record, OpField.AUX);
}

// @ts-ignore: decorator
@inline
export function name(): u32 {
  return load<u16>(record, OpField.NAME);
}

// @ts-ignore: decorator
@inline
export function slot(): u32 {
  return load<u16>(record, OpField.SLOT);
}

// @ts-ignore: decorator
@inline
export function slot2(): u32 {
  return load<u16>(record, OpField.SLOT2);
}

// @ts-ignore: decorator
@inline
export function offset(): i32 {
  return load<i32>(record, OpField.OFFSET);
}

// @ts-ignore: decorator
@inline
export function arg(): u32 {
  return load<u32>(record, OpField.ARG);
}

// @ts-ignore: decorator
@inline
export function slot_at(number: u32): usize {
  return SLOTS + <usize>(min(number, SLOT_MAX - 1) * SlotLayout.SIZE);
}

/** The slot's pointer: what the operation believes to own. */
// @ts-ignore: decorator
@inline
export function owner(): u64 {
  return load<u64>(slot_at(slot()));
}

/** The operation's target: a slot's pointer plus a displacement. */
// @ts-ignore: decorator
@inline
export function target(): u64 {
  return load<u64>(slot_at(slot())) + <u64><i64>offset();
}

/** Its second target. */
// @ts-ignore: decorator
@inline
export function target2(): u64 {
  return load<u64>(slot_at(slot2())) + <u64><i64><i32>arg();
}

export function set_slot(number: u32, pointer: u64, cache: usize): void {
  note_slot(min(number, SLOT_MAX - 1));
  store<u64>(slot_at(number), pointer);
  store<u32>(slot_at(number), <u32>cache, SlotLayout.CACHE);
}

/** Payload of that many bytes at `arg`, or 0 where the program is malformed. */
export function payload(length: u32): usize {
  const position = arg();
  return position <= PAYLOAD_MAX && length <= PAYLOAD_MAX - position ? PAYLOAD + position : 0;
}

/** Slot and pointer of the i-th record of a target list. */
// @ts-ignore: decorator
@inline
export function listed_slot(list: usize, i: u32): u32 {
  return load<u16>(list + <usize>(i * TARGET_SIZE));
}

export function listed_target(list: usize, i: u32): u64 {
  const displacement = load<i32>(list + <usize>(i * TARGET_SIZE), 4);
  return load<u64>(slot_at(listed_slot(list, i))) + <u64><i64>displacement;
}

// @ts-ignore: decorator
@inline
export function done(status: Status, value: u64 = 0, more: u32 = 0): void {
  set_result(index, status, value, more);
}

/** Linear address of the cache that an object's slab belongs to; 0 where there is none. */
export function owner_of(object: u64): usize {
  if (object <= ZERO_SIZE_PTR || dead) return 0;
  const page = page_at(virt_to_head_page(object));
  if (page == 0 || (flags_of(page) & PageFlag.SLAB) == 0) return 0;
  return changetype<usize>(cache_at(slab_cache_of(page)));
}

/** The driver says where in its slab an object lies, which it divides by the cache's size for. */
// @ts-ignore: decorator
@inline
export function say_where(object: u64): void {
  if (low_pages_touched) divide_by_size_of(owner_of(object));
}

function divide_by_size_of(cache: usize): void {
  if (cache != 0 && changetype<KmemCache>(cache).size == 0) divide_error(Fn.RES_LOC);
}

/** The cache that the operation names; answers NO_CACHE itself where there is none. */
export function cache(): KmemCache | null {
  const s = name() < NAME_MAX ? named_cache(name()) : null;
  if (s == null) done(Status.NO_CACHE);
  return s;
}
