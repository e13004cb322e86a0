// Malformed input of every kind that slabfuzz reads: forty of each. test/deep/ has more.
import { describe, expect, it } from "vitest";
import {
  faultOf,
  MALFORMED_KINDS,
  malformedInputs,
  malformedText,
  readMalformed,
} from "../helper/malformed/malformed.ts";

const COUNT = 40;

describe.each(MALFORMED_KINDS)("a malformed %s", (kind) => {
  it("is accepted correctly, or refused in one sentence", { timeout: 120_000 }, async () => {
    const faults: string[] = [];
    let refused = 0;
    for await (const one of readMalformed(kind, malformedInputs(kind, 1, COUNT))) {
      const fault = faultOf(one);
      if (fault !== undefined) faults.push(malformedText(fault, one));
      if (one.result.code === 2) refused++;
    }
    expect(faults).toEqual([]);
    expect(refused).toBeGreaterThan(0);
  });
});

it.each([
  ["a stack", { code: 3, out: "", error: "x\n" }, "ends with 3"],
  ["two sentences on two lines", { code: 2, out: "", error: "a\nb\n" }, "says more or less"],
  ["nothing at all", { code: 2, out: "", error: "" }, "says more or less"],
  ["an escape", { code: 0, out: "\x1b[2J\n", error: "" }, "prints what nobody sees"],
  ["a command", { code: 2, out: "", error: "::error::x\n" }, "prints a command"],
])("an answer with %s counts as wrong", (_, result, fault) => {
  expect(faultOf({ kind: "option", input: "", words: [], result })).toMatch(fault);
});

it("an answer in one sentence and a correct answer count as right", () => {
  for (const result of [
    { code: 2, out: "", error: "a.slab:1: no\n" },
    { code: undefined, out: "ok\n", error: "a note\nand another\n" },
  ]) {
    expect(faultOf({ kind: "option", input: "", words: [], result })).toBeUndefined();
  }
});
