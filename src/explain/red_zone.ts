// The bytes that the kernel fills red zones with.
import { SLUB_RED_ACTIVE, SLUB_RED_INACTIVE } from "../abi.ts";

export function isRed(byte: number): boolean {
  return byte === SLUB_RED_INACTIVE || byte === SLUB_RED_ACTIVE;
}

/** Which of both fills most of the bytes. */
export function mostlyRed(bytes: readonly number[]): number {
  const count = (value: number): number => bytes.filter((byte) => byte === value).length;
  return count(SLUB_RED_INACTIVE) > count(SLUB_RED_ACTIVE) ? SLUB_RED_INACTIVE : SLUB_RED_ACTIVE;
}
