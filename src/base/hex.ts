// Hexadecimal, in the ways that kernel logs and scripts write it.
import { joinU64 } from "./bytes.ts";

const HEX_DIGITS = /^[0-9a-fA-F]+$/;

/** Sixteen digits, as %px prints a pointer. */
export function hex64(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, "0");
}

/** Sixteen digits from two halves. */
export function hex64OfWords(high: number, low: number): string {
  return hex64(joinU64(high, low));
}

/** Eight digits. */
export function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}

/** Two digits. */
export function hex8(value: number): string {
  return (value & 0xff).toString(16).padStart(2, "0");
}

/** Two digits a byte, nothing between. */
export function hexOfBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += hex8(byte);
  return text;
}

/** The bytes that an even number of digits stands for; undefined if the text is anything else. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !HEX_DIGITS.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

/** The number that up to sixteen digits stand for, with or without 0x; undefined otherwise. */
export function parseHex64(text: string): bigint | undefined {
  const digits = /^0x/i.test(text) ? text.slice(2) : text;
  if (digits.length > 16 || !HEX_DIGITS.test(digits)) return undefined;
  return BigInt(`0x${digits}`);
}
