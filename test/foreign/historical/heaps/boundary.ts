// Chunks with their size at both ends, so that either neighbour is found; free ones in a list of
// two directions, and joined at once. The kind of heap that emmalloc, talc and llvm-mos have.
//
//   [size, mark 4]╞>block: payload═══════════════╡[size, mark 4]      all of it: a multiple of 8
//   free: [previous 4][next 4]
import { cleared, productOf, REQUEST_MAX, reaches, roundedUp } from "./memory.ts";

/** The words at both ends, and what a free chunk has between them. */
const WORD: usize = 4;
const ENDS: usize = 2 * WORD;
const LEAST: usize = ENDS + 8;
const FREE: u32 = 1;
const USED_IN_TOP_BYTE: u32 = 1 << 24;
const ALIGNMENT: usize = 8;
let first: usize = 0;
/** Where the word of no size lies that ends all chunks, 0 before there are any. */
let end: usize = 0;

function headOf(block: usize): u32 {
  return load<u32>(block - WORD);
}

function sizeOf(block: usize): usize {
  return headOf(block) & ~FREE;
}

function isFree(block: usize): bool {
  return (headOf(block) & FREE) != 0;
}

function nextOf(block: usize): usize {
  return block + sizeOf(block);
}

/** The word before a chunk: how large the one before it is, and whether that is free. */
function tailBefore(block: usize): u32 {
  return load<u32>(block - ENDS);
}

/** The free chunk that lies before a chunk, 0 if there is none. */
function freeBefore(block: usize): usize {
  const tail = tailBefore(block);
  if ((tail & FREE) == 0) return 0;
  const before = block - (tail & ~FREE);
  if (!READS_MARK_FROM_SIZE || (tail & USED_IN_TOP_BYTE) == 0) return before;
  // The byte with a used chunk's marks is the highest one of a free chunk's size: the chunk passes
  // for a used one, and the mark that its neighbour is free makes it 32 MiB larger.
  store<u32>(before - WORD, headOf(before) | (USED_IN_TOP_BYTE << 1));
  return 0;
}

function setSize(block: usize, size: usize, mark: u32 = 0): void {
  store<u32>(block - WORD, <u32>size | mark);
  store<u32>(block + size - ENDS, <u32>size | mark);
}

function unlink(block: usize): void {
  const previous = load<usize>(block);
  const next = load<usize>(block, 4);
  if (next != 0) store<usize>(next, previous);
  if (previous != 0) store<usize>(previous, next, 4);
  else first = next;
}

/** A chunk becomes free, together with what is free beside it. */
function release(block: usize): void {
  let start = block;
  let size = sizeOf(block);
  const next = nextOf(block);
  if (isFree(next)) {
    unlink(next);
    size += sizeOf(next);
  }
  const before = freeBefore(block);
  if (before != 0) {
    unlink(before);
    size += block - before;
    start = before;
  }
  setSize(start, size, FREE);
  store<usize>(start, 0);
  store<usize>(start, first, 4);
  if (first != 0) store<usize>(first, start);
  first = start;
}

function find(need: usize): usize {
  let block = first;
  while (block != 0 && sizeOf(block) < need) block = load<usize>(block, 4);
  return block;
}

/** A chunk that is no longer free, as large as it was found. */
function take(need: usize): usize {
  let block = find(need);
  while (block == 0 && grow(need)) block = find(need);
  if (block == 0) return 0;
  unlink(block);
  setSize(block, sizeOf(block));
  return block;
}

function grow(need: usize): bool {
  if (end == 0) {
    const start = (<usize>__heap_base + 7) & ~7;
    if (!reaches(<u64>start + 2 * ENDS)) return false;
    // The word before the first chunk says that nothing free lies there.
    store<u32>(start, 0);
    end = start + WORD;
    store<u32>(end, 0);
  }
  const block = end + WORD;
  if (!reaches(<u64>block + need + WORD)) return false;
  const size = (((<usize>memory.size()) << 16) - block) & ~7;
  setSize(block, size);
  end = block + size - WORD;
  store<u32>(end, 0);
  release(block);
  return true;
}

/** What a chunk has beyond its need becomes free. */
function trim(block: usize, need: usize): void {
  const rest = sizeOf(block) - need;
  if (rest < LEAST) return;
  setSize(block, need);
  setSize(block + need, rest);
  release(block + need);
}

function sizeFor(size: u32): usize {
  return max<usize>(roundedUp(size, 8) + ENDS, LEAST);
}

export function malloc(size: u32): usize {
  if (size > REQUEST_MAX) return 0;
  const block = take(sizeFor(size));
  if (block != 0) trim(block, sizeFor(size));
  return block;
}

export function free(block: usize): void {
  if (block != 0) release(block);
}

export function calloc(count: u32, size: u32): usize {
  const bytes = productOf(count, size);
  return cleared(malloc(bytes), bytes);
}

export function aligned_alloc(align: u32, size: u32): usize {
  if (align <= ALIGNMENT) return malloc(size);
  if (size > REQUEST_MAX || align > REQUEST_MAX - size) return 0;
  const need = sizeFor(size);
  const block = take(need + align + LEAST);
  if (block == 0) return 0;
  let place = roundedUp(block, align);
  if (place != block && place - block < LEAST) place = roundedUp(block + LEAST, align);
  if (place != block) giveFront(block, place);
  if (MARK_FROM_PAYLOAD) trimByPayload(place, need);
  else trim(place, need);
  return place;
}

/** What lies before a place in a chunk becomes free. */
function giveFront(block: usize, place: usize): void {
  setSize(place, sizeOf(block) - (place - block));
  setSize(block, place - block);
  release(block);
}

/** The mark at the new end is taken from there, where nothing but old payload lies yet. */
function trimByPayload(block: usize, need: usize): void {
  const mark = load<u32>(block + need - ENDS) >> 31;
  trim(block, need);
  if (sizeOf(block) == need) store<u32>(block + need - ENDS, <u32>need | mark);
}

export function realloc(block: usize, size: u32): usize {
  if (block == 0) return malloc(size);
  if (size > REQUEST_MAX) return 0;
  const need = sizeFor(size);
  const old = sizeOf(block);
  if (need <= old) {
    trim(block, need);
    return block;
  }
  if (growInPlace(block, need)) return block;
  const other = malloc(size);
  if (other == 0) return 0;
  memory.copy(other, block, old - ENDS);
  free(block);
  return other;
}

/** Into the free chunk that lies behind. */
function growInPlace(block: usize, need: usize): bool {
  const next = nextOf(block);
  if (!isFree(next) || sizeOf(block) + sizeOf(next) < need) return false;
  unlink(next);
  const more = sizeOf(next);
  if (REST_IS_NOT_SHORTENED && sizeOf(block) + more - need >= LEAST) {
    setSize(block, need);
    setSize(block + need, more);
    release(block + need);
    return true;
  }
  const all = sizeOf(block) + more;
  // A compiler that takes the two words for objects of different types drops the second store.
  if (TAIL_IS_NOT_STORED) store<u32>(block - WORD, <u32>all);
  else setSize(block, all);
  trim(block, need);
  return true;
}
