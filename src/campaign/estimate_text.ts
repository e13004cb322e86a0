// How sure a campaign makes us, in words. It declares the record that it needs.
import { countText } from "./quantity_text.ts";

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
  const seen = `${signatures} signatures, ${seenOnce} seen once, ${seenTwice} seen twice`;
  const quiet = `no invariant, no misattributed in ${cases} cases: rarer than one in `;
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
