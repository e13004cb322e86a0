// Where everything lies in linear memory. Nothing is allocated at run time: each area has a fixed
// place and a fixed limit, so that a case can be reset by clearing what it used. The places are
// literals, not counted from __heap_base: the compiler knows the address of every field then.
//
//   0           static data of the core
//   ARENA
//   ├ config      what the host asks for (ConfigLayout)
//   ├ windows     kernel address ranges that are backed by memory (WindowLayout)
//   ├ slots       the program's pointers (SlotLayout)
//   ├ program     operation records          ├ payload   bytes and target lists they refer to
//   ├ results     one record an operation    ├ extra     bytes that do not fit a result
//   ├ events      what the kernel would have printed
//   ├ foreign     glob, vglob, and the regions a script names, with their struct pages
//   ├ RAM         simulated physical memory, page aligned; its first pages hold the kmem_caches
//   ├ mem_map     the struct pages of RAM (its place depends on how much RAM there is)
//   ├ blocks      what the page allocator knows of each page, beyond the reach of any program
//   └ live_map    a bit for each word of RAM: an object of a debug cache is out (page/live.ts)

import {
  EVENT_MAX, EXTRA_MAX, LIVE_BYTES, OP_MAX, PAGE_SIZE, PAYLOAD_MAX, REGION_MAX, SLOT_MAX,
  STRUCT_PAGE_SIZE,
} from "../abi/limits.ts";
import { BlockLayout, ConfigLayout, SlotLayout, Window, WindowLayout } from "../abi/layout.ts";
import { OP_SIZE, RESULT_SIZE } from "../abi/op.ts";

/** Bytes of foreign memory: every region, rounded up to pages, and a page of struct pages each. */
export const FOREIGN_SIZE: u32 = 262144;

/** The static data must end below (boot() looks). */
export const ARENA: usize = 65536;

export const CONFIG: usize = ARENA;
export const WINDOWS: usize = (CONFIG + <usize>ConfigLayout.SIZE + 63) & ~63;
export const WINDOW_COUNT_MAX: u32 = <u32>Window.FIRST_REGION + REGION_MAX * 2;
export const SLOTS: usize = (WINDOWS + <usize>(WINDOW_COUNT_MAX * WindowLayout.SIZE) + 63) & ~63;
export const PROGRAM: usize = SLOTS + <usize>(SLOT_MAX * SlotLayout.SIZE);
export const PAYLOAD: usize = PROGRAM + <usize>(OP_MAX * OP_SIZE);
export const RESULTS: usize = PAYLOAD + <usize>PAYLOAD_MAX;
export const EXTRA: usize = RESULTS + <usize>(OP_MAX * RESULT_SIZE);
export const EVENTS: usize = EXTRA + <usize>EXTRA_MAX;
export const FOREIGN: usize = (EVENTS + <usize>EVENT_MAX + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
export const RAM: usize = FOREIGN + <usize>FOREIGN_SIZE;

/** Pages at the start of RAM that hold the kmem_caches and other kernel structures. */
export const KERNEL_PAGES: u32 = 16;
/** Unused pages behind them: a script's overflow must not reach the kernel's own structures. */
const GUARD_PAGES: u32 = 16;
/** Everything above them is for slabs and whole pages. */
export const FIRST_FREE_PAGE: u32 = KERNEL_PAGES + GUARD_PAGES;

/** Makes sure that linear memory has room for `ram_pages` of RAM and what is known of each. */
export function reserve_ram(ram_pages: u32): bool {
  const of_each = PAGE_SIZE + STRUCT_PAGE_SIZE + <u32>BlockLayout.SIZE + LIVE_BYTES;
  const end = RAM + <usize>(ram_pages * of_each);
  const have = <usize>memory.size() << 16;
  if (end <= have) return true;
  return memory.grow(<i32>((end - have + 0xffff) >> 16)) >= 0;
}
