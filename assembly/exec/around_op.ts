// What comes before and after an operation, whichever way it goes.

import { FaultKind, Fn } from "../abi/fault.ts";
import { Status } from "../abi/op.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { set_current_op } from "../base/event.ts";
import { dead, enter, forget_steps, leave, running } from "../base/oops.ts";
import { pages_in_use } from "../page/buddy.ts";
import { heap_invariants } from "../slab/invariants.ts";
import { rcu_barrier } from "../slab/slab_page.ts";
import { set_result } from "./result.ts";

// @ts-ignore: decorator
@inline
export function begin_op(index: u32): void {
  set_current_op(index);
  forget_steps(pages_in_use());
  rcu_barrier(); // a grace period passes between two operations
  enter(Fn.RUN_OP);
}

/** The result of an operation on which the machine died says so. */
// @ts-ignore: decorator
@inline
export function end_op(index: u32): void {
  if (DEBUG) assert(running == Fn.RUN_OP); // who enters a function leaves it
  if (DEBUG && clean) heap_invariants();
  leave(Fn.NONE);
  if (dead) set_result(index, dead == FaultKind.HANG ? Status.HANG : Status.CRASH);
}
