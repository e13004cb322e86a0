// Numbers in byte arrays, least significant byte first, as the simulated machine keeps them.

const TWO_32 = 0x100000000;

/** The 16-bit number at `at`. */
export function readU16(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8);
}

/** The 32-bit number at `at`. */
export function readU32(bytes: Uint8Array, at: number): number {
  return (readU16(bytes, at) | (readU16(bytes, at + 2) << 16)) >>> 0;
}

/** The 64-bit number at `at`. */
export function readU64(bytes: Uint8Array, at: number): bigint {
  return joinU64(readU32(bytes, at + 4), readU32(bytes, at));
}

/** The 64-bit number with these two halves. */
export function joinU64(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** The low half of a 64-bit number, unsigned. */
export function lowWord(value: bigint): number {
  return Number(value & 0xffffffffn);
}

/** The high half of a 64-bit number, unsigned. */
export function highWord(value: bigint): number {
  return Number((value >> 32n) & 0xffffffffn);
}

/** `count` rounded up to a multiple of `unit`, a power of two. */
export function alignUp(count: number, unit: number): number {
  return (count + unit - 1) & -unit;
}

/** True if `value` is a whole number that 32 bits can hold unsigned. */
export function fitsU32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < TWO_32;
}

/** True if `value` is a whole number that 32 bits can hold signed. */
export function fitsI32(value: number): boolean {
  return Number.isInteger(value) && value >= -TWO_32 / 2 && value < TWO_32 / 2;
}

/** Whether two stretches hold the same bytes. */
export function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
