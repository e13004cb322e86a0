// The page allocator: blocks of 2^order pages, aligned to their size. Freed blocks wait on one list
// per order and are reused last in, first out, as the kernel's per-cpu page lists do: the page that
// a cache gives back is the next one handed out. Never used memory comes next; then larger
// free blocks are split; at last free neighbours are joined.
//
// Lists, orders and uses are kept in page/block.ts; a struct page says what the kernel's would.

import { MAX_ORDER, PAGE_SHIFT, PAGE_SIZE } from "../abi/limits.ts";
import { PageFlag } from "../abi/profile.ts";
import { FIRST_FREE_PAGE, KERNEL_PAGES, RAM } from "../base/arena.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { config, init_on_alloc } from "../base/config.ts";
import { low_pages_touched, touched_bytes } from "../base/memory.ts";
import {
  block_order, forget_blocks, link_of, order_of, PageUse, set_link, set_use, use_of,
} from "./block.ts";
import { forget_live } from "./live.ts";
import {
  clear_page, flags_of, Page, page_index, page_kernel_address, page_memory, ram_page, reserve_page,
  reset_page, set_flags, set_head, touch_page,
} from "./struct_page.ts";

const free_lists: usize = memory.data(44);
const NO_PFN: u32 = 0xffffffff;

let never_used: u32 = 0;
let pages_out: u32 = 0;
let wanted_pfn: u32 = NO_PFN;

/** Requests that are going to fail (the `failnth` operation): bit 0 is the next one. */
let failing: u64 = 0;
/**
 * Requests of this order and above are refused, or have to be asked whether they fail, or are for
 * pages that are cleared first.
 */
let refused_order: u32 = MAX_ORDER;

/** Pages handed out and not yet given back. */
export function pages_in_use(): u32 {
  return pages_out;
}

/** The next block lies at this page frame, if it is free (the `nextpfn` operation). */
export function set_next_pfn(pfn: u32): void {
  wanted_pfn = pfn;
}

/** Takes that wish back; returns it. What the kernel allocates for itself lies anywhere. */
export function withdraw_next_pfn(): u32 {
  const wanted = wanted_pfn;
  wanted_pfn = NO_PFN;
  return wanted;
}

/**
 * The n-th request from here on fails, 1 being the next; 0: none does. As in the kernel's
 * should_fail_alloc_page(), a request of too high an order is refused before and does not count.
 */
export function fail_nth(n: u32): void {
  set_failing(n == 0 ? 0 : failing | (<u64>1 << (n - 1)));
}

function set_failing(requests: u64): void {
  failing = requests;
  refused_order = (requests | <u64>init_on_alloc) == 0 ? MAX_ORDER : 0;
}

/** A request that is refused, or comes while others are going to fail, or with init_on_alloc. */
function alloc_unless_refused(order: u32): Page {
  if (order >= MAX_ORDER) return 0;
  const left = failing >> 1;
  const fails = (failing & 1) != 0;
  refused_order = MAX_ORDER;
  const page = fails ? <Page>0 : alloc_pages(order);
  set_failing(left);
  if (init_on_alloc && page != 0) memory.fill(page_memory(page), 0, PAGE_SIZE << order);
  return page;
}

// @ts-ignore: decorator
@inline
function list_head(order: u32): usize {
  if (DEBUG) assert(order < MAX_ORDER); // one list an order
  return free_lists + <usize>(order << 2);
}

/** Forgets every allocation: all of RAM above the kernel's own pages is new again. */
export function reset_pages(): void {
  const touched = <u32>((touched_bytes + PAGE_SIZE - 1) >> PAGE_SHIFT);
  clear_pages(FIRST_FREE_PAGE, min(touched, config().phys_pages));
  if (low_pages_touched) reset_low_pages();
  memory.fill(free_lists, 0, MAX_ORDER * 4);
  if (DEBUG) assert(touched >= FIRST_FREE_PAGE); // low pages are cleared on their own
  never_used = FIRST_FREE_PAGE;
  pages_out = 0;
  wanted_pfn = NO_PFN;
  set_failing(0);
}

function clear_pages(first: u32, end: u32): void {
  memory.fill(RAM + (<usize>first << PAGE_SHIFT), 0, (end - first) << PAGE_SHIFT);
  forget_blocks(first, end);
  forget_live(first, end);
  for (let i = first; i < end; i++) reset_page(ram_page(i));
}

/** A wild write hit unused memory. The caller of reset makes the caches there anew. */
function reset_low_pages(): void {
  clear_pages(0, FIRST_FREE_PAGE);
  for (let i: u32 = 0; i < KERNEL_PAGES; i++) reserve_page(ram_page(i));
}

/** Makes every struct page that of an unused page; the kernel's own pages are reserved. */
export function boot_pages(): void {
  forget_blocks(0, config().phys_pages);
  forget_live(0, config().phys_pages);
  for (let i: u32 = 0; i < config().phys_pages; i++) reset_page(ram_page(i));
  for (let i: u32 = 0; i < KERNEL_PAGES; i++) reserve_page(ram_page(i));
}

function push_free(index: u32, order: u32): void {
  if (DEBUG) assert(index >= FIRST_FREE_PAGE); // low pages are the kernel's own
  if (DEBUG) assert(index + (1 << order) <= config().phys_pages); // RAM ends there
  set_use(index, PageUse.FREE, order);
  set_link(index, load<u32>(list_head(order)));
  store<u32>(list_head(order), index + 1);
}

/**
 * Takes a block off its list. Lists are short, and only a split, a join or `nextpfn` looks inside.
 */
function unlink_free(index: u32, order: u32): void {
  let previous: u32 = 0;
  let link = load<u32>(list_head(order));
  while (link - 1 != index) {
    if (DEBUG) assert(link != 0); // the block is on that list
    previous = link;
    link = link_of(link - 1);
  }
  if (previous == 0) store<u32>(list_head(order), link_of(index));
  else set_link(previous - 1, link_of(index));
}

function pop_free(order: u32): u32 {
  const link = load<u32>(list_head(order));
  if (link == 0) return 0;
  if (DEBUG) assert(use_of(link - 1) == PageUse.FREE); // the lists hold free blocks
  if (DEBUG) assert(block_order(link - 1) == order); // each those of its order
  store<u32>(list_head(order), link_of(link - 1));
  return link - 1;
}

function is_free_block(index: u32, order: u32): bool {
  return use_of(index) == PageUse.FREE && block_order(index) == order;
}

/** Whether no allocation ever had any page of a block. */
function is_unused(index: u32, order: u32): bool {
  if (index < FIRST_FREE_PAGE || index + (1 << order) > config().phys_pages) return false;
  for (let i = index; i < index + (1 << order); i++) {
    if (use_of(i) != PageUse.NONE) return false;
  }
  return true;
}

/** A block of memory that was never used, or 0. Page frames, not RAM indices, are aligned. */
function carve(order: u32): u32 {
  const base = config().phys_base_pfn;
  const align = <u32>1 << order;
  let index = never_used;
  do {
    index = ((base + index + align - 1) & ~(align - 1)) - base;
    if (index + align > config().phys_pages) return 0;
    if (is_unused(index, order)) break;
    index += align;
  } while (true);
  if (DEBUG) assert(index >= never_used); // memory is used from its beginning on
  if (DEBUG) assert(((base + index) & (align - 1)) == 0); // only `nextpfn` may ask for others
  never_used = index + align + config().gaps;
  return index;
}

function split_larger(order: u32): u32 {
  for (let larger = order + 1; larger < MAX_ORDER; larger++) {
    const index = pop_free(larger);
    if (index != 0) return keep_part(index, larger, index, order);
  }
  return 0;
}

/**
 * Halves a block that is on no list until the half that `wanted` lies in has that order; the other
 * halves are free. Returns where it begins.
 */
function keep_part(index: u32, larger: u32, wanted: u32, order: u32): u32 {
  if (DEBUG) assert(larger >= order); // a part is no larger than the block
  if (DEBUG) assert(wanted - index < <u32>1 << larger); // and lies in it
  let kept = index;
  for (let half = larger; half > order; half--) {
    const middle = kept + (1 << (half - 1));
    push_free(wanted < middle ? middle : kept, half - 1);
    if (wanted >= middle) kept = middle;
  }
  return kept;
}

/** Joins free buddies until nothing more can be joined. */
function join_buddies(): void {
  const base = config().phys_base_pfn;
  for (let order: u32 = 0; order < MAX_ORDER - 1; order++) {
    let link = load<u32>(list_head(order));
    while (link != 0) {
      const index = link - 1;
      link = link_of(index);
      const buddy = ((base + index) ^ (1 << order)) - base;
      if (buddy >= config().phys_pages || !is_free_block(buddy, order)) continue;
      if (DEBUG) assert(max(index, buddy) - min(index, buddy) == 1 << order); // they adjoin
      if (link - 1 == buddy) link = link_of(buddy);
      unlink_free(index, order);
      unlink_free(buddy, order);
      set_use(max(index, buddy), PageUse.INSIDE, 0);
      push_free(min(index, buddy), order + 1);
    }
  }
}

/** The block that `nextpfn` asked for, or 0 where it is not free. */
function take_wanted(order: u32): u32 {
  if (wanted_pfn == NO_PFN) return 0;
  const index = wanted_pfn - config().phys_base_pfn;
  wanted_pfn = NO_PFN;
  if (index >= config().phys_pages) return 0;
  return is_unused(index, order) ? index : cut_out(index, order);
}

/** Takes a block out of the free block that it lies in; 0 where it lies in none. */
function cut_out(index: u32, order: u32): u32 {
  const base = config().phys_base_pfn;
  if (((base + index) & ((1 << order) - 1)) != 0) return 0;
  for (let larger = order; larger < MAX_ORDER; larger++) {
    const head = ((base + index) & ~((1 << larger) - 1)) - base;
    if (head >= config().phys_pages || !is_free_block(head, larger)) continue;
    unlink_free(head, larger);
    return keep_part(head, larger, index, order);
  }
  return 0;
}

function find_block(order: u32): u32 {
  let index = take_wanted(order);
  if (index == 0) index = pop_free(order);
  if (index == 0) index = carve(order);
  if (index == 0) index = split_larger(order);
  return index;
}

/**
 * A block of 2^order pages, as the linear address of its head's struct page; 0 when memory is used
 * up, or where the request was to fail.
 */
export function alloc_pages(order: u32): Page {
  if (order >= refused_order) return alloc_unless_refused(order);
  let index = find_block(order);
  if (index == 0) {
    join_buddies();
    index = find_block(order);
    if (index == 0) return 0;
  }
  claim(index, order);
  return ram_page(index);
}

function claim(index: u32, order: u32): void {
  if (DEBUG) assert(index >= FIRST_FREE_PAGE); // low pages are the kernel's own
  if (DEBUG) assert(use_of(index) != PageUse.TAKEN); // no block is handed out twice
  const head = ram_page(index);
  const count = <u32>1 << order;
  for (let i: u32 = 0; i < count; i++) {
    const page = ram_page(index + i);
    reset_page(page);
    if (DEBUG) assert(use_of(index + i) != PageUse.TAKEN); // not a page of it, either
    if (i > 0) {
      set_flags(page, PageFlag.TAIL);
      set_head(page, page_kernel_address(head));
      set_use(index + i, PageUse.INSIDE, 0);
    }
  }
  if (order > 0) set_flags(head, PageFlag.HEAD);
  set_use(index, PageUse.TAKEN, order);
  if (DEBUG) assert(order_of(head) == order); // what struct pages ask is what the books say
  touch_page(index + count - 1);
  pages_out += count;
  if (DEBUG) assert(pages_out <= config().phys_pages - FIRST_FREE_PAGE); // there are no more
}

/**
 * Gives the block back that begins at a page. Where no block in use does (a program forged a
 * struct page, or gives a block back twice), nothing happens.
 */
export function free_pages(page: Page): void {
  const index = page_index(page);
  if (DEBUG && clean) assert(index < config().phys_pages); // only RAM is handed out
  if (DEBUG && clean) assert(use_of(index) == PageUse.TAKEN); // and comes back once
  if (index >= config().phys_pages || use_of(index) != PageUse.TAKEN) return;
  const order = block_order(index);
  const count = <u32>1 << order;
  if (DEBUG && clean) assert(((flags_of(page) & PageFlag.HEAD) != 0) == (order > 0)); // books agree
  if (DEBUG) assert(pages_out >= count); // what comes back was handed out
  // All zero, as the recordings of 3.10 show freed pages, not as never used ones.
  for (let i: u32 = 0; i < count; i++) clear_page(ram_page(index + i));
  push_free(index, order);
  pages_out -= count;
}

/** Zeroes every free page, so that fresh slabs have known contents (the `scrub` operation). */
export function scrub(): void {
  for (let order: u32 = 0; order < MAX_ORDER; order++) {
    let link = load<u32>(list_head(order));
    while (link != 0) {
      memory.fill(page_memory(ram_page(link - 1)), 0, PAGE_SIZE << order);
      link = link_of(link - 1);
    }
  }
}
