// Runs programs: one record an operation (abi/op.ts), one call for as many as the host likes. What
// an operation means is the script language's business; the files beside this one only fetch
// operands, call the kernel function, and leave a result.

import { OP_MAX } from "../abi/limits.ts";
import { Op, Status } from "../abi/op.ts";
import { config } from "../base/config.ts";
import { dead } from "../base/oops.ts";
import { fail_nth, scrub, set_next_pfn } from "../page/buddy.ts";
import { ctor_calls, reset_ctor_calls } from "../slab/slab_page.ts";
import { set_cpu } from "../slab/types.ts";
import { begin_op, end_op } from "./around_op.ts";
import {
  op_alloc, op_alloc_n, op_bulk_alloc, op_bulk_free, op_cache, op_cache_args, op_destroy, op_free,
  op_free_n, op_set_offset, op_shrink, op_state, op_validate,
} from "./cache_ops.ts";
import { delete_from_list, init_list } from "./door.ts";
import { op_kfree, op_kmalloc, op_krealloc, op_ksize, op_kvalidate } from "./kmalloc_ops.ts";
import {
  op_fill, op_list_add, op_read, op_region, op_rfp, op_rptr, op_slot, op_wfp, op_wptr, op_write,
  op_xor,
} from "./memory_ops.ts";
import { arg, done, target, turn_to } from "./operands.ts";
import { run_in_lane } from "./plain_ops.ts";
import {
  op_cpu_down, op_free_rcu, op_kfree_nolock, op_kmalloc_nolock, op_rcu_barrier, op_sheaf_alloc,
  op_sheaf_get, op_sheaf_put, op_sheaf_refill,
} from "./sheaf_ops.ts";

function run_op(op: u32): void {
  switch (op) {
    case Op.NOP: return done(Status.OK);
    case Op.CACHE: return op_cache();
    case Op.ALLOC: return op_alloc();
    case Op.ALLOC_N: return op_alloc_n();
    case Op.FREE: return op_free();
    case Op.FREE_N: return op_free_n();
    case Op.BULK_ALLOC: return op_bulk_alloc();
    case Op.BULK_FREE: return op_bulk_free();
    case Op.KMALLOC: return op_kmalloc();
    case Op.KFREE: return op_kfree();
    case Op.KREALLOC: return op_krealloc();
    case Op.KSIZE: return op_ksize();
    case Op.KVALIDATE: return op_kvalidate();
    case Op.WRITE: return op_write();
    case Op.FILL: return op_fill();
    case Op.READ: return op_read();
    case Op.XOR: return op_xor();
    case Op.WPTR: return op_wptr();
    case Op.RPTR: return op_rptr();
    case Op.WFP: return op_wfp();
    case Op.RFP: return op_rfp();
    case Op.SLOT: return op_slot();
    case Op.VALIDATE: return op_validate();
    case Op.SHRINK: return op_shrink();
    case Op.DESTROY: return op_destroy();
    case Op.CTORCALLS: done(Status.OK, ctor_calls); return reset_ctor_calls();
    case Op.LIST_INIT: init_list(target()); return done(Status.OK);
    case Op.LIST_ADD: return op_list_add(false);
    case Op.LIST_ADD_TAIL: return op_list_add(true);
    case Op.LIST_DEL: delete_from_list(target()); return done(Status.OK);
    case Op.SCRUB: scrub(); return done(Status.OK);
    case Op.NEXT_PFN: set_next_pfn(arg()); return done(Status.OK);
    case Op.STATE: return op_state();
    case Op.SET_OFFSET: return op_set_offset();
    case Op.CPU: set_cpu(min(arg(), config().cpus - 1)); return done(Status.OK);
    case Op.REGION: return op_region();
    case Op.FAIL_NTH: fail_nth(arg()); return done(Status.OK);
    case Op.CACHE_ARGS: return op_cache_args();
    case Op.SHEAF_GET: return op_sheaf_get();
    case Op.SHEAF_ALLOC: return op_sheaf_alloc();
    case Op.SHEAF_REFILL: return op_sheaf_refill();
    case Op.SHEAF_PUT: return op_sheaf_put();
    case Op.FREE_RCU: return op_free_rcu();
    case Op.RCU_BARRIER: return op_rcu_barrier();
    case Op.KMALLOC_NOLOCK: return op_kmalloc_nolock();
    case Op.KFREE_NOLOCK: return op_kfree_nolock();
    case Op.CPU_DOWN: return op_cpu_down();
    default: return done(Status.LIMIT);
  }
}

/** Runs records [first, first + count). Returns how many ran: fewer where the machine died. */
export function run_program(first: u32, count: u32): u32 {
  const end = min(first + count, OP_MAX);
  let index = first;
  for (; index < end && !dead; index++) {
    if (run_in_lane(index)) continue;
    const op = turn_to(index);
    begin_op(index);
    run_op(op);
    end_op(index);
  }
  return index - first;
}
