// Two-level segregated fit: free blocks in lists by size, sixteen for each power of two, and two
// maps of bits that say which lists have any. Neighbours become one at once.
//
//   ╞>block═══════════════╡
//   [size, flags 4][0 4][payload: a multiple of 8]
//   free: [previous 4][next 4] ... [own address 4]      the last word is for the right neighbour
import { cleared, productOf, REQUEST_MAX, roundedUp } from "./memory.ts";

const HEADER: usize = 8;
const LEAST: usize = 16;
const FREE: u32 = 1;
const LEFT_FREE: u32 = 2;
const FLAGS: u32 = FREE | LEFT_FREE;
const ALIGNMENT: usize = 8;
/** Sizes below this have a list for each multiple of eight. */
const SMALL: usize = 128;
const LEVELS: usize = 26;
const HEADS: usize = memory.data(26 * 16 * 4);
const LISTS: usize = memory.data(26 * 4);
let levels: u32 = 0;
/** The block of no bytes at the very end, 0 before there is any memory. */
let last: usize = 0;

function infoOf(block: usize): u32 {
  return load<u32>(block - HEADER);
}

function setInfo(block: usize, info: u32): void {
  store<u32>(block - HEADER, info);
}

function sizeOf(block: usize): usize {
  return infoOf(block) & ~FLAGS;
}

function rightOf(block: usize): usize {
  return block + sizeOf(block) + HEADER;
}

/** Number of the list for blocks of a size. */
function listFor(size: usize): usize {
  if (size < SMALL) return size >> 3;
  const power = 31 - clz<u32>(<u32>size);
  return ((power - 6) << 4) + ((size >> (power - 4)) & 15);
}

/** All blocks of the list for this size are large enough. */
function sizeSearched(size: usize): usize {
  if (size < SMALL) return size;
  return size + ((1 << (31 - clz<u32>(<u32>size) - 4)) - 1);
}

function insert(free: usize): void {
  let block = free;
  let size = sizeOf(block);
  let left = infoOf(block) & LEFT_FREE;
  const right = rightOf(block);
  if (infoOf(right) & FREE) {
    unlink(right);
    size += HEADER + sizeOf(right);
  }
  if (left) {
    const before = load<usize>(block - HEADER - 4);
    unlink(before);
    size += HEADER + sizeOf(before);
    left = infoOf(before) & LEFT_FREE;
    block = before;
  }
  setInfo(block, <u32>size | FREE | left);
  const beyond = rightOf(block);
  setInfo(beyond, infoOf(beyond) | LEFT_FREE);
  store<usize>(beyond - HEADER - 4, block);
  put(block, listFor(size));
}

function put(block: usize, list: usize): void {
  const head = HEADS + (list << 2);
  const next = load<usize>(head);
  store<usize>(block, 0);
  store<usize>(block, next, 4);
  if (next != 0) store<usize>(next, block);
  store<usize>(head, block);
  const map = LISTS + ((list >> 4) << 2);
  store<u32>(map, load<u32>(map) | (1 << (list & 15)));
  levels |= 1 << (list >> 4);
}

function unlink(block: usize): void {
  const list = listFor(sizeOf(block));
  const previous = load<usize>(block);
  const next = load<usize>(block, 4);
  if (next != 0) store<usize>(next, previous);
  if (previous != 0) store<usize>(previous, next, 4);
  else {
    store<usize>(HEADS + (list << 2), next);
    if (next == 0) forget(list);
  }
}

/** The list is empty. */
function forget(list: usize): void {
  const map = LISTS + ((list >> 4) << 2);
  store<u32>(map, load<u32>(map) & ~(1 << (list & 15)));
  if (load<u32>(map) == 0) levels &= ~(1 << (list >> 4));
}

/** A free block of the first list that has any, counted from that of a size; 0 if there is none. */
function find(size: usize): usize {
  const list = listFor(sizeSearched(size));
  let level = list >> 4;
  if (level >= LEVELS) return 0;
  let lists = load<u32>(LISTS + (level << 2)) & (~0 << (list & 15));
  if (lists == 0) {
    const higher = level >= 31 ? 0 : levels & (~0 << (level + 1));
    if (higher == 0) return 0;
    level = ctz<u32>(higher);
    lists = load<u32>(LISTS + (level << 2));
  }
  return load<usize>(HEADS + (((level << 4) + ctz<u32>(lists)) << 2));
}

/** Memory grows by so many bytes at least, and what is new becomes free. */
function grow(bytes: usize): bool {
  const pages = memory.grow(<i32>((bytes + 0xffff) >> 16));
  if (pages < 0) return false;
  if (last == 0) {
    const start = (<usize>__heap_base + 7) & ~7;
    last = start + HEADER;
    setInfo(last, 0);
  }
  const block = last;
  const end = (<usize>memory.size()) << 16;
  setInfo(block, (infoOf(block) & LEFT_FREE) | <u32>(end - block - HEADER));
  last = end;
  setInfo(last, 0);
  insert(block);
  return true;
}

/** A block that is no longer free, as large as it was found. */
function take(need: usize): usize {
  let block = find(need);
  if (block == 0) {
    if (!grow(sizeSearched(need) + 2 * HEADER)) return 0;
    block = find(need);
  }
  unlink(block);
  setUsed(block, sizeOf(block));
  return block;
}

function setUsed(block: usize, size: usize): void {
  setInfo(block, (infoOf(block) & LEFT_FREE) | <u32>size);
  const right = rightOf(block);
  setInfo(right, infoOf(right) & ~LEFT_FREE);
}

/** What a block has beyond its need becomes free. */
function trim(block: usize, need: usize): void {
  const rest = sizeOf(block) - need;
  if (rest < HEADER + LEAST) return;
  setInfo(block, (infoOf(block) & LEFT_FREE) | <u32>need);
  const other = rightOf(block);
  setInfo(other, <u32>(rest - HEADER));
  insert(other);
}

function sizeFor(size: u32): usize {
  return max<usize>(roundedUp(size, 8), LEAST);
}

function isTooMuch(size: u32): bool {
  return !SIZE_WRAPS && size > REQUEST_MAX;
}

export function malloc(size: u32): usize {
  if (isTooMuch(size)) return 0;
  const need = sizeFor(size);
  const block = take(need);
  if (block != 0) trim(block, need);
  return block;
}

export function free(block: usize): void {
  if (block != 0) insert(block);
}

export function calloc(count: u32, size: u32): usize {
  const bytes = productOf(count, size);
  return cleared(malloc(bytes), bytes);
}

export function realloc(block: usize, size: u32): usize {
  return block == 0 ? malloc(size) : resized(block, size, ALIGNMENT);
}

function resized(block: usize, size: u32, align: usize): usize {
  if (isTooMuch(size)) return 0;
  const need = sizeFor(size);
  if (fitsInPlace(block, need)) return block;
  const info = infoOf(block);
  const old = sizeOf(block);
  const other = FORGETS_ALIGNMENT ? malloc(size) : alloc(size, align);
  if (other == 0) return 0;
  memory.copy(other, block, TLSF_COPIES_NEW_SIZE ? size : old);
  // What is remembered of the old block says that its left neighbour is free, though the new block
  // may lie there now.
  if (REMEMBERS_OLD_INFO) setInfo(block, info);
  free(block);
  return other;
}

function fitsInPlace(block: usize, need: usize): bool {
  const right = rightOf(block);
  const isRightFree = (infoOf(right) & FREE) != 0;
  const all = sizeOf(block) + (isRightFree ? HEADER + sizeOf(right) : 0);
  if (all < need) return false;
  if (sizeOf(block) < need) {
    unlink(right);
    setUsed(block, all);
  }
  trim(block, need);
  return true;
}

/** For callers that say how a block is to be aligned. */
export function alloc(size: u32, align: u32): usize {
  if (align <= ALIGNMENT) return malloc(size);
  if (isTooMuch(size) || align > REQUEST_MAX - size) return 0;
  const need = sizeFor(size);
  const block = take(need + align + HEADER + LEAST);
  if (block == 0) return 0;
  let place = roundedUp(block, align);
  if (place != block && place - block < HEADER + LEAST) {
    place = roundedUp(block + HEADER + LEAST, align);
  }
  if (place != block) giveFront(block, place);
  trim(place, need);
  return place;
}

/** What lies before a place in a block becomes free. */
function giveFront(block: usize, place: usize): void {
  const size = sizeOf(block);
  const front = place - block - HEADER;
  setInfo(place, <u32>(size - front - HEADER));
  setInfo(block, (infoOf(block) & LEFT_FREE) | <u32>front);
  insert(block);
}

export function dealloc(block: usize, size: u32, align: u32): void {
  free(block);
}

export function reallocAligned(block: usize, oldSize: u32, size: u32, align: u32): usize {
  return block == 0 ? alloc(size, align) : resized(block, size, align);
}
