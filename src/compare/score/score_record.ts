// A scorecard as data: what `slabfuzz score --json` prints.
import { quantile, type Rate, wilson } from "../../base/interval.ts";
import { applicable, cellsUnder, type Score, sumOf } from "./score.ts";
import type { ScoreData } from "./score_tally.ts";

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
