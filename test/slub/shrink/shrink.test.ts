import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/base/user_error.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { heapFor, parseCore } from "../../../src/slub/named_core.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import type { Program } from "../../../src/slub/program/op.ts";
import { parseScript, printScript } from "../../../src/slub/program/text.ts";
import { judgeProgram } from "../../../src/slub/run/case.ts";
import { shrink, shrinkPatiently } from "../../../src/slub/shrink/shrink.ts";
import { keyOf } from "../../../src/slub/shrink/strategy.ts";
import { compareKeys } from "../../../src/target/shrink.ts";
import { someFindings } from "./findings.ts";
import { spareOf } from "./spare.ts";

const SEED = 5n;
const heap = new SlabHeap();

/** Two rounds through all kernels and option sets. */
const samples = [...someFindings(48, SEED, 60)].map((found) => {
  const result = shrink(found.program, { heap });
  const name = `${found.program.header.boot}: ${found.verdict} ${found.signature}`;
  return { name, found, result };
});

function judge(program: Program) {
  return judgeProgram(program, machineFor(program), heap);
}

describe("a shrunk finding", () => {
  it.each(samples)("keeps its signature: $name", ({ found, result }) => {
    const { verdict, signature } = judge(result.program);
    expect([verdict, signature]).toEqual([found.verdict, found.signature]);
  });

  it.each(samples)("never grows: $name", ({ found, result }) => {
    expect(compareKeys(keyOf(result.program), keyOf(found.program))).toBeLessThanOrEqual(0);
    expect(result.program.ops.length).toBeLessThanOrEqual(found.program.ops.length);
  });

  it.each(samples)("has no spare part: $name", ({ result }) => {
    expect(result.isComplete).toBe(true);
    expect(spareOf(result.program)).toEqual([]);
  });

  it.each(samples)("prints and parses: $name", ({ result }) => {
    const read = parseScript(printScript(result.program), "shrunk.slab");
    expect(read.ops).toEqual(result.program.ops);
    expect(judge(read).digest).toBe(result.digest);
  });

  it.each(samples)("has only slips that are other bugs: $name", ({ result }) => {
    const bugs = result.slips.map(({ verdict, signature }) => `${verdict} ${signature}`);
    expect(bugs).not.toContain(`${result.verdict} ${result.signature}`);
    expect(new Set(bugs).size).toBe(bugs.length);
    for (const { program, verdict, signature } of result.slips) {
      expect(judge(program)).toMatchObject({ verdict, signature });
    }
  });
});

it("the same program shrinks to the same bytes, on a used heap and on a new one", () => {
  for (const { found, result } of samples.slice(0, 8)) {
    const again = shrink(found.program);
    expect(printScript(again.program)).toBe(printScript(result.program));
    expect(again.tried).toBe(result.tried);
    expect(again.slips).toEqual(result.slips);
  }
});

it("a shrunk program does not get smaller when it is shrunk again", () => {
  for (const { result } of samples.slice(0, 12)) {
    expect(shrink(result.program, { heap }).program.ops).toEqual(result.program.ops);
  }
});

/** A line less, and every line that then makes no sense: by the text alone. */
function withoutLine(lines: readonly string[], index: number): readonly string[] {
  const kept: string[] = [];
  for (const line of lines.filter((_, i) => i !== index)) {
    try {
      parseScript([...kept, line].join("\n"), "x");
      kept.push(line);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return kept;
}

it("a short shrunk script has no line that can be left out, as brute force shows", () => {
  const short = samples.filter(({ result }) => result.program.ops.length <= 12);
  expect(short.length).toBeGreaterThan(40);
  for (const { result } of short) {
    const lines = printScript(result.program).trimEnd().split("\n");
    const first = lines.findIndex((line) => !line.startsWith("#"));
    for (let index = first; index < lines.length; index++) {
      const { verdict, signature } = judge(parseScript(withoutLine(lines, index).join("\n"), "x"));
      expect([verdict, signature]).not.toEqual([result.verdict, result.signature]);
    }
  }
});

describe("a bug that becomes another one during shrinking", () => {
  const script = [
    "# boot: up slub_debug=F",
    "cache c 64 0 -",
    "alloc c a",
    "alloc c b",
    "free c a",
    "free c b",
    "free c a",
    "validate c",
  ].join("\n");
  const result = shrink(parseScript(script, "interleaved.slab"));

  it("keeps its own signature in the result", () => {
    expect(result.signature).toMatch(/^double-free-interleaved\|/);
    expect(result.program.ops.filter(({ op }) => op === "free")).toHaveLength(3);
  });

  it("is reported as a slip, with a program that shows it", () => {
    const slip = result.slips.find(({ signature }) => signature.startsWith("double-free|"));
    expect(slip?.verdict).toBe("detected");
    expect(slip?.program.ops.filter(({ op }) => op === "free")).toHaveLength(2);
  });
});

it("a clean program is refused in one sentence", () => {
  const clean = parseScript("cache c 64 0 -\nalloc c a\nfree c a\n", "clean.slab");
  expect(() => shrink(clean)).toThrow(UserError);
});

it("a deliberate bug of the allocator is shrunk to what it needs", () => {
  const newHeap = () => heapFor(parseCore("canary:zeroing-one-word-short"));
  const noise = Array.from({ length: 20 }, (_, i) => `alloc c n${i}`);
  const lines = ["cache c 64 0 -", ...noise, "alloc c a", "fill a 0 64 41", "free c a"];
  const program = parseScript([...lines, "alloc c b z", "read b 0 64"].join("\n"), "canary.slab");
  const { verdict, program: shrunk } = shrink(program, { newHeap });
  expect(verdict).toBe("invariant");
  // Its size is one word: the free pointer is what the allocation forgets to clear.
  expect(shrunk.ops).toMatchObject([
    { op: "cache", flags: "-" },
    { op: "alloc", zero: true },
    { op: "read", offset: 0 },
  ]);
});

describe("the budget of a shrink", () => {
  const { program } = [...someFindings(1, SEED, 100)][0];

  it("ends it with the best program so far, which is verified", () => {
    const result = shrink(program, { effortMax: 2000 });
    const { verdict, signature } = judge(result.program);
    expect(result.isComplete).toBe(false);
    expect([verdict, signature]).toEqual([result.verdict, result.signature]);
    expect(result.program.ops.length).toBeLessThanOrEqual(program.ops.length);
  });

  it("ends it at a signal, too", async () => {
    const stop = new AbortController();
    stop.abort();
    const result = await shrinkPatiently(program, { signal: stop.signal });
    expect(result).toMatchObject({
      isComplete: false,
      tried: 0,
      operationsBefore: program.ops.length,
    });
  });

  it("has no effect on the result where it is not exhausted", async () => {
    const result = await shrinkPatiently(program, { heap });
    expect(printScript(result.program)).toBe(printScript(shrink(program, { heap }).program));
  });
});
