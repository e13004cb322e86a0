// Operations on kmalloc memory.

import { Caller } from "../abi/caller.ts";
import { SlotLayout } from "../abi/layout.ts";
import { Status } from "../abi/op.ts";
import { PageFlag } from "../abi/profile.ts";
import { dead } from "../base/oops.ts";
import { order_of } from "../page/block.ts";
import { flags_of, page_at, slab_cache_of, virt_to_head_page } from "../page/struct_page.ts";
import { validate_slab_cache } from "../slab/destroy.ts";
import { kfree, kmalloc, krealloc, ksize, slab_ksize, ZERO_SIZE_PTR } from "../slab/kmalloc.ts";
import { set_caller } from "../slab/track.ts";
import { cache_at, KmemCache } from "../slab/types.ts";
import {
  arg, aux, done, owner_of, say_where, set_slot, slot, slot2, slot_at, target,
} from "./operands.ts";

/** Result of a kmalloc: the object and its ksize, or the order of whole pages. */
export function done_kmalloc(object: u64, same: u32): void {
  if (object <= ZERO_SIZE_PTR || dead) return done(Status.OK, object, same);
  const page = page_at(virt_to_head_page(object));
  if (page == 0 || (flags_of(page) & PageFlag.SLAB) == 0) {
    return done(Status.PAGES, object, same | (page == 0 ? 0 : order_of(page) << 8));
  }
  const s = cache_at(slab_cache_of(page));
  done(Status.OK, object, same | (s == null ? 0 : slab_ksize(s) << 8));
}

export function op_kmalloc(): void {
  set_caller(Caller.KMALLOC);
  const object = kmalloc(arg(), aux() != 0);
  say_where(object);
  set_slot(slot(), object, owner_of(object));
  done_kmalloc(object, 0);
}

export function op_kfree(): void {
  set_caller(Caller.KFREE);
  kfree(target());
  done(Status.OK);
}

export function op_krealloc(): void {
  set_caller(Caller.KREALLOC);
  const old = target();
  const object = krealloc(old, arg());
  say_where(object);
  set_slot(slot2(), object, load<u32>(slot_at(slot2()), SlotLayout.CACHE));
  done_kmalloc(object, object == old ? 1 : 0);
}

export function op_kvalidate(): void {
  const s = changetype<KmemCache | null>(owner_of(target()));
  if (s == null) return done(Status.OK, 0);
  done(Status.OK, validate_slab_cache(s), 1);
}

export function op_ksize(): void {
  done(Status.OK, ksize(target()));
}
