// The plain lanes of slab/lane.ts, for programs: `alloc` and `free` of a cache without debug
// options, in place of what the interpreter does around an operation. Nothing is printed and
// nothing dies on this way, so that it needs no operation number, no name of a running function
// and no steps to count. Without this file the interpreter is slower, and otherwise the same.

import { Caller } from "../abi/caller.ts";
import { SlotLayout } from "../abi/layout.ts";
import { NAME_MAX, SLOT_MAX } from "../abi/limits.ts";
import { Op, OP_SIZE, OpField, Status } from "../abi/op.ts";
import { PROGRAM } from "../base/arena.ts";
import { low_pages_touched } from "../base/memory.ts";
import { has_plain_lanes, plain_alloc, plain_free } from "../slab/lane.ts";
import { spoil } from "../slab/pristine.ts";
import { nothing_waits } from "../slab/slab_page.ts";
import { set_caller } from "../slab/track.ts";
import { KmemCache, this_cpu } from "../slab/types.ts";
import { note_slot } from "./machine.ts";
import { named_cache } from "./names.ts";
import { slot_at } from "./operands.ts";
import { set_result } from "./result.ts";

/** Operation code and aux of a record, in one word: an aux of 0 is neither zeroed nor freeoff. */
const KIND_MASK: u32 = 0xffff;

/** Runs an operation in a lane; false where nothing has changed and the long way is to be taken. */
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
  return kind == <u32>Op.ALLOC ? alloc_in_lane(s, record, index) : free_in_lane(s, record, index);
}

// @ts-ignore: decorator
@inline
function alloc_in_lane(s: KmemCache, record: usize, index: u32): bool {
  const object = plain_alloc(s, this_cpu(s));
  if (object == 0) return false;
  set_caller(Caller.ALLOC);
  const slot = min(<u32>load<u16>(record, OpField.SLOT), SLOT_MAX - 1);
  note_slot(slot);
  store<u64>(slot_at(slot), object);
  store<u32>(slot_at(slot), <u32>changetype<usize>(s), SlotLayout.CACHE);
  set_result(index, Status.OK, object);
  return true;
}

// @ts-ignore: decorator
@inline
function free_in_lane(s: KmemCache, record: usize, index: u32): bool {
  const slot = slot_at(<u32>load<u16>(record, OpField.SLOT));
  const object = load<u64>(slot) + <u64><i64>load<i32>(record, OpField.OFFSET);
  if (!plain_free(s, this_cpu(s), object)) return false;
  set_caller(Caller.FREE);
  set_result(index, Status.OK);
  return true;
}
