// Causes, ranked: each starts with its share of the check, and each clue multiplies what it speaks
// for or against.
import type { LogReading, Report, SlabCheck } from "../report.ts";
import { alikeUnder } from "./alike.ts";
import { BYTE_RULES } from "./byte_rules.ts";
import type { Clue } from "./clue.ts";
import { CAUSE_NAMES, type CauseName, PRIOR, type PriorChange, settledBy } from "./prior.ts";
import { STATE_RULES } from "./state_rules.ts";

/** A cause that fits, with its evidence. */
export interface RankedCause {
  readonly class: CauseName;
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly for: readonly string[];
  readonly against: readonly string[];
  readonly settledBy: readonly string[];
}

/**
 * How much the weights of a log's clues count. Fitted: of causes given so many percent, as many are
 * right on consoles of real kernels whose mistakes are known (docs/explain.md has the table).
 */
const SHARPNESS = 1.6;

/** Causes that no check of the log speaks of have this weight of one that it does. */
const UNSPOKEN = 0.0005;
/** A later report of its own weighs less than the first: it may be another mistake. */
const LATER = 0.5;
/** What follows from another report says little more. */
const FOLLOWING = 0.15;
const SHOWN_MIN = 0.005;

/** All causes of a log that are not out of the question, most likely first. */
export function causesOf(reading: LogReading, prior: PriorChange = {}): RankedCause[] {
  if (reading.reports.length === 0) return [];
  const weighed = reading.reports.map((report, i) =>
    weigh(report, reading, weightOf(report, i), prior),
  );
  const likelihoods = CAUSE_NAMES.map((name) =>
    Math.exp(weighed.reduce((sum, { score }) => sum + score(name), 0)),
  );
  const shares = sharpened(likelihoods, reading.reports[0].check);
  const clues = weighed.flatMap(({ clues }) => clues);
  return CAUSE_NAMES.map((name, i) => causeOf(name, shares[i], clues))
    .filter(({ share }) => share >= SHOWN_MIN)
    .sort((a, b) => b.share - a.share);
}

/** Shares from likelihoods; only what bytes can tell apart is told apart more sharply. */
function sharpened(likelihoods: readonly number[], check: SlabCheck): number[] {
  const ofGroup = CAUSE_NAMES.map((name) =>
    alikeUnder(check, name).reduce((sum, one) => sum + likelihoods[CAUSE_NAMES.indexOf(one)], 0),
  );
  const weights = likelihoods.map((own, i) => own * ofGroup[i] ** (SHARPNESS - 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function weightOf({ causedBy, check }: Report, index: number): number {
  if (index === 0) return 1;
  // A crash that a list check explains says which mistake led to both.
  if (causedBy !== null) return /oops/.test(check) ? 1 : FOLLOWING;
  return LATER / index;
}

interface Weighed {
  readonly clues: readonly Clue[];
  readonly score: (name: CauseName) => number;
}

function weigh(report: Report, reading: LogReading, weight: number, change: PriorChange): Weighed {
  const prior = { ...PRIOR[report.check], ...change[report.check] };
  const clues = [...BYTE_RULES, ...STATE_RULES].flatMap((rule) => rule(report, reading));
  const score = (name: CauseName): number => {
    const own = clues.filter(({ causes }) => causes.includes(name));
    const evidence = own.reduce((sum, { factor }) => sum + Math.log(factor), 0);
    return weight * (Math.log(prior[name] || UNSPOKEN) + evidence);
  };
  return { clues, score };
}

function causeOf(name: CauseName, share: number, clues: readonly Clue[]): RankedCause {
  const own = clues.filter(({ causes }) => causes.includes(name));
  const texts = (isFor: boolean): string[] => [
    ...new Set(own.filter(({ factor }) => factor > 1 === isFor).map(({ text }) => text)),
  ];
  return {
    class: name,
    share,
    ...marginOf(share, own.length),
    for: texts(true),
    against: texts(false),
    settledBy: [settledBy(name)],
  };
}

/** The figures of the tables are right to a factor of about two, less with each clue. */
function marginOf(share: number, clueCount: number): { low: number; high: number } {
  const spread = 2 ** (1 + 1 / (1 + clueCount));
  const odds = share / Math.max(1e-9, 1 - share);
  const shareOf = (value: number): number => value / (1 + value);
  return { low: shareOf(odds / spread), high: shareOf(odds * spread) };
}
