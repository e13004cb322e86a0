// struct slab_sheaf: a stack of pointers to free objects, in kmalloc memory (7.3).
//
//   ╒═══════════════════════╤═══════════╤═══════════╕
//   │ +0  barn_list, or     │ +16 cache │ +24 size  │
//   │     rcu_head, or the  │           │ +28 node  │
//   │     u32 capacity      │           │           │
//   ├───────────────────────┴───────────┴───────────┤
//   │ +32 objects[capacity]: objects[size - 1] goes │
//   │     out next                                  │
//   ╘═══════════════════════════════════════════════╛
//
// To its slab an object in a sheaf is in use. Nothing of it is read or written when it goes into
// or comes out of a sheaf; its free pointer counts only where sheaf and slab meet, which is here:
//
//      slab->freelist ──refill_objects()──► sheaf ──sheaf_flush_unused()──► slab->freelist
//
// A sheaf is reached by its kernel address, as everything that a program can overwrite.

import { SheafLayout } from "../abi/layout.ts";
import { BULK_MAX } from "../abi/limits.ts";
import { Fn } from "../abi/fault.ts";
import { Planted } from "../abi/planted.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { load_word, store_word } from "../base/memory.ts";
import { dead, enter, leave, page_fault } from "../base/oops.ts";
import { next } from "../list/list.ts";
import {
  freelist_of, inuse_of, objects_of, Page, set_freelist, set_frozen, set_inuse,
  slab_address,
} from "../page/struct_page.ts";
import { ask_for } from "./alloc.ts";
import { __kmem_cache_free_bulk, bulk_pointers } from "./detached.ts";
import { planted } from "./fault.ts";
import { get_freepointer } from "./freelist.ts";
import { add_partial, remove_partial } from "./partial.ts";
import { alloc_from_slab } from "./single.ts";
import { inc_slabs_node, lends_unlinked, link_objects, new_slab } from "./slab_page.ts";
import { cache_address, kmem_cache_debug, KmemCache, partial_list } from "./types.ts";
import { page_of_link } from "./walk.ts";
import { Zeroes } from "./zeroes.ts";

/** Bytes of a sheaf with room for that many pointers. */
export function sheaf_bytes(capacity: u32): u32 {
  return <u32>SheafLayout.OBJECTS + (capacity << 3);
}

/** A sheaf's size, and its node in the upper half; a program may have overwritten it. */
// @ts-ignore: decorator
@inline
export function sheaf_size(sheaf: u64): u32 {
  return <u32>load_word(sheaf + SheafLayout.SIZE);
}

export function set_sheaf_size(sheaf: u64, size: u32): void {
  store_word(sheaf + SheafLayout.SIZE, size);
}

/** Makes fresh zeroed memory a sheaf. */
export function init_sheaf(s: KmemCache, sheaf: u64, capacity: u32): void {
  store_word(sheaf + SheafLayout.CACHE, cache_address(s));
  store_word(sheaf + SheafLayout.CAPACITY, capacity);
}

/** What a prefilled sheaf has room for. */
export function prefilled_capacity(sheaf: u64): u32 {
  return <u32>load_word(sheaf + SheafLayout.CAPACITY);
}

export function set_prefilled_capacity(sheaf: u64, capacity: u32): void {
  store_word(sheaf + SheafLayout.CAPACITY, capacity);
}

// @ts-ignore: decorator
@inline
function object_at(sheaf: u64, i: u32): u64 {
  return sheaf + SheafLayout.OBJECTS + (<u64>i << 3);
}

export function sheaf_object(sheaf: u64, i: u32): u64 {
  return load_word(object_at(sheaf, i));
}

/** Puts an object on top. */
export function push_object(sheaf: u64, object: u64): void {
  const size = sheaf_size(sheaf);
  store_word(object_at(sheaf, size), object);
  set_sheaf_size(sheaf, size + 1);
}

/** Takes the object on top. */
export function pop_object(sheaf: u64): u64 {
  const size = sheaf_size(sheaf) - 1;
  if (DEBUG && clean) assert(size < BULK_MAX); // the caller has looked whether there is one
  set_sheaf_size(sheaf, size);
  return load_word(object_at(sheaf, size));
}

// ------------------------------------------------------------------------------------------ refill

// What refill_objects() is filling: how many pointers are there, and how many are wanted.
let filled: u32 = 0;
let wanted: u32 = 0;

// @ts-ignore: decorator
@inline
function fill_in(object: u64): void {
  if (DEBUG) assert(filled < BULK_MAX); // other data follows
  store<u64>(bulk_pointers + (filled << 3), object);
  filled++;
}

/**
 * Takes `count` objects out of slabs, up to BULK_MAX; their pointers go to bulk_pointers. Returns
 * how many there were: fewer when memory is used up. `zeroes`: whoever asked for an object wants
 * it zeroed, which is wrong where a new slab is to be constructed.
 */
export function refill_objects(s: KmemCache, count: u32, zeroes: u32 = Zeroes.NONE): u32 {
  const caller = enter(Fn.GET_PARTIAL_NODE);
  filled = 0;
  wanted = count;
  if (kmem_cache_debug(s)) refill_one_by_one(s);
  else if (count != 0) refill_from_partial(s);
  if (filled < wanted && !kmem_cache_debug(s) && !dead) refill_from_new_slabs(s, zeroes);
  leave(caller);
  return filled;
}

/** Objects of debug caches are checked and painted, each on its own. */
function refill_one_by_one(s: KmemCache): void {
  while (filled < wanted && !dead) {
    ask_for(s.object_size);
    const object = alloc_from_slab(s, Zeroes.NONE);
    if (object == 0) break;
    fill_in(object);
  }
}

/** Slabs that are being emptied, by their struct pages. */
const taken_slabs: usize = memory.data(4096);

/** Takes slabs off the list until their counters promise enough, and only then empties them. */
function refill_from_partial(s: KmemCache): void {
  const head = partial_list(s);
  let slabs: u32 = 0;
  let promised: u32 = 0;
  for (let link = next(head); link != head && !dead; ) {
    const page = page_of_link(link);
    if (page == 0) return page_fault(link, false);
    link = next(link);
    promised += objects_of(page) - inuse_of(page);
    if (!planted(Planted.REFILL_FROM_BAD_SLAB)) remove_partial(s, page);
    store<usize>(taken_slabs + (slabs << 2), page);
    slabs++;
    if (promised >= wanted || slabs == TAKEN_MAX) break;
  }
  for (let i: u32 = 0; i < slabs && !dead; i++) {
    const page = <Page>load<usize>(taken_slabs + (i << 2));
    // Counters that were overwritten may have promised too little: what nobody needs goes back.
    if (filled < wanted) take_freelist(s, page);
    else if (!planted(Planted.REFILL_FROM_BAD_SLAB)) add_partial(s, page, true);
  }
}

const TAKEN_MAX: u32 = 1024;

/** As many objects as the slab has free by its counter: the links are followed as they are. */
function take_freelist(s: KmemCache, page: Page): void {
  let free = objects_of(page) - inuse_of(page);
  let object = freelist_of(page);
  set_freelist(page, 0);
  set_inuse(page, objects_of(page));
  if (free == 0) return; // a repair has cleared its list: it has nothing, and is on no list then
  while (!dead) {
    fill_in(object);
    free--;
    if (filled == wanted && free == 0) return;
    object = get_freepointer(s, object);
    if (filled == wanted || free == 0) break;
  }
  if (dead || free == 0) return;
  set_freelist(page, object);
  set_inuse(page, objects_of(page) - free);
  if (!planted(Planted.REFILL_FROM_BAD_SLAB)) add_partial(s, page, true);
}

/** New slabs are made until there are enough; the youngest is emptied first. */
function refill_from_new_slabs(s: KmemCache, zeroes: u32): void {
  let slabs: u32 = 0;
  for (let missing = <i32>(wanted - filled); missing > 0 && slabs < TAKEN_MAX; slabs++) {
    const page = new_slab(s, zeroes);
    if (page == 0) break;
    store<usize>(taken_slabs + (slabs << 2), page);
    missing -= <i32>objects_of(page);
  }
  while (slabs != 0 && !dead) {
    slabs--;
    take_from_new_slab(s, <Page>load<usize>(taken_slabs + (slabs << 2)));
  }
}

function take_from_new_slab(s: KmemCache, page: Page): void {
  const objects = objects_of(page);
  const count = min(wanted - filled, objects);
  set_frozen(page, false);
  inc_slabs_node(s, objects);
  if (lends_unlinked(s)) lend_first(s, page, count);
  else take_linked(s, page, count);
  if (count != objects && !dead) add_partial(s, page, false);
}

function lend_first(s: KmemCache, page: Page, count: u32): void {
  const first = slab_address(page) + s.red_left_pad;
  for (let i: u32 = 0; i < count; i++) fill_in(first + <u64>(i * s.size));
  link_objects(s, page, count);
}

function take_linked(s: KmemCache, page: Page, count: u32): void {
  let object = freelist_of(page);
  for (let i: u32 = 0; i < count && !dead; i++) {
    fill_in(object);
    object = get_freepointer(s, object);
  }
  set_freelist(page, object);
  set_inuse(page, count);
}

/** Fills a sheaf up to `capacity`; false where memory did not suffice, and what was had stays. */
export function refill_sheaf(
  s: KmemCache,
  sheaf: u64,
  capacity: u32,
  zeroes: u32 = Zeroes.NONE,
): bool {
  const size = sheaf_size(sheaf);
  const count = min(capacity - size, BULK_MAX);
  const got = refill_objects(s, count, zeroes);
  for (let i: u32 = 0; i < got && !dead; i++) {
    store_word(object_at(sheaf, size + i), load<u64>(bulk_pointers + (i << 3)));
  }
  if (!dead) set_sheaf_size(sheaf, size + got);
  return got == count && !dead;
}

// ------------------------------------------------------------------------------------------- flush

/** Copies `count` pointers of a sheaf, from the `from`-th on, to where bulk frees take them. */
function copy_out(sheaf: u64, from: u32, count: u32): void {
  for (let i: u32 = 0; i < count && !dead; i++) {
    store<u64>(bulk_pointers + (i << 3), sheaf_object(sheaf, from + i));
  }
}

/** Gives everything in a sheaf back to the slabs, as objects of the cache that owns the sheaf. */
export function sheaf_flush_unused(s: KmemCache, sheaf: u64): void {
  const size = min(sheaf_size(sheaf), BULK_MAX);
  copy_out(sheaf, 0, size);
  const lost = planted(Planted.FLUSH_LOSES_AN_OBJECT) && size > 1 ? 1 : 0;
  if (!dead) __kmem_cache_free_bulk(s, size - lost);
  if (!dead) set_sheaf_size(sheaf, 0);
}

/** PCS_BATCH_MAX */
const BATCH: u32 = 32;

/** Gives what a CPU's main sheaf holds back in batches, from the top. */
export function sheaf_flush_main(s: KmemCache, sheaf: u64): void {
  let size = min(sheaf_size(sheaf), BULK_MAX);
  while (size != 0 && !dead) {
    const count = min(size, BATCH);
    size -= count;
    copy_out(sheaf, size, count);
    set_sheaf_size(sheaf, size);
    if (!dead) __kmem_cache_free_bulk(s, count);
  }
}
