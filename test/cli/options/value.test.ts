import { expect, it } from "vitest";
import {
  durationMs,
  knownNames,
  numberFrom,
  percentUpTo,
  seedValue,
} from "../../../src/cli/options/value.ts";

const small = numberFrom(0, 100);

it("a number is decimal, hexadecimal or octal", () => {
  expect([small("0"), small("0x10"), small("010")]).toEqual([0, 16, 8]);
});

it("a seed has up to 64 bits", () => {
  expect(seedValue("7")).toBe(7n);
  expect(seedValue("0xFFFFffffFFFFffff")).toBe(0xffffffffffffffffn);
});

it("a time has a unit", () => {
  const times = ["500ms", "1.5s", "2m", "1000h"].map(durationMs);
  expect(times).toEqual([500, 1500, 120_000, 3_600_000_000]);
});

it("a list of names is put into the order of the known names", () => {
  expect(knownNames("letter", ["a", "b", "c"])("c, a,c")).toEqual(["a", "c"]);
});

it.each([
  [() => small("1.5"), "must be a whole number from 0 to 100"],
  [() => small("-1"), "must be a whole number from 0 to 100"],
  [() => small(""), "must be a whole number from 0 to 100"],
  [() => small("101"), "must be a whole number from 0 to 100"],
  [() => small("9".repeat(400)), "must be a whole number from 0 to 100"],
  [() => seedValue("18446744073709551616"), "must be a number of up to 64 bits"],
  [() => seedValue("seven"), "must be a number of up to 64 bits"],
  [() => percentUpTo(100)("100.5"), "must be a number of percent from 0 to 100"],
  [() => percentUpTo(100)("1e1"), "must be a number of percent from 0 to 100"],
  [() => percentUpTo(100)("."), "must be a number of percent from 0 to 100"],
  [() => durationMs("300"), "say 300ms or 300s"],
  [() => durationMs("0.5"), "say 0.5ms or 0.5s"],
  [() => durationMs("soon"), "must be a time such as 30s, 500ms or 2m"],
  [() => durationMs("1e9s"), "must be a time such as 30s, 500ms or 2m"],
  [() => durationMs("0s"), "must be a time of 1ms or more"],
  [() => durationMs("1001h"), "must be a time of at most 1000h"],
  [() => durationMs("99999999999999999999h"), "must be a time of at most 1000h"],
  [() => knownNames("verdict", ["escaped", "late"])("escapd"), /did you mean escaped\?/],
  [() => knownNames("verdict", ["escaped", "late"])("so-so"), /there are: escaped late/],
])("a value is refused when it is wrong: %s", (read, message) => {
  expect(read).toThrow(message);
});
