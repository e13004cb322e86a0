import { describe, expect, it } from "vitest";
import { UserError } from "../../src/base/user_error.ts";
import { parseShard, rangeOfShard, shardText } from "../../src/campaign/ranges.ts";
import { CASES_MAX } from "../../src/target/options.ts";

describe("a set of shards", () => {
  it.each([
    [1, 1000],
    [3, 1000],
    [7, 5],
    [4, undefined],
  ])("covers all cases once: %i shards", (count, cases) => {
    const ranges = Array.from({ length: count }, (_, i) =>
      rangeOfShard({ index: i + 1, count }, cases),
    );
    expect(ranges[0][0]).toBe(0);
    expect(ranges.at(-1)?.[1]).toBe(cases ?? CASES_MAX);
    for (let i = 1; i < count; i++) expect(ranges[i][0]).toBe(ranges[i - 1][1]);
  });

  it("has shards of equal size, give or take a case", () => {
    const sizes = [1, 2, 3].map((index) => {
      const [first, end] = rangeOfShard({ index, count: 3 }, 1000);
      return end - first;
    });
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it("is read as it is written", () => {
    expect(parseShard("2/4")).toEqual({ index: 2, count: 4 });
    expect(shardText(parseShard("10/12"))).toBe("10/12");
  });

  it.each(["0/4", "5/4", "1", "1/0", "a/b", "1/2/3", "-1/2", "1/99999"])(
    "refuses %s as a shard",
    (text) => {
      expect(() => parseShard(text)).toThrow(UserError);
    },
  );
});
