// Whole pages of memory, and a table that says which ones are taken. The kind of heap that Zig's
// WasmPageAllocator is.
import { REQUEST_MAX, roundedUp } from "./memory.ts";

const PAGE: usize = 0x10000;
const PAGES: usize = 0x10000;
/** A byte for each page: whether it is taken. */
const TAKEN: usize = memory.data(0x10000);
/** The first page that is not the module's own. */
const FIRST: usize = (__heap_base + 0xffff) >> 16;

function pagesFor(size: usize): usize {
  return max<usize>((size + PAGE - 1) >> 16, 1);
}

function setTaken(page: usize, count: usize, taken: u8): void {
  memory.fill(TAKEN + page, taken, count);
}

/** How many pages from here on are free, up to as many as are wanted. */
function freeFrom(page: usize, wanted: usize, end: usize): usize {
  let count: usize = 0;
  while (count < wanted && page + count < end && load<u8>(TAKEN + page + count) == 0) count++;
  return count;
}

/** The first page of so many free ones, at a multiple of a step; new ones where there are none. */
function find(wanted: usize, step: usize): usize {
  const end = <usize>memory.size();
  let page = roundedUp(FIRST, step);
  while (page < end) {
    const count = freeFrom(page, wanted, end);
    if (count == wanted || page + count == end) break;
    page = roundedUp(page + count + 1, step);
  }
  const missing = <isize>(page + wanted) - <isize>end;
  if (page + wanted > PAGES) return 0;
  return missing > 0 && memory.grow(<i32>missing) < 0 ? 0 : page;
}

export function alloc(size: u32, align: u32): usize {
  if (size > REQUEST_MAX || align > REQUEST_MAX) return 0;
  const count = pagesFor(size);
  const page = find(count, KNOWS_PAGES_ONLY ? 1 : pagesFor(align));
  if (page == 0) return 0;
  setTaken(page, count, 1);
  return page << 16;
}

export function dealloc(block: usize, size: u32, align: u32): void {
  setTaken(block >> 16, pagesFor(size), 0);
}

export function realloc(block: usize, oldSize: u32, size: u32, align: u32): usize {
  if (size <= REQUEST_MAX && pagesFor(size) == pagesFor(oldSize)) return block;
  const other = alloc(size, align);
  if (other == 0) return 0;
  memory.copy(other, block, min(oldSize, size));
  dealloc(block, oldSize, align);
  return other;
}
