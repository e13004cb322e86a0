import { describe, expect, it } from "vitest";
import { CaseEngine } from "../../src/slub/engine.ts";
import { DEFAULT_SHAPE } from "../../src/slub/gen/options.ts";
import { INJECTED_BUGS } from "../../src/target/bug_names.ts";
import { parseSignature } from "../../src/target/signature.ts";
import { type Finding, Tally, type TallyData } from "../../src/target/tally.ts";
import { runBatch } from "../../src/targets/batch.ts";

const engine = new CaseEngine({
  ...DEFAULT_SHAPE,
  target: "slub",
  machine: { profile: "v6.1", slubDebug: "FZP" },
  bugs: INJECTED_BUGS,
  seed: 7n,
  opCountMax: 60,
});

function tallyOf(first: number, count: number): TallyData {
  return runBatch(engine, { first, count }).tally;
}

/** The content of a tally, sorted. */
function normal(data: TallyData): unknown {
  const findings = [...data.findings].sort((a, b) =>
    a.signature.text < b.signature.text ? -1 : 1,
  );
  return { ...data, findings };
}

function sumOf(...parts: readonly TallyData[]): unknown {
  const tally = new Tally();
  for (const part of parts) tally.merge(part);
  return normal(tally.data);
}

describe("a sum of tallies", () => {
  it("is the tally of the whole, in any order", () => {
    const [one, two, three] = [tallyOf(0, 50), tallyOf(50, 30), tallyOf(80, 40)];
    const whole = normal(tallyOf(0, 120));
    expect(sumOf(one, two, three)).toEqual(whole);
    expect(sumOf(three, one, two)).toEqual(whole);
  });

  it("counts every case once, by class and verdict", () => {
    const { cases, verdicts } = tallyOf(0, 100);
    const counts = Object.values(verdicts).flatMap((row) => Object.values(row));
    expect(cases).toBe(100);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
  });

  it("has a digest that depends on the numbers of the cases", () => {
    expect(tallyOf(3, 1).digestLow).not.toBe(tallyOf(4, 1).digestLow);
  });
});

describe("the findings of one signature", () => {
  const finding: Finding = {
    signature: parseSignature("s"),
    verdict: "detected",
    class: "off-by-one",
    impact: "damage",
    count: 2,
    caseNumber: 9,
    opCount: 40,
  };

  function merged(...findings: readonly Partial<Finding>[]): Finding {
    const tally = new Tally();
    for (const change of findings) {
      const findings = [{ ...finding, ...change }];
      const empty = { cases: 0, operations: 0, digestHigh: 0, digestLow: 0, verdicts: {} };
      tally.merge({ ...empty, findings });
    }
    return tally.findings[0];
  }

  it("are one, with a count and the shortest example", () => {
    const { count, caseNumber, opCount } = merged({}, { opCount: 30, caseNumber: 77, count: 3 });
    expect([count, caseNumber, opCount]).toEqual([5, 77, 30]);
  });

  it("keep the first among the shortest cases", () => {
    expect(merged({}, { caseNumber: 4 }).caseNumber).toBe(4);
    expect(merged({ caseNumber: 4 }, {}).caseNumber).toBe(4);
  });

  it("keep the worst impact of all", () => {
    expect(merged({ opCount: 10 }, { impact: "foreign" }).impact).toBe("foreign");
  });
});
