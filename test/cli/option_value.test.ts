import { expect, it } from "vitest";
import { positiveNumber, seedValue, wholeNumber, wordNumber } from "../../src/cli/option_value.ts";

it("numbers are decimal, hexadecimal or octal", () => {
  expect([wholeNumber("0"), wholeNumber("0x10"), wholeNumber("010")]).toEqual([0, 16, 8]);
});

it("seeds have up to 64 bits", () => {
  expect(seedValue("7")).toBe(7n);
  expect(seedValue("0xFFFFffffFFFFffff")).toBe(0xffffffffffffffffn);
});

it.each([
  [() => wholeNumber("1.5")],
  [() => wholeNumber("-1")],
  [() => wholeNumber("")],
  [() => wholeNumber("99999999999999999999")],
  [() => wordNumber("4294967296")],
  [() => positiveNumber("0")],
  [() => seedValue("18446744073709551616")],
  [() => seedValue("seven")],
])("%s is refused", (read) => {
  expect(read).toThrow(/^It h/);
});
