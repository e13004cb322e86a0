// Operations that only 7.3 has: sheaves in the hands of their users, kfree_rcu(), the calls that
// take no lock, CPUs that go.

import { Caller } from "../abi/caller.ts";
import { SlotLayout } from "../abi/layout.ts";
import { BULK_MAX } from "../abi/limits.ts";
import { Status } from "../abi/op.ts";
import { config } from "../base/config.ts";
import { kfree_nolock, kmalloc_nolock } from "../slab/nolock.ts";
import {
  kmem_cache_alloc_from_sheaf, kmem_cache_prefill_sheaf, kmem_cache_refill_sheaf,
  kmem_cache_return_sheaf, refilled,
} from "../slab/prefilled.ts";
import {
  cpu_goes_offline, kvfree_call_rcu, kvfree_rcu_barrier, rcu_barrier_73,
} from "../slab/rcu.ts";
import { set_caller } from "../slab/track.ts";
import { set_cpu } from "../slab/types.ts";
import { done_kmalloc } from "./kmalloc_ops.ts";
import {
  arg, aux, cache, done, owner_of, say_where, set_slot, slot, slot2, slot_at, target,
} from "./operands.ts";

export function op_sheaf_get(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.ALLOC);
  const sheaf = kmem_cache_prefill_sheaf(s, min(arg(), BULK_MAX));
  set_slot(slot(), sheaf, 0);
  done(Status.OK, sheaf);
}

export function op_sheaf_alloc(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.ALLOC);
  const object = kmem_cache_alloc_from_sheaf(s, target(), aux() != 0);
  say_where(object);
  set_slot(slot2(), object, changetype<usize>(s));
  done(Status.OK, object);
}

/** A result's aux: 1 where another sheaf came, 2 where there is no memory. */
export function op_sheaf_refill(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.ALLOC);
  const old = target();
  const sheaf = kmem_cache_refill_sheaf(s, old, min(arg(), BULK_MAX));
  set_slot(slot(), sheaf, load<u32>(slot_at(slot()), SlotLayout.CACHE));
  done(Status.OK, sheaf, (sheaf == old ? 0 : 1) | (refilled ? 0 : 2));
}

export function op_sheaf_put(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.FREE);
  kmem_cache_return_sheaf(s, target());
  done(Status.OK);
}

export function op_free_rcu(): void {
  set_caller(Caller.KFREE);
  kvfree_call_rcu(target());
  done(Status.OK);
}

export function op_rcu_barrier(): void {
  if (aux() == 0) rcu_barrier_73();
  else kvfree_rcu_barrier();
  done(Status.OK);
}

export function op_kmalloc_nolock(): void {
  set_caller(Caller.KMALLOC);
  const object = kmalloc_nolock(arg(), aux() != 0);
  say_where(object);
  set_slot(slot(), object, owner_of(object));
  done_kmalloc(object, 0);
}

export function op_kfree_nolock(): void {
  set_caller(Caller.KFREE);
  kfree_nolock(target());
  done(Status.OK);
}

/** The first CPU stays. */
export function op_cpu_down(): void {
  const number = arg();
  if (number == 0 || number >= config().cpus) return done(Status.LIMIT);
  if (aux() == 0) {
    set_cpu(0);
    cpu_goes_offline(number);
  }
  done(Status.OK);
}
