// Tracks (U): who allocated an object, who freed it, and when. Two of them lie behind the free
// pointer; nothing ever checks their bytes.
//
//   6.x                            3.10
//   ╒════════════════════════╕    ╒════════════════════════╕
//   │ +0  caller             │    │ +0   caller            │
//   │ +8  stack handle u32   │    │ +8   16 stack addresses│
//   │ +12 cpu     +16 pid    │    │ +136 cpu    +140 pid   │
//   │ +24 when (jiffies)     │    │ +144 when (jiffies)    │
//   ╘════════════════════════╛    ╘════════════════════════╛

import { Caller } from "../abi/caller.ts";
import { EventKind, STACK_310_HIGH, STACK_310_LOW, TrackCode } from "../abi/event.ts";
import { Letter } from "../abi/flags.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { paint } from "../base/bytes.ts";
import { caller_address, config_ticks } from "../base/config.ts";
import { begin_event, current_op, put_addresses, put_numbers } from "../base/event.ts";
import { translate } from "../base/memory.ts";
import { dead } from "../base/oops.ts";
import { is_object_of } from "./invariants.ts";
import { cpu, get_info_end, has, KmemCache } from "./types.ts";
import { is_stack, stack_of } from "./depot.ts";
import { initial_jiffies, track_addresses, track_size } from "./profile.ts";

export const TRACK_ALLOC: u32 = 0;
export const TRACK_FREE: u32 = 1;

const STACK_310: u64 = (<u64>STACK_310_HIGH << 32) | <u64>STACK_310_LOW;
/** The process that runs every program. */
const PID: u32 = 1;

/** Whom tracks name as the caller. */
let caller: Caller = Caller.ALLOC;

export function set_caller(who: Caller): void {
  if (DEBUG) assert(who < Caller.COUNT); // the host gave each an address
  caller = who;
}

/** Time in ticks: three pass between operations. */
function jiffies(): u64 {
  return <u64>initial_jiffies + config_ticks() + <u64>(current_op + 1) * 3;
}

// @ts-ignore: decorator
@inline
function track_at(s: KmemCache, object: u64, which: u32): usize {
  if (DEBUG) assert(which <= TRACK_FREE); // there are two
  return translate(object + get_info_end(s) + which * track_size, track_size);
}

export function set_track(s: KmemCache, object: u64, which: u32): void {
  if (DEBUG && clean) assert(is_object_of(s, object)); // its slot has room for tracks
  const at = track_at(s, object, which);
  if (at == 0) return;
  if (track_addresses == 0) return fill_track(at);
  store<u64>(at, caller_address(caller));
  paint(at + 8, 0, 128);
  for (let i: u32 = 0; i < 3; i++) store<u64>(at + (i << 3), STACK_310 + (<u64>i << 12) - 4096, 8);
  store<u32>(at, cpu, 136);
  store<u32>(at, PID, 140);
  store<u64>(at, jiffies(), 144);
}

/** A track of 6.x. */
function fill_track(at: usize): void {
  store<u64>(at, caller_address(caller));
  store<u32>(at, stack_of(caller), 8);
  store<u32>(at, cpu, 12);
  store<u32>(at, PID, 16);
  store<u64>(at, jiffies(), 24);
}

/** set_track() of 6.x for an object that is known to lie at a linear address. */
// @ts-ignore: decorator
@inline
export function set_track_at(s: KmemCache, object_at: usize, which: u32): void {
  fill_track(object_at + get_info_end(s) + which * track_size);
}

/** Clears both tracks of an object of a new slab. */
export function init_tracking(s: KmemCache, object: u64): void {
  if (!has(s, Letter.U)) return;
  const at = track_at(s, object, TRACK_ALLOC);
  if (at != 0) paint(at, 0, track_size * 2);
}

/** Whom a track names; 0: nobody. */
export function noted_caller(s: KmemCache, object: u64, which: u32): u64 {
  const at = track_at(s, object, which);
  return at == 0 ? 0 : load<u64>(at);
}

function print_track(s: KmemCache, object: u64, which: u32): void {
  const at = track_at(s, object, which);
  if (at == 0 || load<u64>(at) == 0) return;
  const old = track_addresses != 0;
  const has_stack = !old && is_stack(load<u32>(at, 8));
  begin_event(EventKind.TRACK, which | (has_stack ? TrackCode.HAS_STACK : 0), s.index);
  put_addresses(load<u64>(at), old ? load<u64>(at, 144) : load<u64>(at, 24), jiffies());
  put_numbers(
    old ? load<u32>(at, 136) : load<u32>(at, 12),
    old ? load<u32>(at, 140) : load<u32>(at, 16),
    old ? 0 : load<u32>(at, 8),
  );
}

export function print_tracking(s: KmemCache, object: u64): void {
  if (dead || !has(s, Letter.U)) return;
  print_track(s, object, TRACK_ALLOC);
  print_track(s, object, TRACK_FREE);
}
