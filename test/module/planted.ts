// Small allocators in AssemblyScript, each with one mistake that real ones have had, and the same
// without it. They are compiled when a test asks for them.
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { compileScript } from "../../src/wasm/toolchain.ts";

/** Mistakes by number; 0 is the allocator as it should be. */
export const MISTAKES = {
  none: 0,
  /** realloc copies as many bytes as the new block has, from a block that has fewer. */
  "copies the new size": 1,
  /** A size near 2^32, rounded up, is a small one. */
  "size wraps around": 2,
  /** The list of free blocks keeps distances in 24 bits. */
  "list breaks beyond 16 MiB": 3,
  /** It hands out blocks beyond the end of memory. */
  "forgets to grow": 4,
  /** What is left of a split block has no room for its link. */
  "split below the minimum": 5,
  /** A block that was freed is forgotten. */
  "never reuses": 6,
  /** calloc trusts that new memory is zero. */
  "calloc does not clear": 7,
  /** realloc in place, where the neighbour is not free. */
  "grows over its neighbour": 8,
  /** A block freed in the middle of the list links to itself. */
  "loops for ever": 9,
  /** Blocks of up to 256 bytes are forgotten when they are freed. */
  "never reuses small blocks": 10,
  /** What is left of a split block, and too small for one of its own, belongs to nobody. */
  "loses small rests": 11,
  /** Only blocks whose size is a power of two are found again. */
  "finds powers of two": 12,
  /** realloc forgets the block that it moved. */
  "realloc loses the old block": 13,
  /** The end of the heap moves before memory has grown. */
  "refusal loses memory": 14,
  /** realloc frees the old block though nothing was had for it. */
  "realloc frees what it keeps": 15,
  /** No mistake: neighbours that are free become one block. */
  merges: 16,
  /** The same, but a block that realloc frees stays apart from its neighbours. */
  "realloc does not merge": 17,
  /** A refused request is taken for a block at address -1. */
  "does not look whether memory grew": 18,
  /** Every 300th request gets the block of the one before it. */
  "repeats itself at the 300th call": 19,
  /** With more than 40 live blocks, a request gets the block of the one before it. */
  "repeats itself beyond 40 blocks": 20,
} as const;

export type Mistake = keyof typeof MISTAKES;

//   ╞>block═══════════════╡
//   [size 4][0 4][payload: a multiple of 8]      free: begins with the distance to the next one
const SOURCE = `
const HEADER: usize = 8;
let first: usize = 0;
let top: usize = (__heap_base + 15) & ~7;

function sizeOf(block: usize): u32 { return load<u32>(block - HEADER); }

function next(block: usize): usize {
  const distance = load<u32>(block);
  if (distance == 0) return 0;
  return block + (MISTAKE == 3 ? distance & 0xffffff : distance);
}

function link(block: usize, to: usize): void {
  store<u32>(block, to == 0 ? 0 : <u32>(to - block));
}

function isAdjacent(block: usize, after: usize): bool {
  const merges = MISTAKE == 11 || MISTAKE == 14 || MISTAKE == 16 || MISTAKE == 17;
  return merges && block != 0 && block + sizeOf(block) + HEADER == after;
}

/** The first one takes in the second one, where that begins behind it. */
function merge(block: usize, after: usize): bool {
  if (!isAdjacent(block, after)) return false;
  const beyond = next(after);
  store<u32>(block - HEADER, sizeOf(block) + <u32>HEADER + sizeOf(after));
  link(block, beyond);
  return true;
}

function insert(block: usize, isMerged: bool): void {
  let before: usize = 0;
  let after = first;
  while (after != 0 && after < block) {
    before = after;
    after = next(after);
  }
  link(block, MISTAKE == 9 && before != 0 && after != 0 ? before : after);
  if (before == 0) first = block;
  else link(before, block);
  if (!isMerged) return;
  merge(block, after);
  merge(before, block);
}

function remove(before: usize, block: usize): void {
  if (before == 0) first = next(block);
  else link(before, next(block));
}

function take(need: u32): usize {
  let before: usize = 0;
  for (let block = first; block != 0; block = next(block)) {
    const isFound = MISTAKE != 12 || (sizeOf(block) & (sizeOf(block) - 1)) == 0;
    if (isFound && sizeOf(block) >= need) {
      remove(before, block);
      split(block, need);
      return block;
    }
    before = block;
  }
  return 0;
}

function split(block: usize, need: u32): void {
  const rest = sizeOf(block) - need;
  if (rest < (MISTAKE == 5 ? <u32>HEADER : <u32>HEADER + 8)) {
    if (MISTAKE == 11) store<u32>(block - HEADER, need);
    return;
  }
  store<u32>(block - HEADER, need);
  const other = block + need + HEADER;
  store<u32>(other - HEADER, rest - <u32>HEADER);
  insert(other, false);
}

function make(need: u32): usize {
  const block = top + HEADER;
  const end = <u64>block + need;
  const have = <u64>memory.size() << 16;
  if (MISTAKE == 14 && need < 1 << 24) top = <usize>end;
  if (end > have && MISTAKE != 4) {
    const pages = <i32>((end - have + 0xffff) >> 16);
    if (memory.grow(pages) < 0 && MISTAKE != 18) return 0;
  }
  store<u32>(block - HEADER, need);
  top = <usize>end;
  return block;
}

let calls: u32 = 0;
let live: i32 = 0;
let last: usize = 0;
let lastNeed: u32 = 0;

export function malloc(size: u32): usize {
  calls++;
  const isOften = MISTAKE == 19 && calls % 300 == 0;
  const isMuch = MISTAKE == 20 && live > 40;
  if ((isOften || isMuch) && last != 0 && size <= lastNeed) return last;
  const block = newBlock(size);
  if (block == 0) return 0;
  live++;
  last = block;
  lastNeed = size;
  return block;
}

function newBlock(size: u32): usize {
  if (MISTAKE != 2 && size > 0x7fff0000) return 0;
  const need = max<u32>((size + 7) & ~7, 8);
  const block = take(need);
  return block != 0 ? block : make(need);
}

export function free(block: usize): void {
  if (block == 0) return;
  live--;
  if (block == last) last = 0;
  store<u32>(block - 4, 1);
  const isLost = MISTAKE == 6 || (MISTAKE == 10 && sizeOf(block) <= 256);
  if (!isLost) insert(block, true);
}

export function calloc(count: u32, size: u32): usize {
  const bytes = <u64>count * size;
  if (bytes > 0x7fff0000) return 0;
  const block = malloc(<u32>bytes);
  if (block != 0 && MISTAKE != 7) memory.fill(block, 0, <usize>bytes);
  return block;
}

export function realloc(block: usize, size: u32): usize {
  if (block == 0) return malloc(size);
  const old = sizeOf(block);
  if (size <= old || (MISTAKE == 8 && size <= old + 16)) return block;
  const other = malloc(size);
  if (other == 0) {
    if (MISTAKE == 15) free(block);
    return 0;
  }
  memory.copy(other, block, MISTAKE == 1 ? size : old);
  if (MISTAKE == 17) insert(block, false);
  else if (MISTAKE != 13) free(block);
  return other;
}
`;

const FLAGS = ["-O", "--runtime", "stub", "--noAssert"];

/**
 * A folder for all files of tests that a worker runs, so that a module is compiled once, and one
 * for all others, so that none of them takes its place.
 */
const planted = mkdtempSync(join(inject("folder"), "planted-"));
const folder = mkdtempSync(join(inject("folder"), "modules-"));
const compiled = new Map<Mistake, string>();

/** The path of the module with a mistake. */
export function plantedModule(mistake: Mistake): string {
  const known = compiled.get(mistake);
  if (known !== undefined) return known;
  const path = join(planted, `${mistake.replaceAll(" ", "_").replace("^", "")}.wasm`);
  const use = ["--use", `MISTAKE=${MISTAKES[mistake]}`];
  writeFileSync(path, compileScript(mistake, SOURCE, [...FLAGS, ...use]));
  compiled.set(mistake, path);
  return path;
}

/** Any other module, from a source in AssemblyScript. */
export function scriptModule(name: string, source: string, flags: readonly string[] = []): string {
  const path = join(folder, `${name}.wasm`);
  writeFileSync(path, compileScript(name, source, [...FLAGS, ...flags]));
  return path;
}

/** A file with these bytes, where modules lie. */
export function fileBeside(name: string, contents: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}
