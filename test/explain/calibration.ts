// Whether causes are as often right as their shares say: consoles of real kernels whose mistakes
// are known, and what each cause of theirs was given.
import { wilson } from "../../src/base/interval.ts";
import { alikeUnder } from "../../src/explain/cause/alike.ts";
import { Draws } from "../../src/explain/cause/draws.ts";
import type { CauseName } from "../../src/explain/cause/prior.ts";
import { evidenceOf, type LogEvidence, type RankedCause } from "../../src/explain/cause/rank.ts";
import { readingOf } from "../../src/explain/reading.ts";
import { inputOf } from "../helper/explained.ts";
import { rawConsoles } from "../helper/shared_logs.ts";
import { classesOf } from "./families.ts";

export const KERNELS = ["v6.1", "v6.12", "v7.3"];

/** Logs of one process draw the same programs. */
export const draws = new Draws();

/** A console with a report. */
export interface KnownConsole {
  readonly name: string;
  readonly family: string;
  readonly evidence: LogEvidence;
  /** Classes that are right. */
  readonly right: readonly CauseName[];
}

/** Consoles of a kernel whose family has a mistake. */
export function knownConsoles(kernel: string): KnownConsole[] {
  return rawConsoles(kernel).flatMap(({ name, family, log }) => {
    const reading = readingOf(inputOf(log));
    const [report] = reading.reports;
    const right = report === undefined ? [] : (classesOf(family, report.check) ?? []);
    if (right.length === 0) return [];
    return [{ name, family, evidence: evidenceOf(reading, { draws }), right }];
  });
}

export interface Hypothesis {
  readonly family: string;
  readonly share: number;
  readonly isRight: boolean;
}

/** Classes that no byte tells apart are one hypothesis, with their shares together. */
export function hypothesesOf(
  { family, evidence: { check }, right }: KnownConsole,
  causes: readonly RankedCause[],
): Hypothesis[] {
  const seen = new Set<CauseName>();
  return causes.flatMap((cause) => {
    if (seen.has(cause.class)) return [];
    const alike = alikeUnder(check, cause.class);
    for (const name of alike) seen.add(name);
    const own = causes.filter((one) => alike.includes(one.class));
    const share = own.reduce((sum, one) => sum + one.share, 0);
    const isRight = alike.some((name) => right.includes(name));
    return [{ family, share: Math.min(share, 0.9999), isRight }];
  });
}

export interface CalibrationRow {
  /** Percent that were given. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** The share of them that is right lies here in nineteen of twenty samples. */
  readonly interval: { readonly low: number; readonly high: number };
}

const STEP = 20;
/** The answer shows hardly any cause that is given less. */
const TOLD = 0.005;

/**
 * How often hypotheses were right, by what they were given. Consoles of a family resemble one
 * another, so that each family counts once for the interval.
 */
export function calibrationRows(hypotheses: readonly Hypothesis[]): CalibrationRow[] {
  const told = hypotheses.filter(({ share }) => share >= TOLD);
  return [0, 20, 40, 60, 80].map((from) => {
    const given = told.filter(({ share }) => 100 * share >= from && 100 * share < from + STEP);
    const families = [...new Set(given.map(({ family }) => family))];
    const rights = families.map((name) =>
      shareRight(given.filter(({ family }) => family === name)),
    );
    const sum = rights.reduce((all, right) => all + right, 0);
    const interval = wilson(sum, families.length) ?? { low: 0, high: 1 };
    const [low, high] = [interval.low, interval.high].map((share) => Math.round(100 * share));
    const right = `${given.filter(({ isRight }) => isRight).length} of ${given.length} right`;
    const text =
      `given ${from} to ${from + STEP} %: ${right} (${Math.round(100 * shareRight(given))} %), ` +
      `${families.length} families, so ${low} to ${high} %`;
    return { from, to: from + STEP, text, interval };
  });
}

function shareRight(given: readonly Hypothesis[]): number {
  return given.filter(({ isRight }) => isRight).length / Math.max(1, given.length);
}
