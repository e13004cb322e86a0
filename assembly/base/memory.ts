// Kernel addresses and what is mapped at them. The direct map of simulated RAM is the fast case;
// the vmemmap window, glob, vglob and the regions that a script names are looked up in a small
// table. Any other address is a fault.
//
//   0xffff888000000000 + 4096 pfn ─► RAM          (3.10: 0xffff880000000000)
//   0xffffea0000000000 +   64 pfn ─► mem_map
//   glob, vglob, named regions    ─► foreign memory
//   0xffffffff80000000 + phys       the kernel image: struct pages for what lies there, too

import { BlockLayout, CacheLayout, Window, WindowLayout } from "../abi/layout.ts";
import {
  CACHE_MAX, PAGE_SHIFT, PAGE_SIZE, STRUCT_PAGE_SHIFT, STRUCT_PAGE_SIZE,
} from "../abi/limits.ts";
import { Fn } from "../abi/fault.ts";
import { Profile } from "../abi/profile.ts";
import {
  FIRST_FREE_PAGE, FOREIGN, FOREIGN_SIZE, KERNEL_PAGES, RAM, WINDOW_COUNT_MAX, WINDOWS,
} from "./arena.ts";
import { DEBUG } from "./assert.ts";
import { config } from "./config.ts";
import { dead, enter, leave, page_fault } from "./oops.ts";

const DIRECT_MAP_310: u64 = 0xffff880000000000;
const DIRECT_MAP: u64 = 0xffff888000000000;
export const VMEMMAP: u64 = 0xffffea0000000000;
export const KERNEL_IMAGE: u64 = 0xffffffff80000000;

let direct_map: u64 = DIRECT_MAP;
export let ram_base: u64 = 0;
export let ram_size: u64 = 0;
export let mem_map: usize = 0;
/** Where the page allocator keeps its books (page/block.ts). */
export let blocks: usize = 0;
/** Which objects of debug caches are out (page/live.ts). */
export let live_map: usize = 0;

/** First kernel address and bytes of RAM's struct pages. */
export let mem_map_base: u64 = 0;
let mem_map_size: u64 = 0;

/** Kernel addresses of the first page that slabs may use, and of its struct page. */
export let slabs: u64 = 0;
export let slab_pages: u64 = 0;

export let window_count: u32 = 0;
let foreign_used: u32 = 0;

/** RAM, from its beginning on, that is for kmem_caches. */
export const CACHES_BYTES: u32 = CACHE_MAX * CacheLayout.SIZE;
/** RAM that the kernel keeps to itself, and RAM that holds no slab. */
const KERNEL_BYTES: u64 = <u64>KERNEL_PAGES << PAGE_SHIFT;
const LOW_BYTES: u64 = <u64>FIRST_FREE_PAGE << PAGE_SHIFT;
/** The last word of the two list heads of a kmem_cache, from the first one on. */
const LAST_HEAD: u32 = CacheLayout.CPU_SLAB - CacheLayout.PARTIAL - 8;

// What a reset has to clear: the free pages up to the highest one that may have been written, and
// the low pages and foreign memory only where something wild went there.

/** RAM between the low pages and here, and its struct pages, may have been written. */
export let touched_bytes: u64 = LOW_BYTES;
/** Words that begin in the first so many bytes of `slabs` lie in touched memory. */
let touched_words: u64 = 0;
/** Bytes of struct pages, from the one at `slab_pages` on, that belong to touched pages. */
export let touched_pages: u64 = 0;
let touched_page_words: u64 = 0;
/** Something wild may have written low pages: no kmem_cache can be believed from here on. */
export let low_pages_touched: bool = false;
/** Where stores to list heads among the kmem_caches end, and where those behind them do. */
export let caches_touched: u32 = 0;
export let heads_touched: u32 = 0;
export let foreign_touched: bool = false;

function add_window(base: u64, size: u32, linear: usize): bool {
  if (DEBUG) assert(linear >= FOREIGN); // what lies below is no memory of the machine
  if (window_count == WINDOW_COUNT_MAX) return false;
  const at = WINDOWS + <usize>(window_count * WindowLayout.SIZE);
  store<u64>(at, base, WindowLayout.BASE);
  store<u32>(at, size, WindowLayout.SIZE_BYTES);
  store<u32>(at, <u32>linear, WindowLayout.LINEAR);
  window_count++;
  return true;
}

function take_foreign(size: u32): usize {
  if (size > FOREIGN_SIZE) return 0;
  const rounded = (size + 63) & ~63;
  if (foreign_used + rounded > FOREIGN_SIZE) return 0;
  const at = FOREIGN + foreign_used;
  foreign_used += rounded;
  if (DEBUG) assert(foreign_used <= FOREIGN_SIZE); // RAM begins there
  return at;
}

/**
 * Maps `size` bytes of zeroed memory at `base`. Returns where they lie, 0 where the tables are
 * full.
 */
export function map_foreign(base: u64, size: u32): usize {
  const linear = take_foreign(size);
  return linear != 0 && add_window(base, size, linear) ? linear : 0;
}

/** Foreign memory is no longer as a reset leaves it. */
export function note_foreign(): void {
  foreign_touched = true;
}

/** Lays RAM out as the configuration says; it must have been reserved. */
export function map_memory(): void {
  const c = config();
  direct_map = c.profile == Profile.V310 ? DIRECT_MAP_310 : DIRECT_MAP;
  ram_base = direct_map + (<u64>c.phys_base_pfn << PAGE_SHIFT);
  ram_size = <u64>c.phys_pages << PAGE_SHIFT;
  mem_map = RAM + <usize>c.phys_pages * PAGE_SIZE;
  blocks = mem_map + <usize>c.phys_pages * STRUCT_PAGE_SIZE;
  live_map = blocks + <usize>c.phys_pages * BlockLayout.SIZE;
  mem_map_base = VMEMMAP + (<u64>c.phys_base_pfn << STRUCT_PAGE_SHIFT);
  mem_map_size = <u64>c.phys_pages << STRUCT_PAGE_SHIFT;
  slabs = ram_base + LOW_BYTES;
  slab_pages = mem_map_base + <u64>(FIRST_FREE_PAGE * STRUCT_PAGE_SIZE);
  foreign_touched = true;
}

/** Nothing of RAM above the low pages has been written since it was cleared. */
export function forget_touched(): void {
  touched_bytes = LOW_BYTES;
  touched_words = 0;
  touched_pages = 0;
  touched_page_words = 0;
  low_pages_touched = false;
  caches_touched = 0;
  heads_touched = 0;
}

/** Makes the windows anew that every program starts with, in the order of the Window enum. */
export function map_fixed_windows(): void {
  const c = config();
  memory.fill(FOREIGN, 0, foreign_used);
  memory.fill(WINDOWS, 0, window_count * WindowLayout.SIZE);
  window_count = 0;
  foreign_used = 0;
  add_window(ram_base, <u32>ram_size, RAM);
  add_window(mem_map_base, <u32>mem_map_size, mem_map);
  map_foreign(c.glob, c.glob_size);
  map_foreign(c.vglob, c.glob_size);
  foreign_touched = false;
}

/** Bytes of RAM may be written from here on. */
// @ts-ignore: decorator
@inline
export function note_touched(offset: u64, size: u32): void {
  if (offset < LOW_BYTES) low_pages_touched = true;
  if (offset + size > touched_bytes) raise_touched(offset + size);
}

function raise_touched(end: u64): void {
  if (DEBUG) assert(end <= ram_size); // only RAM is touched
  if (DEBUG) assert(end >= LOW_BYTES); // low pages are noted apart
  touched_bytes = end;
  const bytes = end - LOW_BYTES;
  touched_words = bytes < 8 ? 0 : bytes - 7;
  touched_pages = (bytes >> PAGE_SHIFT) << STRUCT_PAGE_SHIFT;
  touched_page_words = touched_pages == 0 ? 0 : touched_pages - 7;
}

/** All of RAM may hold anything. */
export function note_all_touched(): void {
  low_pages_touched = true;
  raise_touched(ram_size);
}

/** Struct pages of RAM may be written: a reset clears them together with their pages. */
function note_touched_pages(offset: u64, size: u32): void {
  const first = offset >> STRUCT_PAGE_SHIFT;
  const last = (offset + size - 1) >> STRUCT_PAGE_SHIFT;
  note_touched(first << PAGE_SHIFT, <u32>(last - first + 1) << PAGE_SHIFT);
}

function translate_slow(address: u64, size: u32): usize {
  for (let i: u32 = Window.MEM_MAP; i < window_count; i++) {
    const at = WINDOWS + <usize>(i * WindowLayout.SIZE);
    const offset = address - load<u64>(at, WindowLayout.BASE);
    if (offset + size <= <u64>load<u32>(at, WindowLayout.SIZE_BYTES) && offset + size >= offset) {
      if (DEBUG) assert(load<u32>(at, WindowLayout.LINEAR) >= <u32>FOREIGN); // inside an area
      if (i == Window.MEM_MAP) note_touched_pages(offset, size);
      else foreign_touched = true;
      return <usize>load<u32>(at, WindowLayout.LINEAR) + <usize>offset;
    }
  }
  return 0;
}

/**
 * Linear address of `size` mapped bytes at a kernel address, or 0 where not all of them are mapped.
 */
export function translate(address: u64, size: u32): usize {
  const offset = address - ram_base;
  if (offset < ram_size && offset + size <= ram_size) {
    if (DEBUG) assert(RAM + <usize>offset + size <= mem_map); // inside RAM
    note_touched(offset, size);
    return RAM + <usize>offset;
  }
  return translate_slow(address, size);
}

/** The kernel goes through memory from an address on, and meets the end of what is mapped there. */
export function fault_behind(address: u64, write: bool): void {
  let end = address;
  for (let i: u32 = 0; i < window_count && end == address; i++) {
    const at = WINDOWS + <usize>(i * WindowLayout.SIZE);
    const size = <u64>load<u32>(at, WindowLayout.SIZE_BYTES);
    const base = load<u64>(at, WindowLayout.BASE);
    if (address - base < size) end = base + size;
  }
  const caller = enter(write ? Fn.MEMSET : Fn.MEMCHR_INV);
  page_fault(end, write);
  leave(caller);
}

/** Kernel address of a byte of foreign memory, given where it lies in linear memory. */
export function foreign_address(linear: usize): u64 {
  for (let i: u32 = Window.GLOB; i < window_count; i++) {
    const at = WINDOWS + <usize>(i * WindowLayout.SIZE);
    const offset = <u32>linear - load<u32>(at, WindowLayout.LINEAR);
    if (offset < load<u32>(at, WindowLayout.SIZE_BYTES)) {
      return load<u64>(at, WindowLayout.BASE) + <u64>offset;
    }
  }
  return 0;
}

/** Kernel address of a byte of RAM, given where it lies in linear memory. */
// @ts-ignore: decorator
@inline
export function ram_address(linear: usize): u64 {
  if (DEBUG) assert(<u64>(linear - RAM) < ram_size); // where RAM lies
  return ram_base + <u64>(linear - RAM);
}

/** Whether an address lies neither in RAM nor in its struct pages: no slab is there. */
export function is_foreign(address: u64): bool {
  return address - ram_base >= ram_size && address - mem_map_base >= mem_map_size;
}

/** How many words of RAM begin at an address or behind it; 0 for an address outside. */
export function words_behind(address: u64): u64 {
  const offset = address - ram_base;
  return offset < ram_size - 7 ? ram_size - 7 - offset : 0;
}

/** A 64-bit load by the kernel itself; a bad address kills the machine. */
// @ts-ignore: decorator
@inline
export function load_word(address: u64): u64 {
  const offset = address - ram_base;
  if (offset < ram_size - 16) return load<u64>(RAM + <usize>offset);
  const in_pages = address - mem_map_base; // links of slab lists lie in struct pages
  if (in_pages < mem_map_size - 8 && !dead) return load<u64>(mem_map + <usize>in_pages);
  return load_word_slow(address);
}

function load_word_slow(address: u64): u64 {
  if (dead) return 0;
  const at = translate(address, 8);
  if (at != 0) return load<u64>(at);
  page_fault(address, false);
  return 0;
}

/** A 64-bit store by the kernel itself; a bad address kills the machine. */
// @ts-ignore: decorator
@inline
export function store_word(address: u64, value: u64): void {
  const offset = address - slabs;
  const in_pages = address - slab_pages;
  if (offset < touched_words) {
    store<u64>(RAM + <usize>LOW_BYTES + <usize>offset, value);
  } else if (in_pages < touched_page_words && !dead) {
    store<u64>(mem_map + <usize>(FIRST_FREE_PAGE * STRUCT_PAGE_SIZE) + <usize>in_pages, value);
  } else {
    store_word_slow(address, value);
  }
}

/** Whether a word of RAM above the low pages may have been written: it is mapped, and cleared. */
// @ts-ignore: decorator
@inline
export function is_touched_word(address: u64): bool {
  return address - slabs < touched_words;
}

/** The list heads from the end of the kmem_caches to here are written. */
export function note_heads(end: u32): void {
  if (DEBUG) assert(end <= <u32>KERNEL_BYTES); // guard pages follow
  heads_touched = max(heads_touched, end);
}

/** A word among the kernel's own structures is written. Of a kmem_cache only list heads may be. */
function note_kernel_word(offset: u32): void {
  if (offset >= CACHES_BYTES) note_heads(offset + 8);
  else if (offset % <u32>CacheLayout.SIZE - <u32>CacheLayout.PARTIAL <= LAST_HEAD) {
    caches_touched = max(caches_touched, offset + 8);
  } else low_pages_touched = true;
}

function store_word_slow(address: u64, value: u64): void {
  const offset = address - ram_base;
  if (offset < KERNEL_BYTES - 8) {
    note_kernel_word(<u32>offset);
    store<u64>(RAM + <usize>offset, value);
    return;
  }
  if (dead) return;
  const at = translate(address, 8);
  if (at == 0) {
    page_fault(address, true);
    return;
  }
  store<u64>(at, value);
}

/**
 * Physical page frame of any kernel address, by the arithmetic of virt_to_page(): nothing is
 * checked.
 */
// @ts-ignore: decorator
@inline
function virt_to_pfn(address: u64): u64 {
  const physical = address >= KERNEL_IMAGE ? address - KERNEL_IMAGE : address - direct_map;
  return physical >> PAGE_SHIFT;
}

/** Kernel address of the struct page of any kernel address, sane or not. */
// @ts-ignore: decorator
@inline
export function virt_to_page(address: u64): u64 {
  return VMEMMAP + (virt_to_pfn(address) << STRUCT_PAGE_SHIFT);
}

/** Kernel address of the memory that a struct page describes. */
// @ts-ignore: decorator
@inline
export function page_address(page: u64): u64 {
  return direct_map + (((page - VMEMMAP) >> STRUCT_PAGE_SHIFT) << PAGE_SHIFT);
}
