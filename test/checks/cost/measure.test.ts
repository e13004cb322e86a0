// The cost depends on the module alone, and one more load changes it.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { baselineText, compareCost, parseCostBaseline } from "../../../src/checks/cost/baseline.ts";
import { changeText } from "../../../src/checks/cost/cost_text.ts";
import { COST_SETTINGS, kindsOf, measureCost } from "../../../src/checks/cost/measure.ts";
import type { CostTable } from "../../../src/checks/cost/row.ts";
import { pathOfCore } from "../../../src/targets/core_files.ts";
import { COUNTERS } from "../../../src/wasm/meter.ts";
import { patched } from "../../../src/wasm/rewrite.ts";
import { codeOf, namedCore, PLANTED_LOAD } from "../../helper/named_core.ts";

const RUNS = 10;
const LOADS = COUNTERS.indexOf("loads");

/** The named core, which loads a word more whenever one of these functions begins. */
function withLoadIn(...names: readonly string[]): Uint8Array {
  const file = namedCore();
  return patched(
    file,
    names.map((name) => {
      const at = codeOf(file, name);
      return { at, end: at, bytes: PLANTED_LOAD };
    }),
  );
}

describe("the cost of a core", () => {
  let healthy: CostTable;
  beforeAll(() => {
    healthy = measureCost(namedCore().bytes);
  });

  it("is the same in ten runs", () => {
    const bytes = readFileSync(pathOfCore("release"));
    const first = baselineText(measureCost(bytes));
    for (let run = 1; run < RUNS; run++) expect(baselineText(measureCost(bytes))).toBe(first);
  });

  it("has a row for every kind of operation, and each executed something", () => {
    const names = COST_SETTINGS.flatMap((setting) =>
      kindsOf(setting).map(
        (kind) => `${setting.kernel} ${setting.letters} ${setting.size} ${kind}`,
      ),
    );
    expect(healthy.map(({ name }) => name)).toEqual(names);
    for (const { name, figures } of healthy) expect([name, figures[2] > 0]).toEqual([name, true]);
  });

  it("shows one more load in every free, and in no other operation", () => {
    const planted = measureCost(withLoadIn("kmem_cache_free"));
    const { dearer, cheaper } = compareCost(parseCostBaseline(baselineText(healthy), "x"), planted);
    expect(cheaper).toEqual([]);
    expect(new Set(dearer.map(({ row }) => row.kind))).toEqual(new Set(["kmem_cache_free"]));
    const freeing = COST_SETTINGS.filter((one) => kindsOf(one).includes("kmem_cache_free"));
    expect(dearer.length).toBe(freeing.length);
    for (const { row, before } of dearer) {
      expect(row.figures[LOADS] - before.figures[LOADS]).toBe(row.count);
    }
    expect(changeText(dearer[0])).toMatch(/^cost \+[\d.]+ % in kmem_cache_free, .* B \(.*loads /);
  });

  it("does not count a load that is never executed", () => {
    const planted = measureCost(withLoadIn("split_larger"));
    expect(baselineText(planted)).toBe(baselineText(healthy));
  });
});
