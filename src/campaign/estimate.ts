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
import { counted } from "../base/count_text.ts";
import { Z_95 } from "../base/interval.ts";
import type { Finding } from "../target/tally.ts";
import { countText } from "./quantity_text.ts";

/** -ln(0.05), which people call three. */
const RULE_OF_THREE = -Math.log(0.05);

export function estimateOf(cases: number, findings: readonly Finding[]): SummaryEstimate {
  return estimateOfCounts(
    cases,
    findings.map(({ count }) => count),
  );
}

/** The same from how many cases showed each signature. */
export function estimateOfCounts(cases: number, counts: readonly number[]): SummaryEstimate {
  const seenOnce = counts.filter((count) => count === 1).length;
  const seenTwice = counts.filter((count) => count === 2).length;
  return {
    cases,
    signatures: counts.length,
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

/** What is known of what was not seen; `src/campaign/estimate.ts` says how. */
export interface SummaryEstimate {
  readonly cases: number;
  /** Signatures, and those that one case showed, and two cases. */
  readonly signatures: number;
  readonly seenOnce: number;
  readonly seenTwice: number;
  /** Probability that the next case shows a signature never seen before; 1 before any case. */
  readonly unseenRate: number;
  /** Its interval: 95 %. */
  readonly unseenLow: number;
  readonly unseenHigh: number;
  /** A kind of case of which none was seen is rarer than this: 95 %. */
  readonly silentRateMax: number;
}

/** The lines for a summary. `alarms`: cases whose verdict is a failure of its own. */
export function estimateLines(estimate: SummaryEstimate, alarms: number): string[] {
  const { cases, signatures, seenOnce, seenTwice, silentRateMax } = estimate;
  const often = `${seenOnce} seen once, ${seenTwice} seen twice`;
  const seen = `${counted(signatures, "signature")}, ${often}`;
  const quiet = `no invariant, no misattributed in ${counted(cases, "case")}: rarer than one in `;
  return [
    `${seen}: the next case shows a new one with probability ${unseenText(estimate)}`,
    ...(alarms === 0 ? [`${quiet}${oneIn(silentRateMax)} (95 %)`] : []),
  ];
}

/** Probability of something new in the next case, with its interval. */
function unseenText({ unseenRate, unseenLow, unseenHigh }: SummaryEstimate): string {
  return `${rateText(unseenRate)} (95 %: ${rateText(unseenLow)} to ${rateText(unseenHigh)})`;
}

/** Two digits, such as 4.3e-6; 0 and 1 as they are. */
export function rateText(rate: number): string {
  if (rate === 0 || rate === 1) return String(rate);
  return rate < 0.001 ? rate.toExponential(1) : rate.toPrecision(2);
}

/** The cases among which one has that rate. */
export function oneIn(rate: number): string {
  return rate === 0 ? "none" : countText(Math.max(1, Math.floor(1 / rate)));
}
