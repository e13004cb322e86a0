// Runs programs: one record an operation (abi/op.ts), one call for as many as the host likes. What
// an operation means is the script language's business; this file only fetches operands, calls the
// kernel function, and leaves a result.

import { Caller } from "../abi/caller.ts";
import { FaultKind, Fn } from "../abi/fault.ts";
import { SlotLayout } from "../abi/layout.ts";
import { NAME_MAX, OP_MAX, PAYLOAD_MAX, SLOT_MAX } from "../abi/limits.ts";
import { Op, OP_SIZE, OpField, Status, TARGET_SIZE } from "../abi/op.ts";
import { KERNEL_PAGES, PAYLOAD, PROGRAM, SLOTS } from "../base/arena.ts";
import { copy, paint } from "../base/bytes.ts";
import { config } from "../base/config.ts";
import { set_current_op } from "../base/event.ts";
import {
  load_word, map_region, ram_base, store_word, translate,
} from "../base/memory.ts";
import { dead, enter, forget_steps, leave } from "../base/oops.ts";
import { INIT_LIST_HEAD, list_add, list_add_tail, list_del, next, prev } from "../list/list.ts";
import { scrub, set_next_pfn } from "../page/buddy.ts";
import {
  flags_of, order_of, page_at, slab_cache_of, virt_to_head_page,
} from "../page/struct_page.ts";
import { PageFlag } from "../abi/profile.ts";
import { bulk_alloc_one, kmem_cache_alloc } from "../slab/alloc.ts";
import { BULK_MAX, bulk_pointers, kmem_cache_free_bulk } from "../slab/bulk.ts";
import { kmem_cache_create, merged, table_full } from "../slab/cache.ts";
import { kmem_cache_destroy, kmem_cache_shrink, validate_slab_cache } from "../slab/destroy.ts";
import { kmem_cache_free } from "../slab/free.ts";
import { freelist_ptr, get_freepointer } from "../slab/freelist.ts";
import { kfree, kmalloc, krealloc, ksize, slab_ksize, ZERO_SIZE_PTR } from "../slab/kmalloc.ts";
import { driver_knows_bad_lists } from "../slab/profile.ts";
import { ctor_calls, rcu_barrier, reset_ctor_calls } from "../slab/slab_page.ts";
import { set_caller } from "../slab/track.ts";
import { cache_at, full_list, KmemCache, partial_list, set_cpu } from "../slab/types.ts";
import { note_slot } from "./machine.ts";
import { name_cache, named_cache, unname_cache } from "./names.ts";
import { extra_position, set_result, take_extra } from "./result.ts";

/** The operation that runs: its record, and its number. */
let record: usize = 0;
let index: u32 = 0;

// ---------------------------------------------------------------------------------------- operands

// @ts-ignore: decorator
@inline
function aux(): u32 {
  return load<u8>(record, OpField.AUX);
}

// @ts-ignore: decorator
@inline
function name(): u32 {
  return load<u16>(record, OpField.NAME);
}

// @ts-ignore: decorator
@inline
function slot(): u32 {
  return load<u16>(record, OpField.SLOT);
}

// @ts-ignore: decorator
@inline
function slot2(): u32 {
  return load<u16>(record, OpField.SLOT2);
}

// @ts-ignore: decorator
@inline
function offset(): i32 {
  return load<i32>(record, OpField.OFFSET);
}

// @ts-ignore: decorator
@inline
function arg(): u32 {
  return load<u32>(record, OpField.ARG);
}

// @ts-ignore: decorator
@inline
function slot_at(number: u32): usize {
  return SLOTS + <usize>(min(number, SLOT_MAX - 1) * SlotLayout.SIZE);
}

/** The operation's target: a slot's pointer plus a displacement. */
// @ts-ignore: decorator
@inline
function target(): u64 {
  return load<u64>(slot_at(slot())) + <u64><i64>offset();
}

/** Its second target. */
// @ts-ignore: decorator
@inline
function target2(): u64 {
  return load<u64>(slot_at(slot2())) + <u64><i64><i32>arg();
}

function set_slot(number: u32, pointer: u64, cache: usize): void {
  note_slot(min(number, SLOT_MAX - 1));
  store<u64>(slot_at(number), pointer);
  store<u32>(slot_at(number), <u32>cache, SlotLayout.CACHE);
}

/** Payload of that many bytes at `arg`, or 0 where the program is malformed. */
function payload(length: u32): usize {
  const position = arg();
  return position <= PAYLOAD_MAX && length <= PAYLOAD_MAX - position ? PAYLOAD + position : 0;
}

/** Slot and pointer of the i-th record of a target list. */
// @ts-ignore: decorator
@inline
function listed_slot(list: usize, i: u32): u32 {
  return load<u16>(list + <usize>(i * TARGET_SIZE));
}

function listed_target(list: usize, i: u32): u64 {
  const displacement = load<i32>(list + <usize>(i * TARGET_SIZE), 4);
  return load<u64>(slot_at(listed_slot(list, i))) + <u64><i64>displacement;
}

// @ts-ignore: decorator
@inline
function done(status: Status, value: u64 = 0, more: u32 = 0): void {
  set_result(index, status, value, more);
}

/** The cache that the operation names; answers NO_CACHE itself where there is none. */
function cache(): KmemCache | null {
  const s = name() < NAME_MAX ? named_cache(name()) : null;
  if (s == null) done(Status.NO_CACHE);
  return s;
}

// ------------------------------------------------------------------------------ caches and objects

function op_cache(): void {
  const s = kmem_cache_create(<u32>offset(), arg(), slot(), slot2(), aux());
  if (s == null) return done(table_full ? Status.LIMIT : Status.FAILED);
  if (!name_cache(name(), s)) return done(Status.LIMIT);
  done(merged ? Status.MERGED : Status.CREATED, s.index);
}

function op_alloc(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.ALLOC);
  const object = kmem_cache_alloc(s, aux() != 0);
  set_slot(slot(), object, changetype<usize>(s));
  done(Status.OK, object);
}

function op_alloc_n(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.ALLOC_N);
  const list = payload(slot2() * TARGET_SIZE);
  const out = take_extra(slot2() << 3);
  if (list == 0 || out == 0) return done(Status.LIMIT);
  let count: u32 = 0;
  for (; count < slot2() && !dead; count++) {
    forget_steps();
    const object = kmem_cache_alloc(s, false);
    set_slot(listed_slot(list, count), object, changetype<usize>(s));
    store<u64>(out + (count << 3), object);
  }
  done(Status.OK, extra_position(out), count);
}

function op_free(): void {
  const s = cache();
  if (s == null) return;
  set_caller(aux() == 0 ? Caller.FREE : Caller.FREE_OFF);
  kmem_cache_free(s, target());
  done(Status.OK);
}

function op_free_n(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.FREE_N);
  const list = payload(slot2() * TARGET_SIZE);
  if (list == 0) return done(Status.LIMIT);
  for (let i: u32 = 0; i < slot2() && !dead; i++) {
    forget_steps();
    kmem_cache_free(s, listed_target(list, i));
  }
  done(Status.OK, 0, slot2());
}

function op_bulk_alloc(): void {
  const s = cache();
  if (s == null) return;
  set_caller(Caller.BULK_ALLOC);
  const list = payload(slot2() * TARGET_SIZE);
  const out = take_extra(slot2() << 3);
  if (list == 0 || out == 0) return done(Status.LIMIT);
  let count: u32 = 0;
  for (; count < slot2() && !dead; count++) {
    forget_steps();
    const object = bulk_alloc_one(s);
    if (object == 0) break;
    store<u64>(out + (count << 3), object);
  }
  // As the kernel does: either all objects, or none.
  if (count < slot2() && !dead) {
    for (let i: u32 = 0; i < count; i++) kmem_cache_free(s, load<u64>(out + (i << 3)));
    count = 0;
  }
  for (let i: u32 = 0; i < count; i++) {
    set_slot(listed_slot(list, i), load<u64>(out + (i << 3)), changetype<usize>(s));
  }
  done(Status.OK, extra_position(out), count);
}

function op_bulk_free(): void {
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

function op_destroy(): void {
  const s = cache();
  if (s == null) return;
  const last = s.refcount == 1;
  const gone = kmem_cache_destroy(s);
  if (last && gone) {
    unname_cache(name());
    done(Status.DESTROYED, s.index);
  } else if (last) {
    done(Status.BUSY, s.index, s.refcount);
  } else {
    unname_cache(name());
    done(Status.REFCOUNT, s.index, s.refcount);
  }
}

/** More slabs of a list than this are not looked at. */
const LISTED_MAX: u32 = 2001;

/** The driver follows a broken list to its death. */
function op_state(): void {
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

function op_set_offset(): void {
  const s = cache();
  if (s == null) return;
  if (s.size < 8 || arg() > s.size - 8) return done(Status.LIMIT);
  s.offset = arg();
  done(Status.OK);
}

// ----------------------------------------------------------------------------------------- kmalloc

/** Result of a kmalloc: the object and its ksize, or the order of whole pages. */
function done_kmalloc(object: u64, same: u32): void {
  if (object <= ZERO_SIZE_PTR || dead) return done(Status.OK, object, same);
  const page = page_at(virt_to_head_page(object));
  if (page == 0 || (flags_of(page) & PageFlag.SLAB) == 0) {
    return done(Status.PAGES, object, same | (page == 0 ? 0 : order_of(page) << 8));
  }
  const s = cache_at(slab_cache_of(page));
  done(Status.OK, object, same | (s == null ? 0 : slab_ksize(s) << 8));
}

/** Linear address of the cache that an object's slab belongs to; 0 where there is none. */
function owner_of(object: u64): usize {
  if (object <= ZERO_SIZE_PTR || dead) return 0;
  const page = page_at(virt_to_head_page(object));
  if (page == 0 || (flags_of(page) & PageFlag.SLAB) == 0) return 0;
  return changetype<usize>(cache_at(slab_cache_of(page)));
}

function op_kmalloc(): void {
  set_caller(Caller.KMALLOC);
  const object = kmalloc(arg(), aux() != 0);
  set_slot(slot(), object, owner_of(object));
  done_kmalloc(object, 0);
}

function op_kfree(): void {
  set_caller(Caller.KFREE);
  kfree(target());
  done(Status.OK);
}

function op_krealloc(): void {
  set_caller(Caller.KREALLOC);
  const old = target();
  const object = krealloc(old, arg());
  set_slot(slot2(), object, load<u32>(slot_at(slot2()), SlotLayout.CACHE));
  done_kmalloc(object, object == old ? 1 : 0);
}

function op_kvalidate(): void {
  const s = changetype<KmemCache | null>(owner_of(target()));
  if (s == null) return done(Status.OK, 0);
  done(Status.OK, validate_slab_cache(s), 1);
}

// ------------------------------------------------------------------------------------------ memory

/**
 * Memory that a script may write at an address, or 0. The kernel's own structures are out of reach:
 * only the allocator changes them, so that a wild script cannot break the machine it runs on.
 */
function writable(address: u64, length: u32): usize {
  const from_ram = address - ram_base;
  if (from_ram < <u64>KERNEL_PAGES << 12) return 0;
  return translate(address, length);
}

function op_write(): void {
  const length = slot2();
  const bytes = payload(length);
  if (bytes == 0) return done(Status.LIMIT);
  const at = writable(target(), length);
  if (at == 0) return done(Status.FAULT);
  copy(at, bytes, length);
  done(Status.OK);
}

function op_fill(): void {
  let address = target();
  let at = writable(address, arg());
  if (at != 0) {
    paint(at, <u8>aux(), arg());
    return done(Status.OK);
  }
  for (let i: u32 = 0; i < arg(); i++) {
    at = writable(address++, 1);
    if (at == 0) return done(Status.FAULT, i);
    store<u8>(at, <u8>aux());
  }
  done(Status.OK);
}

function op_read(): void {
  const length = arg();
  const out = take_extra(length);
  if (out == 0) return done(Status.LIMIT);
  const address = target();
  const at = translate(address, length);
  if (at != 0) {
    copy(out, at, length);
    return done(Status.OK, extra_position(out), length);
  }
  for (let i: u32 = 0; i < length; i++) {
    const byte = translate(address + i, 1);
    if (byte == 0) return done(Status.FAULT, extra_position(out), i);
    store<u8>(out + i, load<u8>(byte));
  }
  done(Status.OK, extra_position(out), length);
}

/** xor is not guarded in the kernel driver: a bad address is an oops. */
function op_xor(): void {
  const length = slot2();
  const bytes = payload(length);
  if (bytes == 0) return done(Status.LIMIT);
  let address = target();
  const owner = load<u32>(slot_at(slot()), SlotLayout.CACHE);
  if (aux() != 0 && owner != 0) address += changetype<KmemCache>(<usize>owner).offset;
  for (let i: u32 = 0; i < length && !dead; i++) {
    const at = writable(address + i, 1);
    if (at == 0) load_word(address + i);
    else store<u8>(at, load<u8>(at) ^ load<u8>(bytes + i));
  }
  done(Status.OK);
}

function op_wptr(): void {
  const at = writable(target(), 8);
  if (at == 0) return done(Status.FAULT);
  store<u64>(at, target2());
  done(Status.OK);
}

function op_rptr(): void {
  const at = translate(target(), 8);
  if (at == 0) return done(Status.FAULT);
  done(Status.OK, load<u64>(at));
}

function op_wfp(): void {
  const s = cache();
  if (s == null) return;
  const address = target() + s.offset;
  const at = writable(address, 8);
  if (at == 0) store_word(address, 0);
  else store<u64>(at, freelist_ptr(s, target2(), address));
  done(Status.OK);
}

function op_rfp(): void {
  const s = cache();
  if (s == null) return;
  if (translate(target() + s.offset, 8) == 0) return done(Status.FAULT);
  done(Status.OK, get_freepointer(s, target()));
}

// ------------------------------------------------------------------------------------------- lists

function op_list_add(to_tail: bool): void {
  const entry = target();
  if (to_tail) list_add_tail(entry, target2());
  else list_add(entry, target2());
  const out = take_extra(16);
  if (out == 0) return done(Status.LIMIT);
  store<u64>(out, next(entry));
  store<u64>(out, prev(entry), 8);
  done(Status.OK, extra_position(out), 2);
}

function op_slot(): void {
  set_slot(slot(), target2(), load<u32>(slot_at(slot2()), SlotLayout.CACHE));
  done(Status.OK, target2());
}

function op_region(): void {
  const at = payload(8);
  if (at == 0 || !map_region(load<u64>(at), <u32>offset())) return done(Status.LIMIT);
  set_slot(slot(), load<u64>(at), 0);
  done(Status.OK, load<u64>(at));
}

// ------------------------------------------------------------------------------------ the dispatch

function run_cache_op(op: u32): void {
  const s = cache();
  if (s == null) return;
  if (op == Op.VALIDATE) done(Status.OK, validate_slab_cache(s));
  else done(Status.OK, kmem_cache_shrink(s));
}

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
    case Op.KSIZE: return done(Status.OK, ksize(target()));
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
    case Op.VALIDATE:
    case Op.SHRINK: return run_cache_op(op);
    case Op.DESTROY: return op_destroy();
    case Op.CTORCALLS: done(Status.OK, ctor_calls); return reset_ctor_calls();
    case Op.LIST_INIT: INIT_LIST_HEAD(target()); return done(Status.OK);
    case Op.LIST_ADD: return op_list_add(false);
    case Op.LIST_ADD_TAIL: return op_list_add(true);
    case Op.LIST_DEL: list_del(target()); return done(Status.OK);
    case Op.SCRUB: scrub(); return done(Status.OK);
    case Op.NEXT_PFN: set_next_pfn(arg()); return done(Status.OK);
    case Op.STATE: return op_state();
    case Op.SET_OFFSET: return op_set_offset();
    case Op.CPU: set_cpu(min(arg(), config().cpus - 1)); return done(Status.OK);
    case Op.REGION: return op_region();
    default: return done(Status.LIMIT);
  }
}

/** Runs records [first, first + count). Returns how many ran: fewer where the machine died. */
export function run_program(first: u32, count: u32): u32 {
  const end = min(first + count, OP_MAX);
  for (index = first; index < end && !dead; index++) {
    record = PROGRAM + <usize>(index * OP_SIZE);
    set_current_op(index);
    forget_steps();
    rcu_barrier(); // a grace period passes between two operations
    enter(Fn.RUN_OP);
    run_op(load<u8>(record, OpField.OP));
    leave(Fn.NONE);
    if (dead) set_result(index, dead == FaultKind.HANG ? Status.HANG : Status.CRASH);
  }
  return index - first;
}
