import { describe, expect, it } from "vitest";
import { quantile, wilson, Z_95 as Z } from "../../src/base/interval.ts";

describe("Wilson's interval", () => {
  const samples = [
    [1, 10],
    [5, 10],
    [97, 100],
    [1, 2000],
    [1999, 2000],
  ] as const;

  it.each(samples)(
    "for %i of %i cases has ends as many deviations away from the share as required",
    (hits, cases) => {
      const { rate, low, high } = wilson(hits, cases)!;
      expect(rate).toBe(hits / cases);
      for (const end of [low, high]) {
        const deviation = Math.sqrt((end * (1 - end)) / cases);
        expect(Math.abs(rate - end) / deviation).toBeCloseTo(Z, 6);
      }
      expect(low).toBeLessThan(rate);
      expect(high).toBeGreaterThan(rate);
    },
  );

  it("excludes neither a rare event after no hit nor a rare miss after hits alone", () => {
    const none = wilson(0, 20)!;
    const all = wilson(20, 20)!;
    // Nothing was seen: the other end solves p = z^2 p (1 - p) / n / p.
    expect(none).toEqual({ rate: 0, low: 0, high: (Z * Z) / (20 + Z * Z) });
    expect(all.high).toBe(1);
    expect(all.low).toBeCloseTo(1 - none.high, 12);
  });

  it("does not exist for zero cases", () => {
    expect(wilson(0, 0)).toBeUndefined();
  });
});

describe("a quantile", () => {
  it("is the least value that the share does not exceed", () => {
    const counts = { 0: 5, 3: 4, 100: 1 };
    const sorted = [0, 0, 0, 0, 0, 3, 3, 3, 3, 100];
    for (const share of [0.1, 0.5, 0.6, 0.9, 1]) {
      expect(quantile(counts, share)).toBe(sorted[Math.ceil(share * sorted.length) - 1]);
    }
    expect(quantile({ 10: 1, 9: 1 }, 0.5)).toBe(9);
  });

  it("does not exist for an empty list", () => {
    expect(quantile({}, 0.5)).toBeUndefined();
  });
});
