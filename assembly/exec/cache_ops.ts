// Operations on a named cache and its objects.

import { Caller } from "../abi/caller.ts";
import { Fn } from "../abi/fault.ts";
import { BULK_MAX } from "../abi/limits.ts";
import { Status, TARGET_SIZE } from "../abi/op.ts";
import { init_on_alloc } from "../base/config.ts";
import { low_pages_touched } from "../base/memory.ts";
import { dead, enter, forget_steps, leave } from "../base/oops.ts";
import { next } from "../list/list.ts";
import { pages_in_use } from "../page/buddy.ts";
import { ask_for } from "../slab/alloc.ts";
import { kmem_cache_free_bulk } from "../slab/bulk.ts";
import { kmem_cache_create, kmem_cache_create_args, merged, table_is_full } from "../slab/cache.ts";
import {
  empty_sheaves, kmem_cache_destroy, kmem_cache_shrink, validate_slab_cache,
} from "../slab/destroy.ts";
import { bulk_pointers } from "../slab/detached.ts";
import { bulk_alloc_one, kmem_cache_alloc, kmem_cache_free } from "../slab/fast_path.ts";
import { alloc_from_pcs_bulk } from "../slab/pcs.ts";
import { make_kmalloc_rcl } from "../slab/kmalloc_caches.ts";
import { spoil } from "../slab/pristine.ts";
import { driver_knows_bad_lists, has_sheaves } from "../slab/profile.ts";
import { set_caller } from "../slab/track.ts";
import { full_list, KmemCache, kmem_cache_debug, partial_list } from "../slab/types.ts";
import { as_asked, Zeroes } from "../slab/zeroes.ts";
import { clear_new_object, zeroes_of } from "../slab/zeroing.ts";
import { set_offset } from "./door.ts";
import { name_cache, unname_cache } from "./names.ts";
import {
  arg, aux, cache, done, listed_slot, listed_target, name, offset, payload, say_where, set_slot,
  slot, slot2, target,
} from "./operands.ts";
import { extra_position, take_extra } from "./result.ts";

export function op_cache(): void {
  const size = <u32>offset();
  const align = arg();
  const letters = slot();
  const boot_letters = slot2();
  make_kmalloc_rcl(size, align, letters, boot_letters);
  done_cache(kmem_cache_create(size, align, letters, boot_letters, aux()));
}

/** What a creator asks for beside lies in the payload. */
export function op_cache_args(): void {
  const more = payload(12);
  if (more == 0) return done(Status.LIMIT);
  done_cache(kmem_cache_create_args(
    <u32>offset(), load<u32>(more), slot(), slot2(), load<u32>(more, 4), load<u32>(more, 8),
  ));
}

function done_cache(s: KmemCache | null): void {
  if (s == null) return done(table_is_full() ? Status.LIMIT : Status.FAILED);
  if (!name_cache(name(), s)) return done(Status.LIMIT);
  done(merged ? Status.MERGED : Status.CREATED, s.index);
}

export function op_alloc(): void {
  const s = cache();
  let zeroes = as_asked(aux() != 0);
  // Rare cases, one branch.
  if (u32(s == null) | u32(init_on_alloc)) {
    if (s == null) return;
    zeroes = zeroes_of(s, aux() != 0);
  }
  set_caller(Caller.ALLOC);
  const object = kmem_cache_alloc(s!, zeroes);
  say_where(object);
  set_slot(slot(), object, changetype<usize>(s));
  done(Status.OK, object);
}

export function op_alloc_n(): void {
  const s = cache();
  let zeroes: u32 = Zeroes.NONE;
  if (u32(s == null) | u32(init_on_alloc)) {
    if (s == null) return;
    zeroes = zeroes_of(s, false);
  }
  set_caller(Caller.ALLOC_N);
  const list = payload(slot2() * TARGET_SIZE);
  const out = take_extra(slot2() << 3);
  if (list == 0 || out == 0) return done(Status.LIMIT);
  let count: u32 = 0;
  for (; count < slot2() && !dead; count++) {
    forget_steps(pages_in_use());
    const object = kmem_cache_alloc(s!, zeroes);
    say_where(object);
    set_slot(listed_slot(list, count), object, changetype<usize>(s));
    store<u64>(out + (count << 3), object);
  }
  done(Status.OK, extra_position(out), count);
}

export function op_free(): void {
  const s = cache();
  if (s == null) return;
  set_caller(aux() == 0 ? Caller.FREE : Caller.FREE_OFF);
  kmem_cache_free(s, target());
  done(Status.OK);
}

export function op_free_n(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.FREE_N);
  const list = payload(slot2() * TARGET_SIZE);
  if (list == 0) return done(Status.LIMIT);
  for (let i: u32 = 0; i < slot2() && !dead; i++) {
    forget_steps(pages_in_use());
    kmem_cache_free(s, listed_target(list, i));
  }
  done(Status.OK, 0, slot2());
}

/** 7.3: as many objects as the kernel hands out in one call; either all, or none. */
function bulk_alloc_from_sheaves(s: KmemCache, count: u32, out: usize): u32 {
  spoil();
  const caller = enter(Fn.KMEM_CACHE_ALLOC_BULK);
  const got = alloc_from_pcs_bulk(s, count, out);
  leave(caller);
  return got < count && !dead ? take_back(s, out, got) : got;
}

/** As the kernel does: either all objects, or none, and cleared last. Returns how many. */
function end_bulk_alloc(s: KmemCache, out: usize, count: u32, wanted: u32): u32 {
  if (dead) return count;
  if (count < wanted) return take_back(s, out, count);
  clear_all(s, out, count);
  return count;
}

/** Clears what was handed out: not before all are out, so that no link is lost. */
function clear_all(s: KmemCache, out: usize, count: u32): void {
  ask_for(s.object_size);
  for (let i: u32 = 0; i < count && !dead; i++) {
    clear_new_object(s, load<u64>(out + (i << 3)), false);
  }
}

/** Frees what a bulk allocation got that could not get everything. Returns how many remain. */
function take_back(s: KmemCache, out: usize, count: u32): u32 {
  for (let i: u32 = 0; i < count; i++) kmem_cache_free(s, load<u64>(out + (i << 3)));
  return 0;
}

export function op_bulk_alloc(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.BULK_ALLOC);
  const list = payload(slot2() * TARGET_SIZE);
  const out = take_extra(slot2() << 3);
  let count: u32 = 0;
  let wanted = slot2();
  // Nothing of this is common, and one branch asks for all of it.
  if (u32(list == 0) | u32(out == 0) | u32(has_sheaves)) {
    if (list == 0 || out == 0) return done(Status.LIMIT);
    if (!kmem_cache_debug(s)) {
      count = bulk_alloc_from_sheaves(s, wanted, out);
      wanted = count;
    }
  }
  for (; count < wanted && !dead; count++) {
    forget_steps(pages_in_use());
    const object = bulk_alloc_one(s);
    if (u32(object == 0) | u32(dead)) break;
    store<u64>(out + (count << 3), object);
  }
  // One branch asks for both.
  if (u32(count < wanted) | u32(init_on_alloc)) count = end_bulk_alloc(s, out, count, wanted);
  for (let i: u32 = 0; i < count && low_pages_touched; i++) say_where(load<u64>(out + (i << 3)));
  for (let i: u32 = 0; i < count; i++) {
    set_slot(listed_slot(list, i), load<u64>(out + (i << 3)), changetype<usize>(s));
  }
  done(Status.OK, extra_position(out), count);
}

export function op_bulk_free(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.BULK_FREE);
  const count = min(slot2(), BULK_MAX);
  const list = payload(count * TARGET_SIZE);
  if (list == 0) return done(Status.LIMIT);
  for (let i: u32 = 0; i < count; i++) store<u64>(bulk_pointers + (i << 3), listed_target(list, i));
  kmem_cache_free_bulk(s, count);
  done(Status.OK, 0, count);
}

export function op_destroy(): void {
  const s = cache();
  if (s == null) return;
  if (has_sheaves) empty_sheaves(s);
  const last = s.refcount == 1;
  const gone = kmem_cache_destroy(s);
  if (!last) {
    unname_cache(name());
    done(Status.REFCOUNT, s.index, s.refcount);
  } else if (gone) {
    unname_cache(name());
    done(Status.DESTROYED, s.index);
  } else {
    done(Status.BUSY, s.index, s.refcount);
  }
}

/** More slabs of a list than this are not looked at. */
const LISTED_MAX: u32 = 2001;

/** The driver follows a broken list to its death. */
export function op_state(): void {
  const s = cache();
  if (s == null) return;
  const caller = enter(Fn.DO_STATE);
  if (!driver_knows_bad_lists) {
    walk_list(partial_list(s));
    walk_list(full_list(s));
  }
  leave(caller);
  done(Status.OK);
}

function walk_list(head: u64): void {
  let link = next(head);
  for (let i: u32 = 1; i < LISTED_MAX && link != head && !dead; i++) link = next(link);
}

export function op_set_offset(): void {
  const s = cache();
  if (s == null) return;
  if (s.size < 8 || arg() > s.size - 8) return done(Status.LIMIT);
  set_offset(s, arg());
  done(Status.OK);
}

export function op_validate(): void {
  const s = cache();
  if (s != null) done(Status.OK, validate_slab_cache(s));
}

export function op_shrink(): void {
  const s = cache();
  if (s != null) done(Status.OK, kmem_cache_shrink(s));
}
