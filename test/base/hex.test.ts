import { expect, it } from "vitest";
import { bytesOfHex, hex8, hex32, hex64, hexOfBytes, parseHex64 } from "../../src/base/hex.ts";

it("a pointer is printed with sixteen digits", () => {
  expect(hex64(0x10n)).toBe("0000000000000010");
  expect(hex64(-1n)).toBe("ffffffffffffffff");
  expect(hex32(-1)).toBe("ffffffff");
  expect(hex8(0x1a5)).toBe("a5");
});

it("a row of bytes survives being printed and read", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(bytesOfHex(hexOfBytes(bytes))).toEqual(bytes);
  expect(hexOfBytes(bytesOfHex("00FFa5") ?? new Uint8Array())).toBe("00ffa5");
});

it.each(["", "0", "abc", "0x00", "gg", " 00"])(
  "the text %j is refused as a row of bytes",
  (text) => {
    expect(bytesOfHex(text)).toBeUndefined();
  },
);

it("a number is read from up to sixteen digits, with 0x or without", () => {
  expect(parseHex64("0xffffc90003fed0c8")).toBe(0xffffc90003fed0c8n);
  expect(parseHex64("363fe")).toBe(0x363fen);
});

it.each(["", "0x", "0x10000000000000000", "12g", "-1"])(
  "the text %j is refused as a 64-bit number",
  (text) => {
    expect(parseHex64(text)).toBeUndefined();
  },
);
