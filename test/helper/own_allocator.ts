// An allocator as a team may have written it, in AssemblyScript and in C: size classes with a list
// of free blocks each. `MISTAKE` breaks it in one of several ways.

/** Ways to break it, by number, and the family of rules that each breaks. */
export const BREAKS = {
  "hands a block out twice": { mistake: 1, rule: "corrupt" },
  "does not clear": { mistake: 2, rule: "not-zeroed" },
  "copies too little": { mistake: 3, rule: "contents-lost" },
  "never reuses": { mistake: 4, rule: "not-reused" },
  "grants sizes that wrap around": { mistake: 5, rule: "granted-too-much" },
} as const;

export type Break = keyof typeof BREAKS;

export const SCRIPT_SOURCE = `
// [class 4][size 4][payload: 8 << class bytes]
const HEADER: usize = 8;
const CLASSES: usize = 28;
const lists: usize = memory.data(4 * 28, 8);
let top: usize = (__heap_base + 15) & ~7;

function classOf(size: u32): u32 {
  return size <= 8 ? 0 : 29 - clz(size - 1);
}

function make(cls: u32): usize {
  const end = <u64>top + HEADER + (<u64>8 << cls);
  const have = <u64>memory.size() << 16;
  if (end > have && memory.grow(<i32>((end - have + 0xffff) >> 16)) < 0) return 0;
  const block = top + HEADER;
  top = <usize>end;
  store<u32>(block - HEADER, cls);
  return block;
}

export function malloc(size: u32): usize {
  if (size > 1 << 30) {
    if (MISTAKE != 5) return 0;
    size &= 0xffff;
  }
  const cls = classOf(size);
  const list = lists + 4 * cls;
  let block: usize = load<u32>(list);
  if (block != 0) {
    if (MISTAKE != 1 || load<u32>(block) != 0) store<u32>(list, load<u32>(block));
  } else {
    block = make(cls);
    if (block == 0) return 0;
  }
  store<u32>(block - 4, size);
  return block;
}

export function free(block: usize): void {
  if (block == 0) return;
  const list = lists + 4 * load<u32>(block - HEADER);
  store<u32>(block, load<u32>(list));
  if (MISTAKE != 4) store<u32>(list, <u32>block);
}

export function calloc(count: u32, size: u32): usize {
  const bytes = <u64>count * size;
  if (bytes > 1 << 30) return 0;
  const block = malloc(<u32>bytes);
  if (block != 0 && MISTAKE != 2) memory.fill(block, 0, <usize>bytes);
  return block;
}

export function realloc(block: usize, size: u32): usize {
  const other = malloc(size);
  if (block == 0 || other == 0) return other;
  const kept = min(load<u32>(block - 4), size);
  memory.copy(other, block, MISTAKE == 3 ? kept / 2 : kept);
  free(block);
  return other;
}
`;

export const C_SOURCE = `
typedef __UINT32_TYPE__ u32;
typedef __UINT64_TYPE__ u64;
extern unsigned char __heap_base;
// [class 4][size 4][payload: 8 << class bytes]
enum { HEADER = 8, CLASSES = 28 };
static u32 *lists[CLASSES];
static u32 top;

static u32 class_of(u32 size) { return size <= 8 ? 0 : 29 - __builtin_clz(size - 1); }

static u32 *make(u32 cls) {
  if (top == 0) top = ((u32)&__heap_base + 15) & ~7u;
  u64 end = (u64)top + HEADER + ((u64)8 << cls);
  u64 have = (u64)__builtin_wasm_memory_size(0) << 16;
  if (end > have) {
    if (__builtin_wasm_memory_grow(0, (end - have + 0xffff) >> 16) == (__SIZE_TYPE__)-1) return 0;
  }
  u32 *block = (u32 *)(top + HEADER);
  top = (u32)end;
  block[-2] = cls;
  return block;
}

void *malloc(__SIZE_TYPE__ size) {
  if (size > 1u << 30) {
    if (MISTAKE != 5) return 0;
    size &= 0xffff;
  }
  u32 cls = class_of(size);
  u32 *block = lists[cls];
  if (block) {
    if (MISTAKE != 1 || block[0] != 0) lists[cls] = (u32 *)block[0];
  } else if (!(block = make(cls))) {
    return 0;
  }
  block[-1] = size;
  return block;
}

void free(void *p) {
  u32 *block = p;
  if (!block) return;
  block[0] = (u32)lists[block[-2]];
  if (MISTAKE != 4) lists[block[-2]] = block;
}

void *calloc(__SIZE_TYPE__ count, __SIZE_TYPE__ size) {
  u64 bytes = (u64)count * size;
  if (bytes > 1u << 30) return 0;
  unsigned char *block = malloc((u32)bytes);
  if (block && MISTAKE != 2) {
    for (volatile unsigned char *at = block, *end = at + bytes; at < end; at++) *at = 0;
  }
  return block;
}

void *realloc(void *p, __SIZE_TYPE__ size) {
  unsigned char *other = malloc(size);
  if (!p || !other) return other;
  u32 kept = ((u32 *)p)[-1] < size ? ((u32 *)p)[-1] : size;
  if (MISTAKE == 3) kept /= 2;
  for (u32 i = 0; i < kept; i++) ((volatile unsigned char *)other)[i] = ((unsigned char *)p)[i];
  free(p);
  return other;
}
`;
