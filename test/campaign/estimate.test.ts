import { describe, expect, it } from "vitest";
import { Prng } from "../../src/base/prng.ts";
import { estimateOf, type SummaryEstimate } from "../../src/campaign/estimate.ts";
import { parseSignature } from "../../src/target/signature.ts";
import type { Finding } from "../../src/target/tally.ts";

/** Findings that were seen so many times each. */
function seen(...counts: number[]): Finding[] {
  return counts.map((count, i) => ({
    signature: parseSignature(`s${i}`),
    verdict: "detected",
    class: "off-by-one",
    impact: "damage",
    count,
    caseNumber: i,
    opCount: 10,
  }));
}

describe("an estimate", () => {
  it("equals Good and Turing's: the signatures seen once, divided by the cases", () => {
    // 3 of 1000 cases showed a signature that no other case showed: 3 / 1000.
    const { signatures, seenOnce, seenTwice, unseenRate } = estimateOf(1000, seen(1, 1, 1, 2, 990));
    expect([signatures, seenOnce, seenTwice]).toEqual([5, 3, 1]);
    expect(unseenRate).toBe(0.003);
  });

  it("has an interval that follows from the signatures seen once and twice", () => {
    // f1 = 3, f2 = 1, z = 1.96: low  = 3 - 1.96 sqrt(3 + 2)                   < 0, so 0
    //                           high = 3 + 1.9207 + 1.96 sqrt(3 + 2 + 0.9604) = 9.7058
    const { unseenLow, unseenHigh } = estimateOf(1000, seen(1, 1, 1, 2, 990));
    expect(unseenLow).toBe(0);
    expect(unseenHigh).toBeCloseTo(0.0097058, 6);
    // f1 = 40, f2 = 20: low = 40 - 1.96 sqrt(80) = 22.4695
    const many = [...Array(40).fill(1), ...Array(20).fill(2)];
    expect(estimateOf(1000, seen(...many)).unseenLow).toBeCloseTo(0.0224695, 6);
  });

  it("bounds the rate of what was never seen by three divided by the cases", () => {
    // (1 - p)^1000 = 5 % for p = 0.0029912; e^-3 = 4.98 % is the same to three digits.
    const { silentRateMax } = estimateOf(1000, []);
    expect(silentRateMax).toBeCloseTo(0.0029957, 6);
    expect((1 - silentRateMax) ** 1000).toBeCloseTo(0.05, 3);
  });

  it("is absent before the first case, and is never above 1", () => {
    const nothing = estimateOf(0, []);
    const rates = ({ unseenRate, unseenLow, unseenHigh, silentRateMax }: SummaryEstimate) => [
      unseenRate,
      unseenLow,
      unseenHigh,
      silentRateMax,
    ];
    expect(rates(nothing)).toEqual([1, 0, 1, 1]);
    expect(rates(estimateOf(1, seen(1)))).toEqual([1, 0, 1, 1]);
  });
});

// Rare events with known rates are planted; a campaign of n cases sees each a random number of
// times. The truth, the sum of the rates of those that it did not see, has to lie in the interval
// in at least 95 of 100 campaigns. With 2000 campaigns, chance alone moves that by half a percent.
describe("the interval of an estimate", () => {
  const EVENTS: Readonly<Record<string, readonly number[]>> = {
    "a long tail": Array.from({ length: 300 }, (_, i) => 0.05 / (i + 1) ** 1.5),
    "twenty rare ones": Array(20).fill(1 / 5000),
    "a single rare one": [1 / 3000],
    "two hundred alike": Array(200).fill(1 / 2000),
    "each half as likely": Array.from({ length: 30 }, (_, i) => 0.3 * 0.5 ** i),
  };
  const CAMPAIGNS = 2000;

  /** A number of times that an event is seen, whose expectation is `mean`. */
  function poisson(prng: Prng, mean: number): number {
    let count = -1;
    for (let rest = 1, least = Math.exp(-mean); rest > least; count++) rest *= uniform(prng);
    return count;
  }

  function uniform(prng: Prng): number {
    return (prng.next() + 0.5) / 2 ** 32;
  }

  function holdsOnce(prng: Prng, rates: readonly number[], cases: number): boolean {
    const counts = rates.map((rate) => poisson(prng, Math.min(rate * cases, 30)));
    const unseen = rates.reduce((sum, rate, i) => sum + (counts[i] === 0 ? rate : 0), 0);
    const findings = seen(...counts.filter((count) => count > 0));
    const { unseenLow, unseenHigh } = estimateOf(cases, findings);
    return unseenLow <= unseen && unseen <= unseenHigh;
  }

  const settings = Object.keys(EVENTS).flatMap((name) =>
    [300, 3000, 20_000].map((cases) => [name, cases] as const),
  );

  it.each(settings)("holds the true rate of %s after %i cases", (name, cases) => {
    const prng = new Prng({ high: 1, low: cases });
    let held = 0;
    for (let i = 0; i < CAMPAIGNS; i++) if (holdsOnce(prng, EVENTS[name], cases)) held++;
    expect(held / CAMPAIGNS).toBeGreaterThan(0.945);
  });
});
