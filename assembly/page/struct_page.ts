// struct page, and struct slab laid over it: where SLUB keeps what it knows of a slab. The fields
// lie where the profile's kernel has them (abi/profile.ts draws both layouts), because an oops
// names addresses inside a struct page and a wild pointer may write into one.
//
// A struct page is named by its kernel address everywhere outside this file; `Page` is its linear
// address, for the functions that look at several fields.

import {
  MAX_OBJS_PER_PAGE, PAGE_SHIFT, PAGE_SIZE, STRUCT_PAGE_SHIFT, STRUCT_PAGE_SIZE,
} from "../abi/limits.ts";
import {
  FROZEN_BIT, Page6, Page310, Page612, PageFlag, Profile,
} from "../abi/profile.ts";
import { FIRST_FREE_PAGE, FOREIGN, KERNEL_PAGES, RAM } from "../base/arena.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { config } from "../base/config.ts";
import {
  foreign_address, mem_map, mem_map_base, note_touched, page_address, ram_base, ram_size,
  slab_pages, touched_pages, translate, virt_to_page,
} from "../base/memory.ts";
import { page_fault } from "../base/oops.ts";

/** Linear address of a struct page; 0 where none is mapped. */
export type Page = usize;

let at_freelist: usize = 0;
let at_counters: usize = 0;
let at_slab_cache: usize = 0;
let at_head: usize = 0;

/** Offset of the list_head (3.10: lru; 6.x: slab_list) in a struct page. */
export let PAGE_LIST: u64 = 0;
/** Offset of what tells a slab from other pages. */
export let PAGE_KIND: u64 = 0;
/** Offset of the first field that the kernel reads when it looks for a page's head. */
let first_read: u64 = 0;
/** What the counters word of a page that is no slab holds: 3.10 keeps _mapcount = -1 there. */
let idle_counters: u32 = 0;

export function use_page_layout(profile: Profile): void {
  if (DEBUG) assert(profile <= Profile.V73); // boot() refuses others
  const old = profile == Profile.V310;
  at_freelist = old ? Page310.FREELIST : Page6.FREELIST;
  at_counters = old ? Page310.COUNTERS : Page6.COUNTERS;
  at_slab_cache = old ? Page310.SLAB_CACHE : Page6.SLAB_CACHE;
  at_head = old ? Page310.HEAD : Page6.HEAD;
  PAGE_LIST = old ? Page310.LIST : Page6.LIST;
  PAGE_KIND = old ? Page310.FLAGS : Page6.FLAGS;
  first_read = old ? Page310.FLAGS : Page6.HEAD;
  idle_counters = old ? 0xffffffff : 0;
  if (old || profile == Profile.V61) return;
  at_slab_cache = Page612.SLAB_CACHE;
  PAGE_LIST = Page612.LIST;
  PAGE_KIND = Page612.KIND;
}

/** Zeroes a struct page. */
// @ts-ignore: decorator
@inline
export function clear_page(page: Page): void {
  if (DEBUG) assert(page >= FOREIGN); // what lies below describes no memory
  if (DEBUG) assert((page & (STRUCT_PAGE_SIZE - 1)) == 0); // struct pages lie side by side
  const zeroes = i64x2.splat(0);
  v128.store(page, zeroes);
  v128.store(page, zeroes, 16);
  v128.store(page, zeroes, 32);
  v128.store(page, zeroes, 48);
}

/** Makes a struct page that of unused memory. */
export function reset_page(page: Page): void {
  clear_page(page);
  store<u32>(page + at_counters, idle_counters);
}

/** Makes a struct page that of memory which the page allocator never had: the kernel image, say. */
export function reserve_page(page: Page): void {
  reset_page(page);
  set_flags(page, PageFlag.RESERVED);
}

// @ts-ignore: decorator
@inline
export function flags_of(page: Page): u32 {
  return load<u32>(page);
}

// @ts-ignore: decorator
@inline
export function set_flags(page: Page, flags: u32): void {
  store<u32>(page, flags);
}

// @ts-ignore: decorator
@inline
export function freelist_of(page: Page): u64 {
  return load<u64>(page + at_freelist);
}

// @ts-ignore: decorator
@inline
export function set_freelist(page: Page, freelist: u64): void {
  store<u64>(page + at_freelist, freelist);
}

// @ts-ignore: decorator
@inline
export function inuse_of(page: Page): u32 {
  return load<u16>(page + at_counters);
}

/** inuse is 16 bits wide in the kernel, too: it wraps. */
// @ts-ignore: decorator
@inline
export function set_inuse(page: Page, inuse: u32): void {
  if (DEBUG && clean) assert(inuse <= objects_of(page)); // it wraps only where too much is freed
  store<u16>(page + at_counters, <u16>inuse);
}

// @ts-ignore: decorator
@inline
export function objects_of(page: Page): u32 {
  return load<u16>(page + at_counters, 2) & ~FROZEN_BIT & 0xffff;
}

export function set_objects(page: Page, objects: u32): void {
  if (DEBUG && clean) assert(objects <= MAX_OBJS_PER_PAGE); // more do not fit the field
  const frozen = load<u16>(page + at_counters, 2) & FROZEN_BIT;
  store<u16>(page + at_counters, <u16>(frozen | (objects & 0x7fff)), 2);
}

// @ts-ignore: decorator
@inline
export function is_frozen(page: Page): bool {
  return (load<u16>(page + at_counters, 2) & FROZEN_BIT) != 0;
}

export function set_frozen(page: Page, frozen: bool): void {
  const objects = load<u16>(page + at_counters, 2) & 0x7fff;
  store<u16>(page + at_counters, <u16>(frozen ? objects | FROZEN_BIT : objects), 2);
}

/** Kernel address of the kmem_cache that owns the slab. */
// @ts-ignore: decorator
@inline
export function slab_cache_of(page: Page): u64 {
  return load<u64>(page + at_slab_cache);
}

export function set_slab_cache(page: Page, cache: u64): void {
  if (DEBUG) assert(cache - ram_base < <u64>KERNEL_PAGES << PAGE_SHIFT); // where caches lie
  store<u64>(page + at_slab_cache, cache);
}

export function set_head(page: Page, head: u64): void {
  store<u64>(page + at_head, head);
}

// The links of a cpu partial list share the list_head: the next slab at +0 of it, and the figures
// that put_cpu_partial() keeps at +8 (6.x: slabs) and, on 3.10, pages at +8 and pobjects at +12.

// @ts-ignore: decorator
@inline
export function next_of(page: Page): u64 {
  return load<u64>(page + <usize>PAGE_LIST);
}

export function set_next(page: Page, next: u64): void {
  store<u64>(page + <usize>PAGE_LIST, next);
}

export function partial_slabs_of(page: Page): u32 {
  return load<u32>(page + <usize>PAGE_LIST, 8);
}

export function set_partial_slabs(page: Page, slabs: u32): void {
  store<u32>(page + <usize>PAGE_LIST, slabs, 8);
}

export function partial_objects_of(page: Page): u32 {
  return load<u32>(page + <usize>PAGE_LIST, 12);
}

export function set_partial_objects(page: Page, objects: u32): void {
  store<u32>(page + <usize>PAGE_LIST, objects, 12);
}

/** Linear address of a struct page, or 0 where its kernel address maps to nothing. */
// @ts-ignore: decorator
@inline
export function page_at(page: u64): Page {
  const offset = page - slab_pages;
  if (offset < touched_pages && offset + 64 <= touched_pages) {
    if (DEBUG) assert(<u64>FIRST_FREE_PAGE * 64 + offset < ram_size >> 6); // inside mem_map
    return ram_page(FIRST_FREE_PAGE) + <usize>offset;
  }
  return translate(page, 64);
}

/** The struct page of a page frame of RAM, by its index in RAM. */
// @ts-ignore: decorator
@inline
export function ram_page(index: u32): Page {
  if (DEBUG) assert(index < config().phys_pages); // mem_map ends there
  return mem_map + (<usize>index << STRUCT_PAGE_SHIFT);
}

/** The index in RAM of a struct page; beyond all of RAM for one of foreign memory. */
// @ts-ignore: decorator
@inline
export function page_index(page: Page): u32 {
  return <u32>((page - mem_map) >> STRUCT_PAGE_SHIFT);
}

/** Kernel address of a struct page. */
// @ts-ignore: decorator
@inline
export function page_kernel_address(page: Page): u64 {
  if (page < mem_map) return foreign_address(page);
  return mem_map_base + <u64>(page - mem_map);
}

/**
 * The head page of the block that an address lies in, as virt_to_head_page() finds it: by
 * arithmetic, reading the struct page without asking whether there is one. Kernel address; 0 once
 * that has faulted.
 */
export function virt_to_head_page(address: u64): u64 {
  const offset = address - ram_base;
  if (offset < ram_size) {
    const page = mem_map + (<usize>(offset >> PAGE_SHIFT) << STRUCT_PAGE_SHIFT);
    if ((flags_of(page) & PageFlag.TAIL) != 0) return load<u64>(page + at_head);
    return page_kernel_address(page);
  }
  return foreign_head_page(address);
}

function foreign_head_page(address: u64): u64 {
  const page = virt_to_page(address);
  const at = translate(page, 64);
  if (at == 0) {
    page_fault(page + first_read, false);
    return 0;
  }
  return (flags_of(at) & PageFlag.TAIL) != 0 ? load<u64>(at + at_head) : page;
}

/** The struct page of RAM at a kernel address that is known to be one. */
// @ts-ignore: decorator
@inline
export function known_page(page: u64): Page {
  return mem_map + <usize>(page - mem_map_base);
}

/** The struct page of the block that a byte of RAM lies in; struct pages must be in order. */
// @ts-ignore: decorator
@inline
export function known_head(offset: u64): Page {
  const page = mem_map + (<usize>(offset >> PAGE_SHIFT) << STRUCT_PAGE_SHIFT);
  if ((flags_of(page) & PageFlag.TAIL) == 0) return page;
  return known_page(load<u64>(page + at_head));
}

/** Linear address of the memory that a RAM page describes. */
// @ts-ignore: decorator
@inline
export function page_memory(page: Page): usize {
  return RAM + (<usize>((page - mem_map) >> STRUCT_PAGE_SHIFT) << PAGE_SHIFT);
}

/** Kernel address of the memory that a struct page, given by its linear address, describes. */
// @ts-ignore: decorator
@inline
export function slab_address(page: Page): u64 {
  if (page < mem_map) return page_address(foreign_address(page));
  return ram_base + (<u64>((page - mem_map) >> STRUCT_PAGE_SHIFT) << PAGE_SHIFT);
}

/** Marks a page as possibly written, so that a reset clears it. */
export function touch_page(index: u32): void {
  if (DEBUG) assert(index < config().phys_pages); // a reset clears no more
  note_touched(<u64>index << PAGE_SHIFT, PAGE_SIZE);
}

/** Bytes of a block of that order. */
// @ts-ignore: decorator
@inline
export function block_size(order: u32): u32 {
  return PAGE_SIZE << order;
}
