// Operations that read and write memory by address, free pointers and lists among it.

import { SlotLayout } from "../abi/layout.ts";
import { Status } from "../abi/op.ts";
import { KERNEL_PAGES } from "../base/arena.ts";
import { copy, paint } from "../base/bytes.ts";
import { load_word, ram_base, store_word, translate } from "../base/memory.ts";
import { dead } from "../base/oops.ts";
import { list_add, list_add_tail, next, prev } from "../list/list.ts";
import { freelist_ptr, get_freepointer } from "../slab/freelist.ts";
import { KmemCache } from "../slab/types.ts";
import {
  arg, aux, cache, done, offset, payload, set_slot, slot, slot2, slot_at, target, target2,
} from "./operands.ts";
import { map_region } from "./region.ts";
import { extra_position, take_extra } from "./result.ts";

/**
 * Memory that a script may write at an address, or 0. The kernel's own structures are out of reach:
 * only the allocator changes them, so that a wild script cannot break the machine it runs on.
 */
function writable(address: u64, length: u32): usize {
  const from_ram = address - ram_base;
  if (from_ram < <u64>KERNEL_PAGES << 12) return 0;
  return translate(address, length);
}

export function op_write(): void {
  const length = slot2();
  const bytes = payload(length);
  if (bytes == 0) return done(Status.LIMIT);
  const at = writable(target(), length);
  if (at == 0) return done(Status.FAULT);
  copy(at, bytes, length);
  done(Status.OK);
}

export function op_fill(): void {
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

export function op_read(): void {
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
export function op_xor(): void {
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

export function op_wptr(): void {
  const at = writable(target(), 8);
  if (at == 0) return done(Status.FAULT);
  store<u64>(at, target2());
  done(Status.OK);
}

export function op_rptr(): void {
  const at = translate(target(), 8);
  if (at == 0) return done(Status.FAULT);
  done(Status.OK, load<u64>(at));
}

export function op_wfp(): void {
  const s = cache();
  if (s == null) return;
  const address = target() + s.offset;
  const at = writable(address, 8);
  if (at == 0) store_word(address, 0);
  else store<u64>(at, freelist_ptr(s, target2(), address));
  done(Status.OK);
}

export function op_rfp(): void {
  const s = cache();
  if (s == null) return;
  if (translate(target() + s.offset, 8) == 0) return done(Status.FAULT);
  done(Status.OK, get_freepointer(s, target()));
}

export function op_list_add(to_tail: bool): void {
  const entry = target();
  if (to_tail) list_add_tail(entry, target2());
  else list_add(entry, target2());
  const out = take_extra(16);
  if (out == 0) return done(Status.LIMIT);
  store<u64>(out, next(entry));
  store<u64>(out, prev(entry), 8);
  done(Status.OK, extra_position(out), 2);
}

export function op_slot(): void {
  set_slot(slot(), target2(), load<u32>(slot_at(slot2()), SlotLayout.CACHE));
  done(Status.OK, target2());
}

export function op_region(): void {
  const at = payload(8);
  if (at == 0 || !map_region(load<u64>(at), <u32>offset())) return done(Status.LIMIT);
  set_slot(slot(), load<u64>(at), 0);
  done(Status.OK, load<u64>(at));
}
