// Some of the mistakes that allocators really made are found within a few cases, and the same heaps
// without them are quiet. test/deep/historical.deep.ts has all of them.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { ForeignOp } from "../../src/module/program/op.ts";
import { expectMistakeFound, ruleBroken } from "./historical/expected.ts";
import { MISTAKES } from "./historical/mistakes.ts";
import { mendedModule } from "./historical/modules.ts";
import { ruleBrokenBy } from "./historical/search.ts";

/** No two in one heap: those that are found soonest. */
const SOON = ["CUTS_A_HEADER_EARLY", "MALLOC_IS_NO_ROOT"];
const QUIET_CASES = 10;
const PAGE = fileURLToPath(new URL("../../docs/historical.md", import.meta.url));

const chosen = MISTAKES.filter(({ name }) => SOON.includes(name));

describe.each(chosen)("the mistake that $source reported", (mistake) => {
  it("is found, and the program is shrunk to a few operations", () => {
    expectMistakeFound(mistake);
  });

  it("is not found in the same heap without it", () => {
    expect(ruleBroken(mendedModule(mistake.heap), QUIET_CASES)).toBeUndefined();
  });
});

it("the list of mistakes has those of the page, each once", () => {
  const page = readFileSync(PAGE, "utf8");
  const rows = page.split("\n").filter((line) => /^\| .* \| \d/.test(line));
  const sources = rows.map((line) => line.split(" | ")[0].replace("| ", ""));
  expect(sources).toEqual(MISTAKES.map(({ source }) => source));
  expect(chosen).toHaveLength(SOON.length);
});

const alloc = (slot: number, a: number, b = 0): ForeignOp => ({ op: "alloc", slot, a, b, c: 0 });

describe("a program for a heap without a mistake", () => {
  it("may ask for so much that a multiple of the alignment has more than 32 bits", () => {
    expect(ruleBrokenBy(mendedModule("boundary"), [alloc(0, 0xfffff001, 4096)])).toBeUndefined();
  });

  it("may settle while a block of no bytes is alive", () => {
    const settle: ForeignOp = { op: "settle", slot: -1, a: 0, b: 0, c: 0 };
    const ops = [alloc(0, 1_045_745), alloc(1, 0, 65536), alloc(2, 286_766), alloc(3, 0), settle];
    expect(ruleBrokenBy(mendedModule("tlsf with alignments"), ops)).toBeUndefined();
  });
});
