import { describe, expect, it } from "vitest";
import { ByteReader, signedBytes, textBytes, unsignedBytes } from "../../src/wasm/leb128.ts";

const UNSIGNED = [0, 1, 127, 128, 16383, 16384, 2 ** 31, 2 ** 32 - 1];
const SIGNED = [
  0n,
  1n,
  -1n,
  63n,
  64n,
  -64n,
  -65n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 63n - 1n,
  -(2n ** 63n),
];

describe("the reader of LEB128", () => {
  it.each(UNSIGNED)("reads the unsigned number %d as it was written", (value) => {
    const reader = new ByteReader(Uint8Array.from(unsignedBytes(value)));
    expect([reader.u32(), reader.isDone]).toEqual([value, true]);
  });

  it.each(SIGNED)("reads the signed number %s as it was written", (value) => {
    const reader = new ByteReader(Uint8Array.from(signedBytes(value)));
    expect([reader.signed(), reader.isDone]).toEqual([value, true]);
  });

  it("takes seven bits from a byte", () => {
    expect(unsignedBytes(0x80)).toEqual([0x80, 0x01]);
    expect(signedBytes(-128n)).toEqual([0x80, 0x7f]);
  });

  it("refuses a number without an end", () => {
    expect(() => new ByteReader(Uint8Array.of(0x80)).u32()).toThrow("ends in the middle");
    expect(() => new ByteReader(new Uint8Array(9).fill(0x80)).u32()).toThrow("does not fit");
  });
});

it("a text is read as it was written", () => {
  expect(new ByteReader(Uint8Array.from(textBytes("slab ⟨0⟩"))).text()).toBe("slab ⟨0⟩");
});
