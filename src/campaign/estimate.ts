// How sure are we? What the signatures seen so far say about those not seen yet.
//
// Good and Turing: of n cases, f1 showed a signature that no other case showed. The next case shows
// a signature never seen before with a probability near f1 / n. The interval around it:
//
//   from  f1 - z sqrt(f1 + 2 f2)                       f2: signatures seen twice (Esty's variance)
//   to    f1 + z^2 / 2 + z sqrt(f1 + 2 f2 + z^2 / 4)   where the count would just be this small
//
// all over n, z = 1.96 for 95 %. test/campaign/estimate.test.ts plants rare events and counts how
// often the truth lies within: between 95 and 100 %.
//
// And what was not seen at all in n cases has a rate below 3 / n: at that rate, a silence this long
// has a probability of (1 - 3/n)^n = e^-3 = 5 %.
import { Z_95 } from "../base/interval.ts";
import type { Finding } from "../target/tally.ts";
import type { SummaryEstimate } from "./estimate_text.ts";

/** -ln(0.05), which people call three. */
const RULE_OF_THREE = -Math.log(0.05);

export function estimateOf(cases: number, findings: readonly Finding[]): SummaryEstimate {
  const seenOnce = findings.filter(({ count }) => count === 1).length;
  const seenTwice = findings.filter(({ count }) => count === 2).length;
  return {
    cases,
    signatures: findings.length,
    seenOnce,
    seenTwice,
    ...ratesOf({ cases, seenOnce, seenTwice }),
  };
}

interface Counts {
  readonly cases: number;
  readonly seenOnce: number;
  readonly seenTwice: number;
}

function ratesOf({ cases, seenOnce, seenTwice }: Counts) {
  const spread = seenOnce + 2 * seenTwice;
  const square = Z_95 * Z_95;
  const low = seenOnce - Z_95 * Math.sqrt(spread);
  const high = seenOnce + square / 2 + Z_95 * Math.sqrt(spread + square / 4);
  const rate = (count: number): number => Math.min(1, Math.max(0, count / Math.max(cases, 1)));
  return {
    unseenRate: cases === 0 ? 1 : rate(seenOnce),
    unseenLow: rate(low),
    unseenHigh: cases === 0 ? 1 : rate(high),
    silentRateMax: cases === 0 ? 1 : rate(RULE_OF_THREE),
  };
}
