// What the page allocator knows of each page of RAM. The kernel keeps it in struct page; here it
// lies where nothing that a program writes gets to, because the page allocator is not under test: a
// slab whose struct page is overwritten must not make it hand out memory twice, or for ever.
//
//   ╒═══════════════════════╤═════════╤═════════╤═══════════╕
//   │ +0 link               │ +4 order│ +5 use  │ +6        │
//   ╘═══════════════════════╧═════════╧═════════╧═══════════╛

import { BlockLayout } from "../abi/layout.ts";
import { MAX_ORDER } from "../abi/limits.ts";
import { DEBUG } from "../base/assert.ts";
import { config } from "../base/config.ts";
import { blocks } from "../base/memory.ts";
import { Page, page_index } from "./struct_page.ts";

export const enum PageUse {
  /** Never handed out since the reset. */
  NONE = 0,
  /** First page of a block that is handed out. */
  TAKEN = 1,
  /** First page of a block that waits on a free list. */
  FREE = 2,
  /** Any other page of either. */
  INSIDE = 3,
}

// @ts-ignore: decorator
@inline
function block(index: u32): usize {
  if (DEBUG) assert(index < config().phys_pages); // of RAM only there are books
  return blocks + <usize>(index * BlockLayout.SIZE);
}

export function link_of(index: u32): u32 {
  return load<u32>(block(index), BlockLayout.LINK);
}

export function set_link(index: u32, link: u32): void {
  if (DEBUG) assert(link <= config().phys_pages); // an index plus 1
  store<u32>(block(index), link, BlockLayout.LINK);
}

export function use_of(index: u32): u32 {
  return load<u8>(block(index), BlockLayout.USE);
}

export function set_use(index: u32, use: PageUse, order: u32): void {
  if (DEBUG) assert(order < MAX_ORDER); // there is a list for it
  if (DEBUG) assert(use == PageUse.INSIDE || index + (1 << order) <= config().phys_pages); // ends
  store<u8>(block(index), <u8>order, BlockLayout.ORDER);
  store<u8>(block(index), <u8>use, BlockLayout.USE);
}

export function block_order(index: u32): u32 {
  return load<u8>(block(index), BlockLayout.ORDER);
}

/** log2 of the pages of the block that begins at a page; 0 for a page that is not of RAM. */
export function order_of(page: Page): u32 {
  const index = page_index(page);
  return index < config().phys_pages ? block_order(index) : 0;
}

/** Forgets the use of the pages from `first` to `end`, exclusive. */
export function forget_blocks(first: u32, end: u32): void {
  if (DEBUG) assert(first <= end); // what was touched begins above the low pages
  if (DEBUG) assert(end <= config().phys_pages); // books end with RAM
  memory.fill(block(first), 0, <usize>((end - first) * BlockLayout.SIZE));
}
