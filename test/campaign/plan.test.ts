import { describe, expect, it } from "vitest";
import { Plan } from "../../src/campaign/campaign.ts";
import { RangeSet } from "../../src/campaign/ranges.ts";
import type { Batch } from "../../src/targets/batch.ts";

/** Takes all batches, each of which lasts the given time. */
function takeAll(plan: Plan, timeMs: number): Batch[] {
  const batches: Batch[] = [];
  for (let batch = plan.take(); batch !== undefined; batch = plan.take()) {
    batches.push(batch);
    plan.learn(batch, timeMs);
  }
  return batches;
}

function casesOf(batches: readonly Batch[]): number[] {
  return batches.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
}

describe("a plan", () => {
  it("hands out every case that is not done, once and in order", () => {
    const done = new RangeSet([
      [100, 250],
      [900, 1000],
    ]);
    const cases = casesOf(takeAll(new Plan([50, 1000], done), 10));
    const expected = Array.from({ length: 1000 }, (_, i) => i);
    const isLeft = (n: number) => n >= 50 && n < 900 && (n < 100 || n >= 250);
    expect(cases).toEqual(expected.filter(isLeft));
  });

  it("makes batches that take a tenth of a second, growing step by step", () => {
    const plan = new Plan([0, 1_000_000], new RangeSet());
    const counts: number[] = [];
    for (let i = 0; i < 8; i++) {
      const batch = plan.take() as Batch;
      counts.push(batch.count);
      plan.learn(batch, batch.count * 0.05); // 20 cases in a millisecond
    }
    expect(counts).toEqual([1, 4, 16, 64, 256, 1024, 2000, 2000]);
  });

  it("makes small batches where cases are slow, but no empty ones", () => {
    const plan = new Plan([0, 100], new RangeSet());
    plan.learn(plan.take() as Batch, 60_000);
    expect(plan.take()).toEqual({ first: 1, count: 1 });
  });

  it("hands out first the cases that were given back", () => {
    const plan = new Plan([0, 100], new RangeSet());
    plan.take();
    plan.giveBack({ first: 7, count: 0 });
    plan.giveBack({ first: 3, count: 4 });
    expect(plan.take()).toEqual({ first: 3, count: 4 });
    expect(plan.take()).toEqual({ first: 1, count: 1 });
    expect(plan.takeReturned()).toBeUndefined();
  });
});
