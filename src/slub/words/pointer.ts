// Numbers as the kernel's printf writes them.
import { hex64 } from "../../base/hex.ts";
import type { Words } from "./kernels/index.ts";

/** %p, without the 0x that most messages put before it. */
export function pointerText(value: bigint, words: Words): string {
  return value === 0n ? words.nullPointer : hex64(value);
}

/** 0x%p. */
export function prefixedPointer(value: bigint, words: Words): string {
  return `0x${pointerText(value, words)}`;
}

/** 0x%p-0x%p, first and last byte. */
export function rangeText(first: bigint, last: bigint, words: Words): string {
  return `${prefixedPointer(first, words)}-${prefixedPointer(last, words)}`;
}

/** `@offset=%tu`: bytes from the slab's first one, unsigned. */
export function offsetText(address: bigint, base: bigint): string {
  return `@offset=${BigInt.asUintN(64, address - base)}`;
}

/** %d of a 32-bit number. */
export function signed(value: number): number {
  return value | 0;
}

/** %u of a 32-bit number. */
export function unsigned(value: number): number {
  return value >>> 0;
}
