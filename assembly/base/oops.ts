// The death of the simulated machine. A fault is a value: die() notes it, and from then on memory
// reads 0, writes go nowhere and nothing is printed, so that whatever was running falls through to
// its end. Nothing traps. Loops ask `dead` or count their steps.

import { EventKind } from "../abi/event.ts";
import { FaultKind, Fn } from "../abi/fault.ts";
import { DEBUG } from "./assert.ts";
import { begin_global_event, put_addresses, put_numbers, silence_events } from "./event.ts";

/** How the machine died; FaultKind.NONE while it lives. */
export let dead: FaultKind = FaultKind.NONE;

/** The kernel function that runs, as an oops would name it. */
export let running: Fn = Fn.NONE;

/** Steps along a free list before the walk counts as endless: more than any slab can hold. */
export const WALK_MAX: u32 = 40000;

/**
 * Steps from slab to slab before an operation counts as endless: so many for each page that is in
 * use when it begins, and for some that it may take itself. It ends before it has filled the whole
 * log with the same report.
 */
const SLAB_STEPS_A_PAGE: u32 = 4;
const PAGES_TO_TAKE: u32 = 64;
let slab_steps: u32 = 0;
let slab_steps_max: u32 = 0;

/** An operation begins, or its next object's turn comes. `pages`: those that are in use by now. */
export function forget_steps(pages: u32): void {
  slab_steps = 0;
  slab_steps_max = (pages + PAGES_TO_TAKE) * SLAB_STEPS_A_PAGE;
}

/** One step along a list of slabs. A list that runs in a circle keeps the kernel busy for ever. */
export function step_along_slabs(at: u64): void {
  if (++slab_steps > slab_steps_max) die(FaultKind.HANG, at);
}

export function die(kind: FaultKind, address: u64): void {
  if (DEBUG) assert(kind != FaultKind.NONE); // the machine would live on
  if (dead != FaultKind.NONE) return;
  dead = kind;
  begin_global_event(EventKind.OOPS, kind);
  put_addresses(address);
  put_numbers(<u32>running);
  silence_events(true);
}

export function revive(): void {
  dead = FaultKind.NONE;
  running = Fn.NONE;
  silence_events(false);
}

/** Enters a kernel function; give what it returns to leave(). */
// @ts-ignore: decorator
@inline
export function enter(fn: Fn): Fn {
  const caller = running;
  running = fn;
  return caller;
}

// @ts-ignore: decorator
@inline
export function leave(caller: Fn): void {
  running = caller;
}

/** Whether bits 47 to 63 of an address are all alike, as x86_64 with 4-level paging demands. */
// @ts-ignore: decorator
@inline
function is_canonical(address: u64): bool {
  const top = <i64>address >> 47;
  return top == 0 || top == -1;
}

/** An access to an address that nothing is mapped at. */
export function page_fault(address: u64, write: bool): void {
  if (!is_canonical(address)) die(FaultKind.PROTECTION, address);
  else die(write ? FaultKind.PAGE_WRITE : FaultKind.PAGE_READ, address);
}

/** Division by zero in a kernel function. Its result: nothing is done with it any more. */
export function divide_error(fn: Fn): u32 {
  const caller = enter(fn);
  die(FaultKind.DIVIDE, 0);
  leave(caller);
  return 0;
}
