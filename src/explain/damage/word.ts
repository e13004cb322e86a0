// Words of memory: their bytes, and what an address of them may be of.

/** How a machine keeps words. */
export interface WordOrder {
  readonly wordBytes: 4 | 8;
  readonly isBigEndian: boolean;
}

export function wordAt(
  bytes: readonly number[],
  { isBigEndian }: Pick<WordOrder, "isBigEndian">,
): bigint {
  const ordered = isBigEndian ? bytes : [...bytes].reverse();
  return ordered.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** What the two pointers of a deleted list node hold on machines of 64 bits (6.x). */
export const LIST_POISON1 = 0xdead000000000100n;
export const LIST_POISON2 = 0xdead000000000122n;

const LIST_POISONS: readonly bigint[] = [
  LIST_POISON1,
  LIST_POISON2,
  0xdead000000000200n,
  0x5deadbeef0000100n,
  0x5deadbeef0000122n,
  0x100n,
  0x122n,
  0x200n,
  0x100100n,
  0x200200n,
];

export function isListPoison(value: bigint): boolean {
  return LIST_POISONS.includes(value) || /^dead4ead|^dead0000/.test(value.toString(16));
}

/** Where a value points to, as far as its digits tell. */
export function regionOf(value: bigint, wordBytes: 4 | 8): string | undefined {
  if (isListPoison(value) && value > 0xfffn) return "LIST_POISON";
  const digits = value.toString(16).padStart(2 * wordBytes, "0");
  if (/^(6b)+$/.test(digits)) return "poison of a freed object";
  if (wordBytes === 4) return /^[c-f][0-9a-f]{7}$/.test(digits) ? "kernel address" : undefined;
  if (/^ffffc[89ab]/.test(digits)) return "vmalloc address";
  if (/^ffffffff[89a-c]/.test(digits)) return "address of kernel code or data";
  if (/^ffffea/.test(digits)) return "address of a struct page";
  if (/^ffff[0-9a-f]/.test(digits) && !/^ffffffff/.test(digits)) return "pointer into memory";
  return /^c0000000|^c000[0-9a-f]/.test(digits) ? "pointer into memory" : undefined;
}

/** Bytes that the allocator and the lists leave in memory which nobody may use. */
export type Poison = "freed" | "not initialised" | "deleted";

const NEAR = 4096n;
/** Of a list node that was deleted, on machines of 32 bits and on old ones of 64. */
const OLD_DELETED = /^(?:1001|2002)[0-9a-f]{2}$/;

/** What an address was read from, if it is poison or lies a few bytes from it. */
export function poisonOf(address: bigint | undefined): Poison | undefined {
  if (address === undefined) return undefined;
  const isNearTo = (value: bigint): boolean => {
    const distance = address - value;
    return -NEAR < distance && distance < NEAR;
  };
  const isNear = (digits: string): boolean => isNearTo(BigInt(`0x${digits}`));
  if (isNear("6b".repeat(8)) || isNear("6b".repeat(4)) || isNear("6b".repeat(7))) return "freed";
  if (isNear("5a".repeat(8)) || isNear("5a".repeat(4))) return "not initialised";
  const isDeleted = OLD_DELETED.test(address.toString(16));
  return isDeleted || isNearTo(LIST_POISON1) ? "deleted" : undefined;
}

/** Whether a value would be the address of an object but for one bit of its upper part. */
export function isOneBitFromPointer(value: bigint, wordBytes: 4 | 8): boolean {
  if (wordBytes === 4 || regionOf(value, wordBytes) !== undefined) return false;
  const bits = Array.from({ length: UPPER_BITS }, (_, i) => 1n << BigInt(63 - i));
  return bits.some((bit) => regionOf(value ^ bit, wordBytes) === "pointer into memory");
}

/** Those in which all addresses of objects agree. */
const UPPER_BITS = 17;

/** Whether a value can be an address of the kernel. */
export function isPointer(value: bigint, wordBytes: 4 | 8): boolean {
  return value >= (wordBytes === 8 ? 0xc000000000000000n : 0x80000000n);
}

/** The bytes of a word in memory. */
export function bytesOfWord(value: bigint, { wordBytes, isBigEndian }: WordOrder): number[] {
  const bytes = Array.from({ length: wordBytes }, (_, i) =>
    Number((value >> BigInt(8 * i)) & 0xffn),
  );
  return isBigEndian ? bytes.reverse() : bytes;
}

/** The bytes of a number of 32 bits in memory. */
export function bytesOfNumber(value: number, order: WordOrder): number[] {
  return bytesOfWord(BigInt(value), { ...order, wordBytes: 4 });
}
