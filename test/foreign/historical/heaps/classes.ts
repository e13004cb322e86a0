// Size classes: small blocks by powers of two, in lists of their own and carved from large ones;
// those are whole pages, in one more list. The kind of heap that foundationdb's FastAllocator and
// walloc have.
//
//   ╞>block═══════════════╡
//   [size 4][0 4][payload]      free: begins with the address of the next one
import { cleared, productOf, REQUEST_MAX } from "./memory.ts";

const HEADER: usize = 8;
/** The orders of small blocks: two to the power of this many bytes. */
const ORDER_MIN: u32 = 4;
const ORDER_MAX: u32 = 13;
const LARGE: u32 = ORDER_MAX + 1;
const LISTS: usize = memory.data(64);
/** A page but for the header. */
const CHUNK: u32 = 0xfff8;
/** What is left of the large block that small ones are carved from. */
let top: usize = 0;
let end: usize = 0;

function headOf(order: u32): usize {
  return LISTS + (order << 2);
}

function sizeOf(block: usize): usize {
  return load<u32>(block - HEADER);
}

function push(block: usize, order: u32): void {
  store<usize>(block, load<usize>(headOf(order)));
  store<usize>(headOf(order), block);
}

/** The least order whose blocks are so large. */
function orderFor(size: u32): u32 {
  return max<u32>(32 - clz(max<u32>(size, 1) - 1), ORDER_MIN);
}

function takeSmall(size: u32): usize {
  const order = orderFor(size);
  const block = load<usize>(headOf(order));
  if (block != 0) {
    store<usize>(headOf(order), load<usize>(block));
    return block;
  }
  const fresh = carve(HEADER + ((<usize>1) << order));
  if (fresh == 0) return 0;
  store<u32>(fresh, KEEPS_ASKED_SIZE ? max<u32>(size, 1 << ORDER_MIN) : (<u32>1) << order);
  return fresh + HEADER;
}

function carve(bytes: usize): usize {
  if (bytes > end - top) {
    const chunk = takeLarge(CHUNK);
    if (chunk == 0) return 0;
    top = chunk + (STARTS_ODD ? 5 : 0);
    end = chunk + sizeOf(chunk);
  }
  const place = top;
  top += bytes;
  return place;
}

/** The first large block that is free and large enough, out of its list; 0 if there is none. */
function unlinkLarge(size: u32): usize {
  let before = headOf(LARGE);
  let block = load<usize>(before);
  while (block != 0 && sizeOf(block) < size) {
    before = block;
    block = load<usize>(block);
  }
  if (block != 0) store<usize>(before, load<usize>(block));
  return block;
}

function takeLarge(size: u32): usize {
  let block = unlinkLarge(size);
  while (block == 0 && claim(size)) block = unlinkLarge(size);
  return block;
}

/** Pages for one large block. */
function claim(size: u32): bool {
  const bytes = ASKS_TOO_FEW_PAGES ? <usize>size : size + HEADER;
  const count = <u32>((bytes + 0xffff) >> 16);
  const page = memory.grow(<i32>count);
  if (page < 0) return false;
  const block = ((<usize>page) << 16) + HEADER;
  store<u32>(block - HEADER, <u32>((count << 16) - HEADER));
  push(block, LARGE);
  return true;
}

export function malloc(size: u32): usize {
  if (size > REQUEST_MAX) return 0;
  return orderFor(size) > ORDER_MAX ? takeLarge(size) : takeSmall(size);
}

export function free(block: usize): void {
  if (block == 0) return;
  const order = <u32>(31 - clz<u32>(<u32>sizeOf(block)));
  if (LOSES_4_TO_8_KIB && order == ORDER_MAX) return;
  if (LOSES_UP_TO_8_KIB && order <= ORDER_MAX) return;
  push(block, min<u32>(order, LARGE));
}

export function calloc(count: u32, size: u32): usize {
  const bytes = productOf(count, size);
  return cleared(malloc(bytes), bytes);
}

export function realloc(block: usize, size: u32): usize {
  if (block == 0) return malloc(size);
  if (size <= sizeOf(block)) return block;
  const other = malloc(size);
  if (other == 0) return 0;
  memory.copy(other, block, sizeOf(block));
  free(block);
  return other;
}
