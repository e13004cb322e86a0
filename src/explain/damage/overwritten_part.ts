// Which bytes of a pointer were overwritten: those in which it differs from pointers that the log
// holds beside it, because objects of one slab have most of their addresses in common.

export interface PointerPart {
  readonly from: number;
  readonly length: number;
}

/** Within a page any digit may differ. */
const PAGE_BYTES = 2;

/**
 * Compares a value, as its bytes in memory from the lowest one, with pointers that may be like it.
 * All of it counts as overwritten if it is like none of them.
 */
export function overwrittenPart(
  bytes: readonly number[],
  pointers: readonly bigint[],
): PointerPart {
  const whole = { from: 0, length: bytes.length };
  const parts = pointers.map((pointer) => partBeside(bytes, pointer) ?? whole);
  return parts.sort((a, b) => a.length - b.length).at(0) ?? whole;
}

function partBeside(bytes: readonly number[], pointer: bigint): PointerPart | undefined {
  const likes = bytes.map((byte, i) => byte === Number((pointer >> BigInt(8 * i)) & 0xffn));
  const differing = likes.flatMap((isLike, i) => (isLike || i < PAGE_BYTES ? [] : [i]));
  if (differing.length === 0) return undefined;
  const [first] = differing;
  const last = differing.at(-1)!;
  const isUpper = last === bytes.length - 1 && first > PAGE_BYTES;
  if (isUpper) return { from: first, length: bytes.length - first };
  const isLower = last < bytes.length - 1;
  return isLower ? { from: 0, length: last + 1 } : undefined;
}
