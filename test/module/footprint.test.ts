// How much memory an allocator takes: for a block of each size, and at the peak of named workloads.
import { describe, expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { type Footprint, footprintOf } from "../../src/module/judge/footprint.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { bumpModule } from "../helper/bump_module.ts";
import { fileBeside, type Mistake, plantedModule } from "./planted.ts";

function footprint(target: string): Footprint {
  const { module, plan } = loadForeign({ target });
  const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 1 };
  const engine = new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 1 } });
  const { guest, capacity } = engine.ready;
  return footprintOf(guest, capacity);
}

const planted = (mistake: Mistake) => footprint(plantedModule(mistake));
const merging = planted("merges");

describe("the table of waste", () => {
  it("has what a block of each size takes, with its header and its rounding", () => {
    // The planted heap has 8 bytes before each block, and blocks of multiples of 8 bytes.
    for (const { size, taken } of merging.waste) {
      expect(taken).toBe(8 + Math.max(8, 8 * Math.ceil(size / 8)));
    }
  });

  it("is there for an arena, too, of which no workload is played", () => {
    const { waste, workloads } = footprint(fileBeside("arena.wasm", bumpModule()));
    for (const { size, taken } of waste) expect(taken).toBe(16 * Math.ceil(size / 16));
    expect([waste.length > 10, workloads]).toEqual([true, []]);
  });
});

describe("the figures of a workload", () => {
  it("are the same each time", () => {
    expect(planted("merges")).toEqual(merging);
  });

  it("are near those of a first fit for an allocator that is one", () => {
    for (const { taken, live, firstFit } of merging.workloads) {
      expect(taken).toBeGreaterThanOrEqual(live);
      expect(taken / firstFit).toBeGreaterThan(0.8);
      // Headers of 8 bytes: most where blocks are small.
      expect(taken / firstFit).toBeLessThan(1.4);
    }
  });

  it("are far from them for one that loses what is freed", () => {
    const [steady] = planted("never reuses").workloads;
    expect(steady.name).toBe("steady");
    expect(steady.taken / steady.firstFit).toBeGreaterThan(4);
  });
});
