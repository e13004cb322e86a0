// kmalloc: thirteen caches by size, whole pages beyond 8 KiB.

import { Caller } from "../abi/caller.ts";
import { EventKind, Line, Warning } from "../abi/event.ts";
import { FaultKind, Fn } from "../abi/fault.ts";
import { Letter } from "../abi/flags.ts";
import { KMALLOC_MAX_CACHE_SIZE, PAGE_SIZE } from "../abi/limits.ts";
import { SLUB_RED_ACTIVE } from "../abi/poison.ts";
import { PageFlag } from "../abi/profile.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { paint } from "../base/bytes.ts";
import { init_on_alloc } from "../base/config.ts";
import { begin_event, begin_global_event, put_addresses } from "../base/event.ts";
import { translate } from "../base/memory.ts";
import { dead, die, enter, leave, page_fault } from "../base/oops.ts";
import { order_of } from "../page/block.ts";
import { alloc_pages, free_pages, set_next_pfn, withdraw_next_pfn } from "../page/buddy.ts";
import {
  flags_of, PAGE_KIND, page_at, page_memory, slab_address, slab_cache_of, virt_to_head_page,
} from "../page/struct_page.ts";
import { slab_alloc, slab_free } from "./fast_path.ts";
import { virt_to_slab } from "./free.ts";
import { get_order } from "./geometry.ts";
import { kmalloc_slab } from "./kmalloc_sizes.ts";
import { lane_kfree } from "./lane.ts";
import { get_orig_size, set_orig_size } from "./orig_size.ts";
import { free_object } from "./pcs.ts";
import { note_kfree, note_sized, pristine } from "./pristine.ts";
import {
  corrects_wrong_cache, has_sheaves, kmalloc_slack_is_red_zone, krealloc_notes_size, sizes_null,
} from "./profile.ts";
import { set_caller } from "./track.ts";
import { cache_at, has, KmemCache, name_of, set_name, slub_debug_orig_size } from "./types.ts";
import { as_asked } from "./zeroes.ts";
import { clear_spare, zeroes_of } from "./zeroing.ts";

export const ZERO_SIZE_PTR: u64 = 16;

/** 3.10 copies the name of a new cache, `length` characters, into kmalloc memory. */
export function copy_name(s: KmemCache, length: u32): void {
  const wanted = withdraw_next_pfn();
  set_caller(Caller.CACHE_CREATE);
  set_name(s, kmalloc_in(Fn.KMALLOC_TRACK_CALLER, length + 1, false));
  set_next_pfn(wanted);
}

/** The copy goes with the cache. */
export function free_name(s: KmemCache): void {
  set_caller(Caller.CACHE_DESTROY);
  kfree(name_of(s));
  set_name(s, 0);
}

/** A pointer, ZERO_SIZE_PTR, or 0 when memory is used up. */
export function kmalloc(size: u32, zeroed: bool): u64 {
  return kmalloc_in(Fn.KMALLOC, size, zeroed);
}

/** kmalloc, as the kernel function `fn`. */
function kmalloc_in(fn: Fn, size: u32, zeroed: bool): u64 {
  let zeroes = as_asked(zeroed);
  // Rare cases, one branch.
  if (u32(size > KMALLOC_MAX_CACHE_SIZE) | u32(init_on_alloc)) {
    if (size > KMALLOC_MAX_CACHE_SIZE) return kmalloc_large(size, zeroed);
    zeroes = zeroes_of(kmalloc_slab(size), zeroed);
  }
  if (size == 0) return ZERO_SIZE_PTR;
  const caller = enter(fn);
  if (DEBUG && clean) assert(kmalloc_slab(size).object_size >= size); // the class fits the request
  const object = slab_alloc(kmalloc_slab(size), size, zeroes);
  leave(caller);
  return object;
}

function kmalloc_large(size: u32, zeroed: bool): u64 {
  if (DEBUG) assert(size > KMALLOC_MAX_CACHE_SIZE); // a cache serves the others
  const page = alloc_pages(get_order(size));
  if (page == 0) return 0;
  if (zeroed) memory.fill(page_memory(page), 0, PAGE_SIZE << order_of(page));
  return slab_address(page);
}

export function kfree(object: u64): void {
  if (object <= ZERO_SIZE_PTR) return;
  if (pristine) {
    if (lane_kfree(object)) return;
    note_kfree(object);
  }
  const caller = enter(Fn.KFREE);
  const head = virt_to_head_page(object);
  if (!dead) free_by_page(head, object);
  leave(caller);
}

function free_by_page(head: u64, object: u64): void {
  const page = page_at(head);
  if (page == 0) return page_fault(head, false);
  if ((flags_of(page) & PageFlag.SLAB) == 0) return free_large_kmalloc(head, object);
  const s = cache_at(slab_cache_of(page));
  if (s == null) return page_fault(slab_cache_of(page), false);
  if (has_sheaves) free_object(s, head, object);
  else slab_free(s, head, object, object, 1);
}

function free_large_kmalloc(head: u64, object: u64): void {
  const page = page_at(head);
  if (DEBUG && clean) assert(page_memory(page) == translate(object, 1)); // it frees what it got
  const compound = (flags_of(page) & PageFlag.HEAD) != 0;
  if (!compound) {
    if (!corrects_wrong_cache) return die(FaultKind.BUG_KFREE, object);
    begin_event(EventKind.WARN, Warning.FREE_LARGE_ORDER0, 0);
    put_addresses(object);
    begin_global_event(EventKind.LINE, Line.OBJECT_POINTER);
    put_addresses(object);
  }
  free_pages(page);
}

/** Bytes of a slab object that its owner may use. */
export function slab_ksize(s: KmemCache): u32 {
  if (has(s, Letter.Z | Letter.P)) return s.object_size;
  if (has(s, Letter.R | Letter.U)) return s.inuse;
  return s.size;
}

export function ksize(object: u64): u32 {
  if (object == ZERO_SIZE_PTR || (object < ZERO_SIZE_PTR && !sizes_null)) return 0;
  const caller = enter(Fn.KSIZE);
  const head = virt_to_head_page(object);
  leave(caller);
  if (dead) return 0;
  const page = page_at(head);
  if (page == 0) {
    page_fault(head + PAGE_KIND, false);
    return 0;
  }
  if ((flags_of(page) & PageFlag.SLAB) == 0) return PAGE_SIZE << order_of(page);
  const s = cache_at(slab_cache_of(page));
  if (s == null) return 0;
  // The caller of ksize may use all of it: the whole object counts as requested from here on.
  if (kmalloc_slack_is_red_zone) {
    note_sized(object);
    set_orig_size(s, object, s.object_size);
  }
  return slab_ksize(s);
}

/** The old pointer where the object is large enough, else a new one with the old contents. */
export function krealloc(object: u64, size: u32): u64 {
  // Rare cases, one branch.
  if (u32(size == 0) | u32(krealloc_notes_size) | u32(init_on_alloc)) {
    if (size != 0) return krealloc_rarely(object, size);
    set_caller(Caller.KREALLOC_ZERO);
    kfree(object);
    return ZERO_SIZE_PTR;
  }
  const old_size: u32 = object == 0 ? 0 : ksize(object);
  if (dead || old_size >= size) return object;
  return move_object(object, size, old_size);
}

/** As 7.3 does it, or with init_on_alloc. */
function krealloc_rarely(object: u64, size: u32): u64 {
  if (krealloc_notes_size) return krealloc_73(object, size);
  const old_size: u32 = object == 0 ? 0 : ksize(object);
  if (dead) return object;
  if (old_size < size) return move_object(object, size, old_size);
  clear_spare(object, size, old_size);
  return object;
}

/** A new object of that size, with the first `copied` bytes of the old one, which is freed. */
// @ts-ignore: decorator
@inline
function move_object(object: u64, size: u32, copied: u32): u64 {
  const fresh = kmalloc_in(Fn.KMALLOC_TRACK_CALLER, size, false);
  if (fresh == 0 || object <= ZERO_SIZE_PTR) return fresh;
  const from = translate(object, copied);
  const to = translate(fresh, copied);
  if (DEBUG && clean) assert(from != 0 && to != 0); // both are objects
  if (DEBUG && clean) assert(copied < size); // the new one is larger
  if (from != 0 && to != 0) memory.copy(to, from, copied);
  set_caller(Caller.KREALLOC_MOVED);
  kfree(object);
  return fresh;
}

/**
 * 7.3's krealloc() does not ask ksize(), which would switch the red zone of the slack off, and
 * copies no more than was asked for.
 */
function krealloc_73(object: u64, size: u32): u64 {
  let s: KmemCache | null = null;
  if (object != 0) s = cache_of(object);
  let room: u32 = 0;
  if (s != null) room = s.object_size;
  else if (object != 0) room = ksize(object);
  if (dead) return object;
  if (room >= size) {
    if (init_on_alloc) clear_spare_73(s, object, size, room);
    if (s != null && slub_debug_orig_size(s)) note_new_size(s, object, size);
    return object;
  }
  return move_object(object, size, s == null ? room : min(get_orig_size(s, object), room));
}

/** Up to the new size where that is larger than the one that was noted, else behind it. */
function clear_spare_73(s: KmemCache | null, object: u64, size: u32, room: u32): void {
  const noted = s == null ? room : get_orig_size(s, object);
  if (noted != 0 && noted < size) clear_spare(object, noted, size);
  else clear_spare(object, size, room);
}

/** The cache of an object; null for whole pages, and where there is none. */
function cache_of(object: u64): KmemCache | null {
  const slab = virt_to_slab(object);
  return slab == 0 || dead ? null : cache_at(slab_cache_of(page_at(slab)));
}

/** The object stays, and is of another size from now on. */
function note_new_size(s: KmemCache, object: u64, size: u32): void {
  note_sized(object);
  set_orig_size(s, object, size);
  if (!has(s, Letter.Z)) return;
  const at = translate(object + size, s.object_size - size);
  if (at != 0) paint(at, SLUB_RED_ACTIVE, s.object_size - size);
}
