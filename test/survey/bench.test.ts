// The bench: what is compared is the same, and a comparison says no more than it knows. How fast
// anything is, no test asserts.
import { describe, expect, it } from "vitest";
import { Prng } from "../../src/base/prng.ts";
import { ScoreTally } from "../../src/campaign/score_tally.ts";
import { parseScript } from "../../src/program/text.ts";
import { type Bench, type BenchRequest, bench } from "../../src/survey/bench.ts";
import {
  compareBenches,
  normalQuantile,
  parseBench,
  resolutionOf,
  shiftOf,
} from "../../src/survey/bench_compare.ts";
import { figuresOfGroup, geometricMean, summariesOf } from "../../src/survey/bench_figures.ts";
import { benchPage } from "../../src/survey/bench_page.ts";
import { benchLines, changeLines } from "../../src/survey/bench_text.ts";
import { ROUNDS_MIN } from "../../src/survey/pace.ts";
import type { ScoreCell } from "../../src/survey/score.ts";

const REQUEST: BenchRequest = {
  works: [
    { kind: "workload", name: "lifo", size: 64 },
    { kind: "workload", name: "phases", size: 320 },
  ],
  options: ["-", "FZ"],
  machine: { profile: "v6.1" },
  seed: 1n,
  host: "a test",
  timeMs: 1,
};

describe("a short run", { timeout: 120_000 }, () => {
  const result = bench(REQUEST);

  it("has as many rounds of the yardstick as of each set", () => {
    expect(result.groups.map(({ workload }) => workload)).toEqual(["lifo", "phases"]);
    for (const { yardstick, rows, operations } of result.groups) {
      expect(operations).toBeGreaterThan(1000);
      expect(yardstick.length).toBeGreaterThanOrEqual(ROUNDS_MIN);
      for (const { rounds } of rows) {
        expect(rounds).toHaveLength(yardstick.length);
        expect(Math.min(...rounds)).toBeGreaterThan(0);
      }
    }
  });

  it("says the same as text and as a page", () => {
    const summaries = summariesOf(result, {});
    const text = benchLines(result, summaries).join("\n");
    const page = benchPage({ bench: result, summaries, command: "slabfuzz bench", version: "0" });
    for (const { p10 } of result.groups.flatMap(figuresOfGroup)) {
      expect(text).toContain(p10.toFixed(1));
      expect(page).toContain(p10.toFixed(1));
    }
  });

  it("can be read back, and is no different from itself", () => {
    const read = parseBench(JSON.stringify(result), "x.json");
    expect(compareBenches(read, result).map(({ verdict }) => verdict)).toEqual(
      Array.from({ length: 4 }, () => "no change"),
    );
  });
});

describe("a program of one's own", { timeout: 60_000 }, () => {
  const bench1 = (script: string, options: string) => {
    const program = parseScript(script, "x.slab");
    const works = [{ kind: "program", name: "x.slab", program }] as const;
    return bench({ ...REQUEST, works, options: [options] });
  };

  it("is played as it is", () => {
    const { groups } = bench1("cache c 64 0 -\nallocn c 50 a\nfreen c 50 a\n", "FZP");
    expect([groups[0].workload, groups[0].operations]).toEqual(["x.slab", 3]);
  });

  it("that ends the machine is no bench", () => {
    const deadly = "cache c 64 0 -\nalloc c a\nfree c 0x1234567890\n";
    expect(() => bench1(deadly, "-")).toThrow(/operation 2 ends the machine/);
  });
});

/** Rounds with noise: a machine that slows down now and then, and a yardstick that shares it. */
function noisy(factor: number, seed: number): Bench {
  const prng = new Prng({ high: 0, low: seed });
  const mood = Array.from({ length: 120 }, () => 1 + prng.below(1000) / 2000);
  const jitter = (): number => 1 + (prng.below(1000) - 500) / 20_000;
  const rounds = (ns: number) => mood.map((slow) => ns * slow * jitter());
  const rows = [
    { options: "-", rounds: rounds(25) },
    { options: "FZ", rounds: rounds(60 * factor) },
  ];
  const groups = [{ workload: "lifo", operations: 4000, yardstick: rounds(2), rows }];
  const head = { host: "", profile: "v6.1", boot: "up", seed: "1", interrupted: false };
  return { ...head, groups };
}

describe("a comparison", () => {
  it("of two runs of the same finds no change, however the machine felt", () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const changes = compareBenches(noisy(1, seed), noisy(1, seed + 100));
      expect(changes.map(({ verdict }) => verdict)).toEqual(["no change", "no change"]);
      // The machine's mood moves single times by half: the comparison is finer than that.
      expect(resolutionOf(changes)).toBeLessThan(0.06);
    }
  });

  it("finds a planted slowdown of ten percent, in the row that has it", () => {
    const changes = compareBenches(noisy(1, 1), noisy(1.1, 2));
    expect(changes.map(({ verdict }) => verdict)).toEqual(["no change", "slower"]);
    expect(changes[1].low).toBeLessThan(0.1);
    expect(changes[1].high).toBeGreaterThan(0.1);
    expect(changeLines(changes).join("\n")).toMatch(/lifo +FZ +slower +\+(9|10)\.\d %/);
  });

  it("finds what became quicker", () => {
    const [, changed] = compareBenches(noisy(1.1, 1), noisy(1, 2));
    expect(changed.verdict).toBe("faster");
  });

  it("refuses runs that have nothing in common", () => {
    const other = noisy(1, 1);
    const renamed = { ...other, groups: [{ ...other.groups[0], workload: "fifo" }] };
    expect(() => compareBenches(renamed, other)).toThrow(/nothing|no workload/);
  });

  it.each(["", "[]", "{}", '{"groups": [{"workload": "x", "yardstick": [0], "rows": []}]}'])(
    "refuses %j as a bench, in one sentence",
    (text) => {
      expect(() => parseBench(text, "old.json")).toThrow(/^old\.json: is no bench/);
    },
  );
});

describe("the shift between two samples", () => {
  it("is the median of all differences, and the interval lies around it", () => {
    const before = [1, 2, 4, 8, 9];
    const after = [3, 5, 6, 10];
    const all = after.flatMap((x) => before.map((y) => x - y)).sort((a, b) => a - b);
    const [shift, low, high] = shiftOf(before, after, 1);
    expect(shift).toBe((all[9] + all[10]) / 2);
    expect(low).toBeLessThanOrEqual(shift);
    expect(high).toBeGreaterThanOrEqual(shift);
    expect(shiftOf(before, after, 100).slice(1)).toEqual([all[0], all[all.length - 1]]);
  });

  it("has the quantiles that a normal distribution has", () => {
    expect(normalQuantile(0.5)).toBeCloseTo(0, 6);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
    expect(normalQuantile(0.025)).toBeCloseTo(-1.959964, 5);
  });
});

describe("all workloads together", () => {
  const cellsFor = (shares: Readonly<Record<string, number>>): ScoreCell[] =>
    Object.entries(shares).map(([options, detected]) => {
      const tally = new ScoreTally();
      tally.cases = 100;
      Object.assign(tally.outcomes, { detected, blind: 100 - detected });
      return { profile: "v6.1", options, boot: "up", bug: "bit-flip", data: tally.data };
    });
  const result = noisy(1, 3);

  it("a set is dominated by one that catches more in less time, and by no other", () => {
    const dominated = summariesOf(result, { cells: cellsFor({ "-": 60, FZ: 50 }) });
    expect(dominated.map((one) => one.dominatedBy)).toEqual([undefined, "-"]);
    const fair = summariesOf(result, { cells: cellsFor({ "-": 10, FZ: 50 }) });
    expect(fair.map((one) => one.dominatedBy)).toEqual([undefined, undefined]);
  });

  it("nothing is said of what nobody counted", () => {
    const [first] = summariesOf(result, {});
    expect([first.detected, first.bytes, first.dominatedBy]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("ratios have a geometric mean: twice and half is once", () => {
    expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
  });
});
