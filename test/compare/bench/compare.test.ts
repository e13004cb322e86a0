import { describe, expect, it } from "vitest";
import { benchPage } from "../../../src/compare/bench/bench_page.ts";
import {
  benchComparisonLines,
  benchLines,
  chanceOf,
  compareBench,
} from "../../../src/compare/bench/bench_text.ts";
import { BENCH_FORMAT, type BenchResult } from "../../../src/compare/bench/result.ts";

/** Eight sittings around 1, as they fall on a quiet machine. */
const SITTINGS = [0.985, 0.99, 0.995, 1, 1.004, 1.007, 1.011, 1.02];

function resultWith(rows: Readonly<Record<string, readonly number[]>>, median = 1): BenchResult {
  const list = Object.entries(rows).map(([name, sittings]) => ({
    name,
    p10: 1,
    median,
    ratio: 1,
    yardsticks: 1,
    sittings,
  }));
  const about = { slabfuzz: "0", machine: "m", counters: [], detection: [] };
  const head = { format: BENCH_FORMAT, ...about } as const;
  const place = { workload: "uniform", sizes: "320", live: 8, baseline: "a", yardstick: 1 };
  return { ...head, groups: [{ name: "g", ...place, rows: list }] };
}

function saysOf(before: readonly number[], now: readonly number[]): string {
  return compareBench(resultWith({ a: before }), resultWith({ a: now })).changes[0].says;
}

it("a comparison finds no change between a run and itself", () => {
  const [change] = compareBench(resultWith({ a: SITTINGS }), resultWith({ a: SITTINGS })).changes;
  expect(change).toEqual({ name: "g: a", part: 0, chance: 1, says: "no change" });
});

it("a comparison finds a change of a tenth in either direction", () => {
  const slower = SITTINGS.map((one) => 1.1 * one);
  expect(saysOf(SITTINGS, slower)).toBe("slower");
  expect(saysOf(slower, SITTINGS)).toBe("faster");
});

it("a comparison reports no change that chance explains or that is too small to matter", () => {
  const restless = [0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.3];
  expect(
    saysOf(
      restless,
      restless.map((one) => 1.1 * one),
    ),
  ).toBe("no change");
  expect(
    saysOf(
      SITTINGS,
      SITTINGS.map((one) => 1.02 * one),
    ),
  ).toBe("no change");
});

it("a comparison counts the ways to deal six and six correctly", () => {
  // Only the deal that was made and its mirror image lie as far apart.
  const ways = (12 * 11 * 10 * 9 * 8 * 7) / (6 * 5 * 4 * 3 * 2 * 1);
  expect(chanceOf([1, 2, 3, 4, 5, 6], [11, 12, 13, 14, 15, 16])).toBe(2 / ways);
  expect(chanceOf([1, 1], [1, 1])).toBe(1);
});

it("a comparison demands more of each row where there are many", () => {
  // About 1 in 40 by chance: enough for one row, not for one of a hundred.
  const before = [1, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07];
  const now = before.map((one) => 1.035 * one);
  const alone = compareBench(resultWith({ a: before }), resultWith({ a: now }));
  expect(alone.changes[0].chance).toBeGreaterThan(0.05 / 100);
  expect(alone.changes[0].says).toBe("slower");
  const names = Array.from({ length: 99 }, (_, i) => `b${i}`);
  const rest = Object.fromEntries(names.map((name) => [name, SITTINGS]));
  const among = compareBench(resultWith({ a: before, ...rest }), resultWith({ a: now, ...rest }));
  expect(among.changes[0].says).toBe("no change");
});

it("a comparison names the rows that only one of the runs has", () => {
  const { added, gone, changes } = compareBench(
    resultWith({ a: SITTINGS, b: SITTINGS }),
    resultWith({ a: SITTINGS, c: SITTINGS }),
  );
  expect([added, gone, changes.length]).toEqual([["g: c"], ["g: b"], 1]);
});

describe("a row that other work disturbed", () => {
  const quiet = resultWith({ a: SITTINGS }, 1.4);
  const busy = resultWith({ a: SITTINGS.map((one) => 3 * one) }, 1.6);

  it.each([
    ["now", quiet, busy],
    ["before", busy, quiet],
    ["in both", busy, busy],
  ])(
    "is compared with no other row where it was disturbed %s, and one line tells so",
    (_, one, other) => {
      const comparison = compareBench(one, other);
      expect([comparison.changes, comparison.disturbed]).toEqual([[], ["g: a"]]);
      expect(benchComparisonLines(comparison)).toEqual([
        "not compared, other work disturbed a run: g: a; measure again",
        "0 slower, 0 faster, 0 unchanged",
      ]);
    },
  );

  it("is marked as disturbed in the table and on the page, and a quiet row has no mark", () => {
    for (const show of [
      (result: BenchResult) => benchLines(result).join("\n"),
      (result: BenchResult) => benchPage({ result, command: "slabfuzz bench" }),
    ]) {
      expect(show(busy)).toContain("disturbed by other work, measure again");
      expect(show(quiet)).not.toContain("disturbed");
    }
  });
});

it("disturbed rows are counted where they are too many for one line", () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`b${i}`, SITTINGS]));
  const lines = benchComparisonLines(compareBench(resultWith(many), resultWith({ a: SITTINGS })));
  expect(lines).toContain("only in the other run: g: b0; g: b1; g: b2; g: b3; g: b4 and 25 more");
});
