import { expect, it } from "vitest";
import { measure, summariseTimes } from "../../../src/compare/bench/measure.ts";

it("a measurement lets contenders take turns, and keeps their rounds side by side", async () => {
  const turns: string[] = [];
  const contender = (name: string, rounds: number) => ({
    name,
    round: () => {
      turns.push(name);
      return rounds * turns.length;
    },
  });
  const [one, other] = await measure([contender("one", 1), contender("other", 2)], 5);
  const odd = turns.filter((name, i) => name !== (i % 2 === 0 ? "one" : "other"));
  expect(odd).toEqual([]);
  expect(one.rounds.length).toBe(other.rounds.length);
  expect(one.rounds.length).toBeGreaterThanOrEqual(30);
  // The warm-up's rounds are not among them.
  expect(turns.length).toBeGreaterThanOrEqual(2 * (one.rounds.length + 30));
});

it("a measurement passes on an exception of a contender", async () => {
  const broken = {
    name: "broken",
    round: () => {
      throw new Error("the core died");
    },
  };
  await expect(measure([broken], 1)).rejects.toThrow("the core died");
});

it("a measurement takes the time that a tenth of the rounds stayed below", () => {
  const rounds = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(summariseTimes("x", rounds)).toMatchObject({ p10: 11, median: 51, spread: 51 / 11 - 1 });
});
