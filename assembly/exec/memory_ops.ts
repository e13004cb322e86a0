// Operations that read and write memory by address, free pointers and lists among it.

import { SlotLayout } from "../abi/layout.ts";
import { Status } from "../abi/op.ts";
import { copy, paint } from "../base/bytes.ts";
import { load_word } from "../base/memory.ts";
import { dead } from "../base/oops.ts";
import { next, prev } from "../list/list.ts";
import { freelist_ptr, get_freepointer } from "../slab/freelist.ts";
import { KmemCache } from "../slab/types.ts";
import { add_to_list, readable, store_anywhere, writable, writable_link } from "./door.ts";
import {
  arg, aux, cache, done, offset, owner, payload, set_slot, slot, slot2, slot_at, target, target2,
} from "./operands.ts";
import { map_region } from "./region.ts";
import { extra_position, take_extra } from "./result.ts";

export function op_write(): void {
  const length = slot2();
  const bytes = payload(length);
  if (bytes == 0) return done(Status.LIMIT);
  const at = writable(owner(), target(), length);
  if (at == 0) return done(Status.FAULT);
  copy(at, bytes, length);
  done(Status.OK);
}

export function op_fill(): void {
  let address = target();
  let at = writable(owner(), address, arg());
  if (at != 0) {
    paint(at, <u8>aux(), arg());
    return done(Status.OK);
  }
  for (let i: u32 = 0; i < arg(); i++) {
    at = writable(owner(), address++, 1);
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
  const at = readable(address, length);
  if (at != 0) {
    copy(out, at, length);
    return done(Status.OK, extra_position(out), length);
  }
  for (let i: u32 = 0; i < length; i++) {
    const byte = readable(address + i, 1);
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
  const s = load<u32>(slot_at(slot()), SlotLayout.CACHE);
  if (aux() != 0 && s != 0) address += changetype<KmemCache>(<usize>s).offset;
  for (let i: u32 = 0; i < length && !dead; i++) {
    const at = writable(owner(), address + i, 1);
    if (at == 0) load_word(address + i);
    else store<u8>(at, load<u8>(at) ^ load<u8>(bytes + i));
  }
  done(Status.OK);
}

export function op_wptr(): void {
  const at = writable(owner(), target(), 8);
  if (at == 0) return done(Status.FAULT);
  store<u64>(at, target2());
  done(Status.OK);
}

export function op_rptr(): void {
  const at = readable(target(), 8);
  if (at == 0) return done(Status.FAULT);
  done(Status.OK, load<u64>(at));
}

export function op_wfp(): void {
  const s = cache();
  if (s == null) return;
  const address = target() + s.offset;
  const at = writable_link(owner(), address);
  if (at == 0) store_anywhere(address, 0);
  else store<u64>(at, freelist_ptr(s, target2(), address));
  done(Status.OK);
}

export function op_rfp(): void {
  const s = cache();
  if (s == null) return;
  if (readable(target() + s.offset, 8) == 0) return done(Status.FAULT);
  done(Status.OK, get_freepointer(s, target()));
}

export function op_list_add(to_tail: bool): void {
  const entry = target();
  add_to_list(entry, target2(), to_tail);
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
