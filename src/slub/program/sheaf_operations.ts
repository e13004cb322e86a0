// The operations that only 7.3 has, where free objects wait in sheaves.
import { Op } from "../../abi.ts";
import { core, type Group, host, SINCE_73 } from "./operation.ts";

/** What only 7.3 has; older kernels refuse it. */
export const SHEAVES = {
  sheafget: {
    ...core(Op.SHEAF_GET, "cache", "sheafCount", "sheafSlot"),
    ...SINCE_73,
    result: "sheaf got",
    help: "kmem_cache_prefill_sheaf: a sheaf that holds N objects at least",
  },
  sheafalloc: {
    ...core(Op.SHEAF_ALLOC, "cache", "filledSheaf", "objectSlot", "zero"),
    ...SINCE_73,
    result: "allocated",
    help: "kmem_cache_alloc_from_sheaf",
  },
  sheafrefill: {
    ...core(Op.SHEAF_REFILL, "cache", "filledSheaf", "sheafCount"),
    ...SINCE_73,
    result: "sheaf refilled",
    help: "kmem_cache_refill_sheaf, up to N objects",
  },
  sheafput: {
    ...core(Op.SHEAF_PUT, "cache", "filledSheaf"),
    ...SINCE_73,
    result: "freed",
    help: "kmem_cache_return_sheaf",
  },
  freercu: {
    ...core(Op.FREE_RCU, "target"),
    ...SINCE_73,
    result: "freed",
    help: "kfree_rcu, with the rcu_head at offset 0 of the object",
    c: "kvfree_call_rcu((struct rcu_head *)({target}), {target});",
  },
  freercunl: {
    ...core(Op.FREE_RCU, "target"),
    ...SINCE_73,
    aux: 1,
    result: "freed",
    help: "kfree_rcu_nolock",
  },
  rcubarrier: {
    ...core(Op.RCU_BARRIER),
    ...SINCE_73,
    result: "freed",
    help: "rcu_barrier: what waits for a grace period has waited long enough",
    c: "rcu_barrier();",
  },
  kvfreebarrier: {
    ...core(Op.RCU_BARRIER),
    ...SINCE_73,
    aux: 1,
    result: "freed",
    help: "kvfree_rcu_barrier: everything that kfree_rcu freed is free",
    c: "kvfree_rcu_barrier();",
  },
  kmallocnl: {
    ...core(Op.KMALLOC_NOLOCK, "bytes", "slot", "zero"),
    ...SINCE_73,
    result: "kmalloced",
    help: "kmalloc_nolock",
  },
  kfreenl: {
    ...core(Op.KFREE_NOLOCK, "target"),
    ...SINCE_73,
    result: "freed",
    help: "kfree_nolock",
  },
  cpudown: {
    ...core(Op.CPU_DOWN, "cpu"),
    ...SINCE_73,
    result: "CPU moved",
    help: "takes a CPU off line; its sheaves go back to the slabs",
    c: "remove_cpu({cpu});",
  },
  cpuup: {
    ...core(Op.CPU_DOWN, "cpu"),
    ...SINCE_73,
    aux: 1,
    result: "CPU moved",
    help: "takes it on line again",
    c: "add_cpu({cpu});",
  },
  kstate: {
    ...host(10, "target"),
    ...SINCE_73,
    result: "object's state",
    help: "`state` of the cache that an object is from",
  },
} as const satisfies Group;
