// What the heaps share: asking the host for memory, sums and products that do not wrap around, and
// blocks that calloc clears. AssemblyScript, like all files of this folder. A name in capitals that
// is declared nowhere is a mistake of mistakes.ts: 1 in the module that makes it, 0 in all others.

/** A larger request is refused before anything is added to it. */
export const REQUEST_MAX: u32 = 0x7fff0000;

export function roundedUp(value: usize, step: usize): usize {
  return (value + step - 1) & ~(step - 1);
}

/** Whether memory reaches to an address, if need be once it has grown. */
export function reaches(end: u64): bool {
  const have = (<u64>memory.size()) << 16;
  return end <= have || memory.grow(<i32>((end - have + 0xffff) >> 16)) >= 0;
}

/** The bytes of so many pieces; more than may be asked for where the product wraps around. */
export function productOf(count: u32, size: u32): u32 {
  const bytes = <u64>count * size;
  if (CALLOC_WRAPS) return <u32>bytes;
  return bytes > REQUEST_MAX ? REQUEST_MAX + 1 : <u32>bytes;
}

/** The block, all zero; 0 where there is none. */
export function cleared(block: usize, bytes: usize): usize {
  if (block != 0 && !CALLOC_DOES_NOT_CLEAR) memory.fill(block, 0, bytes);
  return block;
}
