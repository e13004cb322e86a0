// The fields of an operation's record, of the words of a program image: assembly/abi/op.ts says
// what each operation uses them for. Each function is one shift, so that loops over all operations
// can afford it.
import { OP_SIZE, type Op, OpField } from "../../abi.ts";

export const RECORD_WORDS = OP_SIZE / 4;

export function opOf(words: Uint32Array, index: number): Op {
  return words[RECORD_WORDS * index] & 0xff;
}

export function auxOf(words: Uint32Array, index: number): number {
  return (words[RECORD_WORDS * index] >>> (8 * OpField.AUX)) & 0xff;
}

/** Number of the cache name. */
export function cacheNameOf(words: Uint32Array, index: number): number {
  return words[RECORD_WORDS * index] >>> (8 * OpField.NAME);
}

export function slotOf(words: Uint32Array, index: number): number {
  return words[RECORD_WORDS * index + OpField.SLOT / 4] & 0xffff;
}

/** Also a count, or a length. */
export function slot2Of(words: Uint32Array, index: number): number {
  return words[RECORD_WORDS * index + OpField.SLOT / 4] >>> 16;
}

/** Distances go both ways. */
export function offsetOf(words: Uint32Array, index: number): number {
  return words[RECORD_WORDS * index + OpField.OFFSET / 4] | 0;
}

export function argOf(words: Uint32Array, index: number): number {
  return words[RECORD_WORDS * index + OpField.ARG / 4];
}
