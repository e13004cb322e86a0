// A scorecard for a terminal: which share of each class each set of options reports in time, and
// how each set fares over all classes.
import { counted } from "../../base/count_text.ts";
import { quantile, type Rate, wilson } from "../../base/interval.ts";
import { bugsOn } from "../../slub/gen/features.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { unprovenText } from "../../slub/program/proof.ts";
import { applicable, cellsUnder, type Score, type ScoreCell, sumOf } from "./score.ts";
import { SCORE_OUTCOMES, type ScoreData, type ScoreOutcome } from "./score_tally.ts";

/** What each outcome means. */
export const OUTCOME_ABOUT: Readonly<Record<ScoreOutcome, string>> = {
  detected: "reported by the right check, before any harm was done",
  late: "reported after harm",
  misattributed: "reported as something else",
  masked: "the repair after an earlier report hid it",
  escaped: "never reported, although an option in force looks there",
  blind: "never reported, and no option in force looks there",
  oops: "the machine died before any report",
  "not applicable": "there was nothing to see: the program came to make no mistake",
  invariant: "the allocator or the harness is wrong",
};

const SHARE_SHOWN = "reported in time by the right check, percent of the cases that could be";

export function scoreLines(score: Score): string[] {
  const lines = score.profiles.flatMap((profile) => [
    `${kernelTitle(score, profile)}: ${SHARE_SHOWN}`,
    ...classLines(score, profile),
    "",
    `${profile}: all classes together, percent`,
    ...setLines(score, profile),
    "",
  ]);
  return [...lines, ...disagreementLines(score.cells), totalLine(score)];
}

/** `v7.3 (unproven: SLAB_FREELIST_RANDOM)`: the kernel, and what of it no recorded kernel has. */
export function kernelTitle({ cells }: Score, profile: ProfileName): string {
  const unproven = cells.find((cell) => cell.profile === profile)?.unproven ?? [];
  return `${profile}${unprovenText(unproven)}`;
}

function classLines(score: Score, profile: ProfileName): string[] {
  const { bugs, options } = score;
  const rows = bugsOn(profile, bugs).map((bug, i) => {
    const cells = options.map((set) => cellsUnder(score, profile, set)[i]);
    return [bug, ...cells.map(({ data }) => percentOf(data, "detected"))];
  });
  const together = options.map((set) =>
    percentOf(sumOf(cellsUnder(score, profile, set)), "detected"),
  );
  return alignedRight([["class", ...options], ...rows, ["all", ...together]]);
}

const SHARES = SCORE_OUTCOMES.filter((one) => one !== "detected" && one !== "invariant");

function setLines(score: Score, profile: ProfileName): string[] {
  const head = ["options", "detected", "95 %", ...SHARES, "median", "p90", "false reports"];
  const rows = score.options.map((set) => {
    const data = sumOf(cellsUnder(score, profile, set));
    const { detected, latency } = figuresOf(data);
    return [
      set,
      percentOf(data, "detected"),
      intervalText(detected),
      ...SHARES.map((one) => percentOf(data, one)),
      latency === null ? "-" : String(latency.median),
      latency === null ? "-" : String(latency.p90),
      falseText(data),
    ];
  });
  return alignedRight([head, ...rows]);
}

/** A share of those that could be seen, or of all for those that could not. */
export function percentOf(data: ScoreData, outcome: ScoreOutcome): string {
  const whole = outcome === "not applicable" ? data.cases : applicable(data);
  const hits = data.outcomes[outcome] ?? 0;
  if (whole === 0) return "-";
  return hits === 0 ? "." : percentText(hits / whole);
}

/** `97.3`, and `100` only for all. */
export function percentText(share: number): string {
  if (share === 1) return "100";
  return Math.min(99.9, Math.max(share === 0 ? 0 : 0.1, 100 * share)).toFixed(1);
}

export function intervalText(rate: Rate | null): string {
  return rate === null ? "-" : `${percentText(rate.low)}-${percentText(rate.high)}`;
}

/** `0 of 15000`. */
export function falseText({ falseReports, twins }: ScoreData): string {
  return `${falseReports} of ${twins}`;
}

/** Verdicts that blame the allocator or the harness. */
export function disagreementLines(cells: readonly ScoreCell[]): string[] {
  return cells.flatMap(({ profile, boot, bug, data }) =>
    Object.entries(data.disagreements).map(
      ([what, number]) => `${profile} ${boot} ${bug}, case ${number}: ${what}`,
    ),
  );
}

function totalLine({ cases, operations, seconds, digest, interrupted }: Score): string {
  const rate = seconds > 0 ? `, ${Math.round(cases / seconds)} cases/s` : "";
  const end = interrupted ? "interrupted: " : "";
  const time = `${seconds.toFixed(1)} s${rate}`;
  const counts = `${counted(cases, "case")}, ${counted(operations, "operation")}`;
  return `${end}${counts} in ${time}, digest ${digest}`;
}

/** Equal columns, the first to the left and the others to the right. */
export function alignedRight(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd(),
  );
}

/** The figures of some cases. */
export interface ScoreFigures {
  readonly cases: number;
  /** Cases in which there was something to see: all rates are shares of these. */
  readonly applicable: number;
  readonly outcomes: ScoreData["outcomes"];
  /** Reported in time, with Wilson's interval; null where nothing was applicable. */
  readonly detected: Rate | null;
  /** Reported at all, about the right bytes. */
  readonly reported: Rate | null;
  /** Operations from the damage to the report about it. */
  readonly latency: { readonly median: number; readonly p90: number } | null;
  readonly twins: number;
  readonly falseReports: number;
  /** Of the twins. */
  readonly falseRate: Rate | null;
}

export function figuresOf(data: ScoreData): ScoreFigures {
  const { cases, outcomes, latencies, twins, falseReports } = data;
  const detected = outcomes.detected ?? 0;
  const reported = detected + (outcomes.late ?? 0);
  const median = quantile(latencies, 0.5);
  const p90 = quantile(latencies, 0.9);
  return {
    cases,
    applicable: applicable(data),
    outcomes,
    detected: wilson(detected, applicable(data)) ?? null,
    reported: wilson(reported, applicable(data)) ?? null,
    latency: median === undefined || p90 === undefined ? null : { median, p90 },
    twins,
    falseReports,
    falseRate: wilson(falseReports, twins) ?? null,
  };
}

export function scoreRecord(score: Score): object {
  const { cells, bugs, profiles, options, ...head } = score;
  const sets = profiles.flatMap((profile) =>
    options.map((set) => {
      const own = cellsUnder(score, profile, set);
      return { profile, options: set, boot: own[0].boot, ...figuresOf(sumOf(own)) };
    }),
  );
  return {
    ...head,
    sets,
    cells: cells.map(({ data, ...cell }) => ({
      ...cell,
      ...figuresOf(data),
      agreements: data.agreements,
      disagreements: data.disagreements,
    })),
  };
}
