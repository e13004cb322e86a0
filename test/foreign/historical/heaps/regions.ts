// Regions one behind the other, the freed ones in a list, taken whole; the last one may move its
// end. The kind of heap that tree-sitter gives to parsers that it loads as WebAssembly.
//
//   ╞>region══════════════╡
//   [size 4][0 4][payload: a multiple of 8]      free: begins with the address of the next one
import { cleared, productOf, REQUEST_MAX, reaches, roundedUp } from "./memory.ts";

const HEADER: usize = 8;
const LEAST: usize = 8;
let first: usize = 0;
let top: usize = (__heap_base + 7) & ~7;

function sizeOf(region: usize): usize {
  return load<u32>(region - HEADER);
}

function isLast(region: usize): bool {
  return region + sizeOf(region) == top;
}

function take(need: usize): usize {
  let before: usize = 0;
  for (let region = first; region != 0; region = load<usize>(region)) {
    if (sizeOf(region) >= need) {
      if (before == 0) first = load<usize>(region);
      else store<usize>(before, load<usize>(region));
      return region;
    }
    before = region;
  }
  return 0;
}

/** The last region gets that size, if there is memory for it. */
function place(region: usize, need: usize): bool {
  if (!reaches(<u64>region + need)) return false;
  store<u32>(region - HEADER, <u32>need);
  top = region + need;
  return true;
}

function sizeFor(size: u32): usize {
  return roundedUp(max<usize>(size, LEAST), 8);
}

export function malloc(size: u32): usize {
  if (size > REQUEST_MAX) return 0;
  const region = take(sizeFor(size));
  if (region != 0) return region;
  const fresh = top + HEADER;
  return place(fresh, sizeFor(size)) ? fresh : 0;
}

export function free(region: usize): void {
  if (region == 0) return;
  if (isLast(region)) {
    top = region - HEADER;
    return;
  }
  store<usize>(region, first);
  first = region;
}

export function calloc(count: u32, size: u32): usize {
  const bytes = productOf(count, size);
  return cleared(malloc(bytes), bytes);
}

export function realloc(region: usize, size: u32): usize {
  if (region == 0) return malloc(size);
  if (size > REQUEST_MAX) return 0;
  if (isLast(region)) return resizeLast(region, size);
  const other = malloc(size);
  if (other == 0) return 0;
  if (COPIES_ALL_AND_KEEPS) {
    memory.copy(other, region, sizeOf(region));
    return other;
  }
  memory.copy(other, region, min<usize>(sizeOf(region), size));
  free(region);
  return other;
}

function resizeLast(region: usize, size: u32): usize {
  if (MALLOCS_OVER_THE_LAST) {
    top = region - HEADER;
    return malloc(size);
  }
  // Regions never become one: if they became smaller, large ones would have to be made for ever.
  return place(region, max<usize>(sizeOf(region), sizeFor(size))) ? region : 0;
}
