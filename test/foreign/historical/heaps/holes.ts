// Blocks without a header: whoever frees one says how large it was. What is free are holes in the
// order of their addresses. The kind of heap of Rust's linked_list_allocator, and of the one that
// the book of blog_os builds.
//
//   hole: [size 4][next 4] ...      all sizes are multiples of 4, and a hole has 8 bytes at least
import { REQUEST_MAX, reaches, roundedUp } from "./memory.ts";

const UNIT: usize = 4;
const LEAST: usize = 8;
let first: usize = 0;
let end: usize = (__heap_base + 7) & ~7;

function sizeOf(hole: usize): usize {
  return load<u32>(hole);
}

function next(hole: usize): usize {
  return hole == 0 ? first : load<usize>(hole, 4);
}

function link(before: usize, hole: usize): void {
  if (before == 0) first = hole;
  else store<usize>(before, hole, 4);
}

function insert(hole: usize, size: usize): void {
  let before: usize = 0;
  while (next(before) != 0 && next(before) < hole) before = next(before);
  store<u32>(hole, <u32>size);
  store<usize>(hole, next(before), 4);
  link(before, hole);
  join(hole);
  if (before != 0) join(before);
}

/** A hole takes in the next one where that begins at its end. */
function join(hole: usize): void {
  const after = next(hole);
  if (after == 0 || hole + sizeOf(hole) != after) return;
  store<u32>(hole, <u32>(sizeOf(hole) + sizeOf(after)));
  store<usize>(hole, next(after), 4);
}

/** Where a block begins in a hole. What lies before it has to be a hole, or nothing. */
function placeIn(hole: usize, align: usize): usize {
  const place = roundedUp(hole, align);
  if (place == hole || FORGETS_WHAT_LIES_BEFORE || place - hole >= LEAST) return place;
  return roundedUp(hole + LEAST, align);
}

function take(need: usize, align: usize): usize {
  let before: usize = 0;
  for (let hole = first; hole != 0; hole = next(hole)) {
    const place = placeIn(hole, align);
    const rest = hole + sizeOf(hole) - (place + need);
    const isFilled = rest == 0 || rest >= LEAST;
    if (<isize>rest >= 0 && (isFilled || FORGETS_SMALL_RESTS)) {
      link(before, next(hole));
      if (place != hole && !FORGETS_WHAT_LIES_BEFORE) insert(hole, place - hole);
      if (rest >= LEAST) insert(place + need, rest);
      return place;
    }
    before = hole;
  }
  return 0;
}

function grow(bytes: usize): bool {
  if (!reaches(<u64>end + bytes)) return false;
  const now = (<usize>memory.size()) << 16;
  insert(end, now - end);
  end = now;
  return true;
}

function sizeFor(size: u32): usize {
  return max<usize>(roundedUp(size, UNIT), LEAST);
}

export function alloc(size: u32, align: u32): usize {
  if (size > REQUEST_MAX || align > REQUEST_MAX - size) return 0;
  const step = max<usize>(align, UNIT);
  const block = take(sizeFor(size), step);
  if (block != 0) return block;
  return grow(sizeFor(size) + step + 2 * LEAST) ? take(sizeFor(size), step) : 0;
}

export function dealloc(block: usize, size: u32, align: u32): void {
  insert(block, sizeFor(size));
}

export function realloc(block: usize, oldSize: u32, size: u32, align: u32): usize {
  const other = alloc(size, align);
  if (other == 0) return 0;
  memory.copy(other, block, min(oldSize, size));
  dealloc(block, oldSize, align);
  return other;
}
