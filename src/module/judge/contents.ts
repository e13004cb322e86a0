// What blocks are filled with, so that a change shows. Small blocks are filled whole, of larger
// ones both ends and words in between: where an allocator keeps notes, it keeps them near an edge,
// and two blocks that overlap are found by their addresses anyway.
//
//   word at offset o   tag ^ (o + 1) * golden      the same wherever the block lies
import { mix32 } from "../../base/prng.ts";

/** Blocks up to this size are filled whole. */
const WHOLE_BYTES = 256;
const EDGE_BYTES = 64;
/** Words between the edges of larger ones. */
const MIDDLE_WORDS = 32;
const GOLDEN = 0x9e3779b1;

/** The memory that blocks lie in, in both widths. */
interface Views {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/** A number for a block's contents, unlike those of other blocks. */
export function tagOf(index: number): number {
  return mix32(index + 1) | 0;
}

function wordAt(tag: number, offset: number): number {
  return tag ^ Math.imul(offset + 1, GOLDEN);
}

function byteAt(tag: number, offset: number): number {
  return (wordAt(tag, offset & -4) >>> ((offset & 3) << 3)) & 0xff;
}

/** Bytes between two sampled words in the middle of a block. */
function strideOf(size: number): number {
  return Math.ceil((size - 2 * EDGE_BYTES) / MIDDLE_WORDS / 4) * 4;
}

/** Every byte of a large block: an allocator that takes it for metadata goes astray. */
export function paintBlock({ bytes }: Views, pointer: number, size: number, tag: number): void {
  bytes.fill(tag | 1, pointer, pointer + size);
}

export function fillBlock(views: Views, pointer: number, size: number, tag: number): void {
  if (size <= WHOLE_BYTES) {
    fillRange(views, pointer, 0, size, tag);
    return;
  }
  fillRange(views, pointer, 0, EDGE_BYTES, tag);
  const stride = strideOf(size);
  const last = tailOf(size);
  for (let offset = EDGE_BYTES; offset + 4 <= last; offset += stride) {
    fillRange(views, pointer, offset, offset + 4, tag);
  }
  fillRange(views, pointer, last, size, tag);
}

/** Where the filled end of a large block begins: at a word. */
function tailOf(size: number): number {
  return (size - EDGE_BYTES) & -4;
}

function fillRange(
  { bytes, words }: Views,
  pointer: number,
  from: number,
  to: number,
  tag: number,
): void {
  if ((pointer & 3) !== 0) {
    for (let offset = from; offset < to; offset++) bytes[pointer + offset] = byteAt(tag, offset);
    return;
  }
  let offset = from;
  for (; offset + 4 <= to; offset += 4) words[(pointer + offset) >>> 2] = wordAt(tag, offset);
  for (; offset < to; offset++) bytes[pointer + offset] = byteAt(tag, offset);
}

/**
 * The offset of the first byte that is not as it was filled, -1 if there is none. `limit` bytes are
 * looked at: what realloc gives back holds the smaller one of two sizes.
 */
export function firstChange(
  views: Views,
  pointer: number,
  size: number,
  tag: number,
  limit = size,
): number {
  if (size <= WHOLE_BYTES) return changeIn(views, pointer, 0, Math.min(size, limit), tag);
  const head = changeIn(views, pointer, 0, Math.min(EDGE_BYTES, limit), tag);
  if (head >= 0) return head;
  const stride = strideOf(size);
  const last = tailOf(size);
  for (let offset = EDGE_BYTES; offset + 4 <= Math.min(last, limit); offset += stride) {
    const change = changeIn(views, pointer, offset, offset + 4, tag);
    if (change >= 0) return change;
  }
  return changeIn(views, pointer, last, Math.min(size, limit), tag);
}

function changeIn(
  { bytes, words }: Views,
  pointer: number,
  from: number,
  to: number,
  tag: number,
): number {
  let offset = from;
  if ((pointer & 3) === 0) {
    while (offset + 4 <= to && words[(pointer + offset) >>> 2] === wordAt(tag, offset) >>> 0) {
      offset += 4;
    }
  }
  for (; offset < to; offset++) {
    if (bytes[pointer + offset] !== byteAt(tag, offset)) return offset;
  }
  return -1;
}

/** The byte that ought to be there, and the one that is. */
export function comparedByte(
  { bytes }: Views,
  pointer: number,
  offset: number,
  tag: number,
): { readonly wanted: number; readonly found: number } {
  return { wanted: byteAt(tag, offset), found: bytes[pointer + offset] };
}

/** The offset of the first byte that is not zero, -1 if there is none. */
export function firstNonZero({ bytes, words }: Views, pointer: number, size: number): number {
  let offset = 0;
  if ((pointer & 3) === 0) {
    while (offset + 4 <= size && words[(pointer + offset) >>> 2] === 0) offset += 4;
  }
  for (; offset < size; offset++) if (bytes[pointer + offset] !== 0) return offset;
  return -1;
}
