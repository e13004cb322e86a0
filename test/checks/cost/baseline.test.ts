import { describe, expect, it } from "vitest";
import { baselineText, compareCost, parseCostBaseline } from "../../../src/checks/cost/baseline.ts";
import { costComparisonLines } from "../../../src/checks/cost/cost_text.ts";
import type { CostRow } from "../../../src/checks/cost/row.ts";

const KFREE: CostRow = {
  name: "v6.1 up F 64 kfree",
  kind: "kfree",
  setting: "v6.1 up F 64 B",
  place: "F, 64 B (v6.1 up)",
  count: 10,
  figures: [100, 20, 70, 10, 32],
};

function withLoads(loads: number): CostRow {
  return { ...KFREE, figures: [loads, ...KFREE.figures.slice(1)] };
}

const BASELINE = parseCostBaseline(baselineText([KFREE]), "base.json");

describe("a baseline", () => {
  it("holds what was measured", () => {
    expect(compareCost(BASELINE, [KFREE])).toEqual({
      dearer: [],
      cheaper: [],
      added: [],
      gone: [],
    });
    expect(costComparisonLines(compareCost(BASELINE, [KFREE]), "base.json")).toEqual([
      "cost as in base.json",
    ]);
  });

  it("tells by how much a row became dearer", () => {
    // 100 + 20 + 70 + 10 + 32 / 16 = 202 before, 10 more now.
    const lines = costComparisonLines(compareCost(BASELINE, [withLoads(110)]), "base.json");
    expect(lines).toEqual([
      "cost +5.0 % in kfree, F, 64 B (v6.1 up): 20.2 -> 21.2; loads 10.0 -> 11.0",
      "1 dearer, 0 cheaper than in base.json",
    ]);
  });

  it("accepts what the tolerance allows", () => {
    expect(compareCost(BASELINE, [withLoads(110)], 0.05).dearer).toEqual([]);
    expect(compareCost(BASELINE, [withLoads(111)], 0.05).dearer).toHaveLength(1);
  });

  it("counts a row that became cheaper as cheaper", () => {
    const { dearer, cheaper } = compareCost(BASELINE, [withLoads(99)]);
    expect([dearer.length, cheaper.length]).toEqual([0, 1]);
  });

  it("names the rows that only one side has", () => {
    const other = { ...KFREE, name: "v6.1 up F 96 kfree" };
    const { added, gone } = compareCost(BASELINE, [other]);
    expect([added, gone]).toEqual([[other.name], [KFREE.name]]);
  });
});

it.each([
  ["what", "base.json: is no cost baseline (it is not JSON)"],
  ["[]", "base.json: is no cost baseline (it is no object)"],
  ['{"version": 2, "rows": {}}', "base.json: version: is 2, this slabfuzz reads 1"],
  ['{"version": 1}', "base.json: rows: is missing"],
  ['{"version": 1, "rows": {"a": [1, 2]}}', "base.json: rows.a: must be 6 whole numbers"],
])("the file %s is refused as a baseline", (text, message) => {
  expect(() => parseCostBaseline(text, "base.json")).toThrow(message);
});
