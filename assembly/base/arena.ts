// Where everything lies in linear memory. Nothing is allocated at run time: each area has a fixed
// place and a fixed limit, so that a case can be reset by clearing what it used.
//
//   __heap_base
//   ├ config      what the host asks for (ConfigLayout)
//   ├ windows     kernel address ranges that are backed by memory (WindowLayout)
//   ├ slots       the program's pointers (SlotLayout)
//   ├ program     operation records          ├ payload   bytes and target lists they refer to
//   ├ results     one record an operation    ├ extra     bytes that do not fit a result
//   ├ events      what the kernel would have printed
//   ├ foreign     glob, vglob, and the regions a script names, with their struct pages
//   ├ RAM         simulated physical memory, page aligned; its first pages hold the kmem_caches
//   └ mem_map     the struct pages of RAM (its place depends on how much RAM there is)

import {
  EVENT_MAX, EXTRA_MAX, OP_MAX, PAGE_SIZE, PAYLOAD_MAX, REGION_MAX, SLOT_MAX, STRUCT_PAGE_SIZE,
} from "../abi/limits.ts";
import { ConfigLayout, SlotLayout, Window, WindowLayout } from "../abi/layout.ts";
import { OP_SIZE, RESULT_SIZE } from "../abi/op.ts";

// @ts-ignore: decorator
@inline
function aligned(address: usize, align: usize): usize {
  return (address + align - 1) & ~(align - 1);
}

/** Bytes of foreign memory: every region, rounded up to pages, and a page of struct pages each. */
export const FOREIGN_SIZE: u32 = 262144;

export const CONFIG: usize = aligned(__heap_base, 64);
export const WINDOWS: usize = aligned(CONFIG + <usize>ConfigLayout.SIZE, 64);
export const WINDOW_COUNT_MAX: u32 = <u32>Window.FIRST_REGION + REGION_MAX * 2;
export const SLOTS: usize = aligned(WINDOWS + <usize>(WINDOW_COUNT_MAX * WindowLayout.SIZE), 64);
export const PROGRAM: usize = aligned(SLOTS + <usize>(SLOT_MAX * SlotLayout.SIZE), 64);
export const PAYLOAD: usize = PROGRAM + <usize>(OP_MAX * OP_SIZE);
export const RESULTS: usize = PAYLOAD + <usize>PAYLOAD_MAX;
export const EXTRA: usize = RESULTS + <usize>(OP_MAX * RESULT_SIZE);
export const EVENTS: usize = EXTRA + <usize>EXTRA_MAX;
export const FOREIGN: usize = aligned(EVENTS + <usize>EVENT_MAX, PAGE_SIZE);
export const RAM: usize = FOREIGN + <usize>FOREIGN_SIZE;

/** Makes sure that linear memory reaches beyond `ram_pages` of RAM and their struct pages. */
export function reserve_ram(ram_pages: u32): bool {
  const end = RAM + <usize>ram_pages * (PAGE_SIZE + STRUCT_PAGE_SIZE);
  const have = <usize>memory.size() << 16;
  if (end <= have) return true;
  return memory.grow(<i32>((end - have + 0xffff) >> 16)) >= 0;
}
