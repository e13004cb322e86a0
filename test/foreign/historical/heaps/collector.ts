// A collector: blocks one behind the other, and when there is no room, those that no root keeps
// become free. The kind of heap that TinyGo gives to C and to the host by its malloc.
//
//   ╞>block═══════════════╡
//   [size 4][state 4][payload: a multiple of 8]
import { REQUEST_MAX, reaches, roundedUp } from "./memory.ts";

const HEADER: usize = 8;
const LEAST: usize = 8;
const FREE: u32 = 0;
const USED: u32 = 1;
const ROOT: u32 = 2;
const start: usize = ((__heap_base + 7) & ~7) + HEADER;
let top: usize = start;
/** Where the search for room goes on. */
let at: usize = start;

function sizeOf(block: usize): usize {
  return load<u32>(block - HEADER);
}

function stateOf(block: usize): u32 {
  return load<u32>(block - 4);
}

function setBlock(block: usize, size: usize, state: u32): void {
  store<u32>(block - HEADER, <u32>size);
  store<u32>(block - 4, state);
}

function after(block: usize): usize {
  return block + sizeOf(block) + HEADER;
}

/** What no root keeps becomes free, and free neighbours become one. */
function sweep(): void {
  for (let block = start; block < top; block = after(block)) {
    if (stateOf(block) == ROOT) continue;
    let next = after(block);
    while (next < top && stateOf(next) != ROOT) next = after(next);
    setBlock(block, next - block - HEADER, FREE);
  }
  at = start;
}

function take(need: usize): usize {
  for (; at < top; at = after(at)) {
    if (stateOf(at) == FREE && sizeOf(at) >= need) {
      const block = at;
      split(block, need);
      return block;
    }
  }
  return 0;
}

function split(block: usize, need: usize): void {
  const rest = sizeOf(block) - need;
  if (rest < HEADER + LEAST) return;
  setBlock(block, need, FREE);
  setBlock(after(block), rest - HEADER, FREE);
}

function make(need: usize): usize {
  if (!reaches(<u64>top + need)) return 0;
  const block = top;
  setBlock(block, need, FREE);
  top = after(block);
  return block;
}

function find(need: usize): usize {
  const block = take(need);
  if (block != 0) return block;
  sweep();
  const swept = take(need);
  return swept != 0 ? swept : make(need);
}

export function malloc(size: u32): usize {
  if (size > REQUEST_MAX) return 0;
  const need = roundedUp(max<usize>(size, LEAST), 8);
  const block = find(need);
  if (block != 0) setBlock(block, sizeOf(block), MALLOC_IS_NO_ROOT ? USED : ROOT);
  return block;
}

/** The block is kept no longer. */
export function free(block: usize): void {
  if (block != 0) setBlock(block, sizeOf(block), USED);
}
