// Whether a change of some bytes leaves words behind whose meaning is the same on every machine. A
// pointer that is overwritten in part points somewhere into a kernel's memory, and a free pointer
// that is encoded becomes a random number.
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import { readLong } from "../../src/slub/core/memory.ts";
import { type Ground, isInDirectMap, type OwnSlab } from "./ground.ts";

/** Bytes that are stored, or mixed into what is there. */
export interface ByteChange {
  readonly at: bigint;
  readonly bytes: Uint8Array;
  readonly isXor: boolean;
}

const WORD = 8n;
/** Where a track keeps its handle of the stack depot. */
const TRACK_HANDLE = 8n;
const HANDLE_BYTES = 4n;
/** No kernel under test has that many pages of stacks. */
const DEPOT_INDEX_MIN = 0x100;

export function mayChange(ground: Ground, heap: SlabHeap, change: ByteChange): boolean {
  const { at, bytes } = change;
  const end = at + BigInt(bytes.length);
  if (ground.isEmpty(at) && ground.isEmpty(end)) return true;
  if (!ground.covers(at, bytes.length)) return false;
  const slab = ground.slabAt(at);
  const pointers = slab === undefined ? undefined : ground.freePointersIn(slab, at, end);
  for (let word = at & ~(WORD - 1n); word < end; word += WORD) {
    const before = readLong(heap, word);
    if (before === undefined) return false;
    const isPointer = pointers?.includes(word) ?? true;
    if (isInDirectMap(before) && splitsPointer(change, word)) return false;
    if (!ground.mayBecome(before, changed(change, word, before), isPointer)) return false;
  }
  return slab === undefined || mayChangeSlab(ground, heap, change, slab);
}

function mayChangeSlab(ground: Ground, heap: SlabHeap, change: ByteChange, slab: OwnSlab): boolean {
  const end = change.at + BigInt(change.bytes.length);
  const tracks = ground.tracksIn(slab, change.at, end);
  if (!tracks.every((track) => staysReadable(heap, change, track + TRACK_HANDLE))) return false;
  if (!heap.machine.hardened) return true;
  return ground
    .freePointersIn(slab, change.at, end)
    .every((at) => (change.isXor ? keepsPage(change, at) : change.at <= at && end >= at + WORD));
}

/** A handle of the stack depot stays, or becomes zero or far out of bounds as a whole. */
function staysReadable(heap: SlabHeap, change: ByteChange, at: bigint): boolean {
  const [first, end] = [change.at, change.at + BigInt(change.bytes.length)];
  if (first >= at + HANDLE_BYTES || end <= at) return true;
  if (change.isXor || first > at || end < at + HANDLE_BYTES) return false;
  const word = at & ~(WORD - 1n);
  const before = readLong(heap, word) ?? 0n;
  const shift = (at - word) * 8n;
  const is = Number((changed(change, word, before) >> shift) & 0xffff_ffffn);
  return is === 0 || ((is & 0xffff) >= DEPOT_INDEX_MIN && (is & 0xfff) !== 0);
}

/** Some, but not all, of the bytes go that tell where a pointer leads. */
function splitsPointer({ at, bytes, isXor }: ByteChange, word: bigint): boolean {
  const first = Number(word - at);
  const changed = [1, 2, 3, 4, 5].filter((i) => bytes[first + i] !== undefined);
  if (isXor) return changed.some((i) => bytes[first + i] !== 0);
  return changed.length > 0 && changed.length < 5;
}

/** Only the lowest byte of a pointer changes, or those that make it point nowhere. */
function keepsPage({ at, bytes }: ByteChange, pointer: bigint): boolean {
  return bytes.every((byte, i) => {
    const index = at + BigInt(i) - pointer;
    return byte === 0 || index <= 0n || index >= 6n;
  });
}

/** A word after the change. */
function changed({ at, bytes, isXor }: ByteChange, word: bigint, before: bigint): bigint {
  const first = Number(word - at);
  let after = before;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[first + i];
    if (byte === undefined) continue;
    const shift = BigInt(8 * i);
    const value = isXor ? after ^ (BigInt(byte) << shift) : BigInt(byte) << shift;
    after = (after & ~(0xffn << shift)) | (value & (0xffn << shift));
  }
  return after;
}
