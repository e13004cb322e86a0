// The plain lanes of slab/plain_lane.ts, for programs: `alloc` and `free` of a cache without debug
// options, in place of what the interpreter does around an operation. Nothing is printed and
// nothing dies in a lane, so that it needs no operation number, no name of a running function and
// no steps to count. Where a lane cannot be taken, what was found out on the way to it is not found
// out again. Without this file the interpreter is slower, and otherwise the same.

import { Caller } from "../abi/caller.ts";
import { NAME_MAX } from "../abi/limits.ts";
import { Op, OP_SIZE, OpField, Status } from "../abi/op.ts";
import { PROGRAM } from "../base/arena.ts";
import { low_pages_touched } from "../base/memory.ts";
import { free_to_own_slab, kmem_cache_alloc } from "../slab/fast_path.ts";
import { has_plain_lanes, plain_alloc, plain_free, plain_slab } from "../slab/plain_lane.ts";
import { spoil } from "../slab/pristine.ts";
import { nothing_waits } from "../slab/slab_page.ts";
import { set_caller } from "../slab/track.ts";
import { KmemCache, this_cpu } from "../slab/types.ts";
import { Zeroes } from "../slab/zeroes.ts";
import { begin_op, end_op } from "./around_op.ts";
import { named_cache } from "./names.ts";
import { say_where, set_slot, slot_at } from "./operands.ts";
import { set_result } from "./result.ts";

/** Operation code and aux of a record, in one word: an aux of 0 is neither zeroed nor freeoff. */
const KIND_MASK: u32 = 0xffff;

/** Runs an operation; false where nothing has changed and the long way is to be taken. */
// @ts-ignore: decorator
@inline
export function run_in_lane(index: u32): bool {
  const record = PROGRAM + <usize>(index * OP_SIZE);
  const word = load<u32>(record);
  const kind = word & KIND_MASK;
  if (kind != <u32>Op.ALLOC && kind != <u32>Op.FREE) return false;
  if (low_pages_touched || !nothing_waits()) return false;
  const name = word >>> 16;
  const s = name < NAME_MAX ? named_cache(name) : null;
  if (s == null || !has_plain_lanes(s)) return false;
  spoil();
  if (kind == <u32>Op.FREE) return free_in_lane(s, record, index);
  alloc_in_lane(s, record, index);
  return true;
}

// @ts-ignore: decorator
@inline
function alloc_in_lane(s: KmemCache, record: usize, index: u32): void {
  const slot = <u32>load<u16>(record, OpField.SLOT);
  set_caller(Caller.ALLOC);
  const object = plain_alloc(s, this_cpu(s));
  if (object == 0) return alloc_out_of_lane(s, slot, index);
  finish_alloc(s, slot, index, object);
}

function alloc_out_of_lane(s: KmemCache, slot: u32, index: u32): void {
  begin_op(index);
  const object = kmem_cache_alloc(s, Zeroes.NONE);
  say_where(object);
  finish_alloc(s, slot, index, object);
  end_op(index);
}

// @ts-ignore: decorator
@inline
function finish_alloc(s: KmemCache, slot: u32, index: u32, object: u64): void {
  set_slot(slot, object, changetype<usize>(s));
  set_result(index, Status.OK, object);
}

// @ts-ignore: decorator
@inline
function free_in_lane(s: KmemCache, record: usize, index: u32): bool {
  const slot = slot_at(<u32>load<u16>(record, OpField.SLOT));
  const object = load<u64>(slot) + <u64><i64>load<i32>(record, OpField.OFFSET);
  const slab = plain_slab(s, object);
  if (slab == 0) return false;
  set_caller(Caller.FREE);
  if (plain_free(s, this_cpu(s), slab, object)) set_result(index, Status.OK);
  else free_out_of_lane(s, slab, object, index);
  return true;
}

function free_out_of_lane(s: KmemCache, slab: u64, object: u64, index: u32): void {
  begin_op(index);
  free_to_own_slab(s, slab, object);
  set_result(index, Status.OK);
  end_op(index);
}
