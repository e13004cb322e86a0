// Causes, ranked: each starts with its share of the check, and each clue multiplies what it speaks
// for or against.
import { bugsOn } from "../../slub/gen/features.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { INJECTED_BUGS } from "../../target/bug_names.ts";
import { sizeFor } from "../program/owner.ts";
import { replayKernelFor } from "../program/replay_kernel.ts";
import { profileOf, type SettingWish, settingsFor } from "../program/setting.ts";
import type { LogReading, Report, SlabCheck } from "../report.ts";
import { alikeUnder } from "./alike.ts";
import { BYTE_RULES } from "./byte_rules.ts";
import { type Clue, clue } from "./clue.ts";
import { Draws } from "./draws.ts";
import { type Likelihood, likelihoodsOf } from "./likelihood.ts";
import {
  CAUSE_NAMES,
  type CauseName,
  type PriorChange,
  type Shares,
  settledBy,
  sharesOf,
} from "./prior.ts";
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

/** How much each kind of evidence counts. */
export interface Weights {
  /** Of what drawn programs say: their habits are not those of a kernel. */
  readonly trust: number;
  /** Of all evidence together. */
  readonly sharpness: number;
}

/**
 * Fitted to consoles of real kernels whose mistakes are known, so that of causes given so many
 * percent as many are right: `test/explain/fit_weights.ts` does it, docs/explain.md has the table.
 */
export const FITTED: Weights = { trust: 0.25, sharpness: 2.5 };

/** Causes that no check of the log speaks of have this weight of one that it does. */
const UNSPOKEN = 0.0005;
/** A later report of its own weighs less than the first: it may be another mistake. */
const LATER = 0.5;
/** What follows from another report says little more. */
const FOLLOWING = 0.15;
const SHOWN_MIN = 0.005;
const SHOWN_COUNT = 3;

/** What causes are ranked with, beside the log. */
export interface RankRequest {
  /** Shares in place of those of the table. */
  readonly prior?: PriorChange | undefined;
  readonly wish?: SettingWish | undefined;
  /** Keeps what was drawn for the logs that follow. */
  readonly draws?: Draws | undefined;
}

/** What a log says of its causes, before it is weighed. */
export interface LogEvidence {
  /** Of the first report. */
  readonly check: SlabCheck;
  readonly clues: readonly Clue[];
  /** By cause, in the order of CAUSE_NAMES: the logarithm of its prior and its clues. */
  readonly scores: readonly number[];
  readonly drawn: ReadonlyMap<CauseName, Likelihood>;
}

/** The first three causes of a log and all that are not out of the question, most likely first. */
export function causesOf(reading: LogReading, request: RankRequest = {}): RankedCause[] {
  if (reading.reports.length === 0) return [];
  const causes = rankedCauses(evidenceOf(reading, request), FITTED);
  return causes.filter(({ share }, i) => i < SHOWN_COUNT || share >= SHOWN_MIN);
}

/** Of a log with at least one report. */
export function evidenceOf(reading: LogReading, request: RankRequest): LogEvidence {
  const { reports } = reading;
  const weighed = reports.map((report, i) => weigh(report, reading, weightOf(report, i), request));
  return {
    check: reports[0].check,
    clues: weighed.flatMap(({ clues }) => clues),
    scores: CAUSE_NAMES.map((name) => weighed.reduce((sum, { score }) => sum + score(name), 0)),
    drawn: drawnFor(reading, request),
  };
}

/** All causes, most likely first. */
export function rankedCauses(
  { check, clues, scores, drawn }: LogEvidence,
  { trust, sharpness }: Weights,
): RankedCause[] {
  const likelihoods = CAUSE_NAMES.map(
    (name, i) => Math.exp(scores[i]) * (drawn.get(name)?.factor ?? 1) ** trust,
  );
  const shares = sharpened(likelihoods, check, sharpness);
  const causes = CAUSE_NAMES.map((name, i) => causeOf(name, shares[i], clues, drawn.get(name)));
  return causes.sort((a, b) => b.share - a.share);
}

/** What programs of the classes that the first report's check speaks of print. */
function drawnFor(reading: LogReading, request: RankRequest): ReadonlyMap<CauseName, Likelihood> {
  const { wish = {}, draws = new Draws() } = request;
  const [report] = reading.reports;
  const shares = sharesFor(report, reading, request);
  const possible = bugsOn(kernelOf(report, reading, request), INJECTED_BUGS);
  const bugs = possible.filter((bug) => (shares[bug] ?? 0) > 0);
  const { objectSize, slabObjects } = report;
  const kernel = replayKernelFor(settingsFor(report, reading, wish)[0], objectSize, slabObjects);
  const size = sizeFor(report, kernel);
  return likelihoodsOf(report, bugs, (bug) => draws.reportsOf(bug, kernel.setting, size));
}

/** The kernel of ours that the user names, or else the nearest. */
function kernelOf(report: Report, reading: LogReading, { wish = {} }: RankRequest): ProfileName {
  return wish.profile ?? profileOf(report, reading);
}

function sharesFor(report: Report, reading: LogReading, request: RankRequest): Shares {
  return sharesOf(report.check, kernelOf(report, reading, request), request.prior ?? {});
}

/** Shares from likelihoods; only what bytes can tell apart is told apart more sharply. */
function sharpened(likelihoods: readonly number[], check: SlabCheck, sharpness: number): number[] {
  const ofGroup = CAUSE_NAMES.map((name) =>
    alikeUnder(check, name).reduce((sum, one) => sum + likelihoods[CAUSE_NAMES.indexOf(one)], 0),
  );
  const weights = likelihoods.map((own, i) => own * ofGroup[i] ** (sharpness - 1));
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

function weigh(report: Report, reading: LogReading, weight: number, request: RankRequest): Weighed {
  const prior = sharesFor(report, reading, request);
  const clues = [...BYTE_RULES, ...STATE_RULES].flatMap((rule) => rule(report, reading));
  const score = (name: CauseName): number => {
    const own = clues.filter(({ causes }) => causes.includes(name));
    const evidence = own.reduce((sum, { factor }) => sum + Math.log(factor), 0);
    return weight * (Math.log(prior[name] || UNSPOKEN) + evidence);
  };
  return { clues, score };
}

function causeOf(
  name: CauseName,
  share: number,
  clues: readonly Clue[],
  drawn: Likelihood | undefined,
): RankedCause {
  const own = [...drawnClues(name, drawn), ...clues.filter(({ causes }) => causes.includes(name))];
  const texts = (isFor: boolean): string[] => [
    ...new Set(own.filter(({ factor }) => factor > 1 === isFor).map(({ text }) => text)),
  ];
  return {
    class: name,
    share,
    ...marginOf(share, own.length, drawn?.deviation ?? 0),
    for: texts(true),
    against: texts(false),
    settledBy: [settledBy(name)],
  };
}

/** A factor nearer to 1 than this says nothing. */
const TELLING = 1.25;

function drawnClues(name: CauseName, drawn: Likelihood | undefined): readonly Clue[] {
  if (drawn === undefined || Math.abs(Math.log(drawn.factor)) < Math.log(TELLING)) return [];
  const { factor, alike, ofCheck } = drawn;
  const programs = `${ofCheck} programs drawn of this class that the check reports`;
  return [clue(factor, `${alike} of ${programs} look so`, name)];
}

/** Two deviations to each side hold nineteen of twenty. */
const DEVIATIONS = 2;

/**
 * The figures of the tables are right to a factor of about two, less with each clue; drawing more
 * programs would move what they say.
 */
function marginOf(
  share: number,
  clueCount: number,
  deviation: number,
): { low: number; high: number } {
  const ofTables = Math.LN2 * (1 + 1 / (1 + clueCount));
  const spread = Math.exp(Math.hypot(ofTables, DEVIATIONS * deviation));
  const odds = share / Math.max(1e-9, 1 - share);
  const shareOf = (value: number): number => value / (1 + value);
  return { low: shareOf(odds / spread), high: shareOf(odds * spread) };
}
