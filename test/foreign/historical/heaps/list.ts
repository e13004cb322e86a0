// Free chunks in one list, in the order of their addresses; neighbours become one. The kind of heap
// that small C libraries have: avr-libc, newlib-nano, umm_malloc, wee_alloc.
//
//   ╞>block═══════════════╡
//   [size 4][0 4][payload: a multiple of 8]      free: begins with the address of the next one
import { cleared, productOf, REQUEST_MAX, reaches, roundedUp } from "./memory.ts";

const HEADER: usize = 8;
const LEAST: usize = 8;
let first: usize = 0;
let top: usize = (__heap_base + 7) & ~7;

function sizeOf(block: usize): usize {
  return load<u32>(block - HEADER);
}

function setSize(block: usize, size: usize): void {
  store<u32>(block - HEADER, <u32>size);
}

function link(before: usize, block: usize): void {
  if (before == 0) first = block;
  else store<usize>(before, block);
}

/** The last free chunk before an address, 0 if there is none. */
function freeBefore(address: usize): usize {
  let before: usize = 0;
  for (let block = first; block != 0 && block < address; block = load<usize>(block)) before = block;
  return before;
}

function after(before: usize): usize {
  return before == 0 ? first : load<usize>(before);
}

function insert(block: usize): void {
  const before = freeBefore(block);
  store<usize>(block, after(before));
  link(before, block);
  join(block);
  if (before != 0) join(before);
}

/** A free chunk takes in the next one where that begins behind it. */
function join(block: usize): void {
  const next = load<usize>(block);
  if (next == 0 || block + sizeOf(block) + HEADER != next) return;
  setSize(block, sizeOf(block) + HEADER + sizeOf(next));
  store<usize>(block, load<usize>(next));
}

/** Of a chunk that is not free, what is not needed becomes free. */
function cut(block: usize, need: usize, header: usize = HEADER): void {
  const rest = sizeOf(block) - need;
  if (rest < HEADER + LEAST) return;
  setSize(block, need);
  const other = block + need + header;
  setSize(other, rest - HEADER);
  insert(other);
}

function take(need: usize): usize {
  let before: usize = 0;
  for (let block = first; block != 0; block = load<usize>(block)) {
    if (sizeOf(block) >= need) {
      const isWhole = sizeOf(block) < need + HEADER + LEAST;
      link(before, EXACT_FIT_LOSES_LIST && isWhole && before == 0 ? 0 : load<usize>(block));
      cut(block, need);
      return block;
    }
    before = block;
  }
  return 0;
}

function make(need: usize): usize {
  const block = top + HEADER;
  if (!reaches(<u64>block + need)) return 0;
  setSize(block, need);
  top = block + need;
  return block;
}

export function malloc(size: u32): usize {
  if (size > REQUEST_MAX) return 0;
  const need = roundedUp(max<usize>(size, LEAST), 8);
  const block = take(need);
  return block != 0 ? block : make(need);
}

export function free(block: usize): void {
  if (block != 0) insert(block);
}

export function calloc(count: u32, size: u32): usize {
  const bytes = productOf(count, size);
  return cleared(malloc(bytes), bytes);
}

export function realloc(block: usize, size: u32): usize {
  if (block == 0) return malloc(size);
  if (size <= REQUEST_MAX && fitsInPlace(block, roundedUp(max<usize>(size, LEAST), 8))) {
    return block;
  }
  const old = sizeOf(block);
  const other = malloc(size);
  if (other != 0) memory.copy(other, block, LIST_COPIES_NEW_SIZE ? size : old);
  if (other != 0 || FREES_WHEN_REFUSED) free(block);
  return other;
}

function fitsInPlace(block: usize, need: usize): bool {
  if (need > sizeOf(block)) return growInPlace(block, need);
  cut(block, need, CUTS_A_HEADER_EARLY ? 0 : HEADER);
  return true;
}

/** Into the free chunk that lies behind. */
function growInPlace(block: usize, need: usize): bool {
  const before = freeBefore(block);
  const next = after(before);
  if (next == 0 || next - HEADER != block + sizeOf(block)) return false;
  const more = need - sizeOf(block);
  const available = sizeOf(next);
  if (more > available + HEADER) return false;
  link(before, load<usize>(next));
  if (REST_MAY_BE_NEGATIVE) {
    setSize(block, need);
    setSize(next + more, available - more);
    insert(next + more);
    return true;
  }
  setSize(block, sizeOf(block) + HEADER + available);
  cut(block, need);
  return true;
}
