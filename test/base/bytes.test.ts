import { expect, it } from "vitest";
import * as bytes from "../../src/base/bytes.ts";

it("a number lies in memory with its least significant byte first", () => {
  const memory = new Uint8Array(8);
  memory.set([0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11]);
  expect(bytes.readU64(memory, 0)).toBe(0x1122334455667788n);
  expect(bytes.readU16(memory, 1)).toBe(0x6677);
  expect(bytes.readU32(memory, 4)).toBe(0x11223344);
});

it.each([0n, 1n, 0x80000000n, 0xffffffffffffffffn, 0xffff880000000000n])(
  "the number %x survives being read, split and joined",
  (value) => {
    const memory = new Uint8Array(16);
    new DataView(memory.buffer).setBigUint64(3, value, true);
    expect(bytes.readU64(memory, 3)).toBe(value);
    expect(bytes.joinU64(bytes.highWord(value), bytes.lowWord(value))).toBe(value);
  },
);

it("a size is rounded up to a power of two", () => {
  expect([0, 1, 8, 9].map((count) => bytes.alignUp(count, 8))).toEqual([0, 8, 8, 16]);
});

it("the check for 32 bits accepts a number only if 32 bits can hold it", () => {
  expect([-1, 0, 0xffffffff, 0x100000000, 0.5].map(bytes.fitsU32)).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
  expect([-0x80000000, 0x7fffffff, 0x80000000, -0x80000001].map(bytes.fitsI32)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
