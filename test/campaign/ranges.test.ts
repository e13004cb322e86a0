import { describe, expect, it } from "vitest";
import { Prng } from "../../src/base/prng.ts";
import { type Range, RangeSet } from "../../src/campaign/ranges.ts";

function setOf(...ranges: Range[]): RangeSet {
  return new RangeSet(ranges);
}

describe("a set of cases", () => {
  it("keeps neighbours as one run, and gaps as gaps", () => {
    expect(setOf([0, 3], [3, 5], [8, 9]).ranges).toEqual([
      [0, 5],
      [8, 9],
    ]);
    expect(setOf([4, 6], [0, 2], [1, 5]).ranges).toEqual([[0, 6]]);
    expect(setOf([4, 4]).ranges).toEqual([]);
  });

  it("gives the missing part of a range", () => {
    const set = setOf([2, 4], [6, 9]);
    expect(set.gapsIn([0, 10])).toEqual([
      [0, 2],
      [4, 6],
      [9, 10],
    ]);
    expect(set.gapsIn([2, 4])).toEqual([]);
    expect(set.gapsIn([3, 7])).toEqual([[4, 6]]);
  });

  it("tells its overlap with another set, and whether it covers that set", () => {
    expect(setOf([0, 5]).firstShared(setOf([3, 9]))).toBe(3);
    expect(setOf([0, 5]).firstShared(setOf([5, 9]))).toBeUndefined();
    expect(setOf([0, 5], [7, 9]).covers(setOf([1, 2], [7, 9]))).toBe(true);
    expect(setOf([0, 5], [7, 9]).covers(setOf([4, 8]))).toBe(false);
  });

  it("agrees with a set of numbers, for all additions in all orders", () => {
    const prng = new Prng({ high: 0, low: 1 });
    for (let round = 0; round < 300; round++) {
      const set = new RangeSet();
      const model = new Set<number>();
      for (let i = 0; i < 8; i++) {
        const first = prng.below(40);
        const end = first + prng.below(8);
        set.add([first, end]);
        for (let n = first; n < end; n++) model.add(n);
      }
      const members = set.ranges.flatMap(([a, b]) =>
        Array.from({ length: b - a }, (_, i) => a + i),
      );
      expect(members).toEqual([...model].sort((a, b) => a - b));
      expect(set.size).toBe(model.size);
      const missing = set.gapsIn([0, 50]).reduce((sum, [a, b]) => sum + b - a, 0);
      expect(missing).toBe(50 - model.size);
    }
  });
});
