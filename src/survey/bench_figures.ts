// What a bench comes to: of each set of options its time in each workload, and in all of them
// beside what it catches and what it takes in memory.

import type { Bench, BenchGroup } from "./bench.ts";
import { type Pace, paceOf } from "./pace.ts";
import type { ScoreCell } from "./score.ts";
import { sumOf } from "./score.ts";
import { figuresOf } from "./score_record.ts";

export interface BenchFigures extends Pace {
  readonly options: string;
  /** Times the first set of the group, p10 by p10. */
  readonly ratio: number;
}

export function figuresOfGroup({ rows }: BenchGroup): BenchFigures[] {
  const base = paceOf(rows[0].rounds);
  return rows.map(({ options, rounds }) => {
    const pace = paceOf(rounds);
    return { options, ...pace, ratio: pace.p10 / base.p10 };
  });
}

/** A set of options over all workloads. */
export interface BenchSummary {
  readonly options: string;
  /** Geometric mean of the ratios. */
  readonly ratio: number;
  /** Share of the mistakes that were reported in time; undefined where nobody counted. */
  readonly detected: number | undefined;
  /** Bytes of memory for each object; undefined where there is no one size. */
  readonly bytes: number | undefined;
  /** A set that catches as much or more, and takes no longer. */
  readonly dominatedBy: string | undefined;
}

/** What is known of sets of options besides their times. */
export interface Beside {
  readonly cells?: readonly ScoreCell[];
  readonly bytesOf?: (options: string) => number | undefined;
}

export function summariesOf({ groups }: Bench, { cells = [], bytesOf }: Beside): BenchSummary[] {
  const figures = groups.map(figuresOfGroup);
  const sets = figures[0]?.map(({ options }) => options) ?? [];
  const plain = sets.map((options, i) => ({
    options,
    ratio: geometricMean(figures.map((group) => group[i].ratio)),
    detected: detectedOf(cells.filter((cell) => cell.options === options)),
    bytes: bytesOf?.(options),
  }));
  return plain.map((one) => ({ ...one, dominatedBy: dominatorOf(one, plain) }));
}

function detectedOf(cells: readonly ScoreCell[]): number | undefined {
  return cells.length === 0 ? undefined : figuresOf(sumOf(cells)).detected?.rate;
}

type Plain = Omit<BenchSummary, "dominatedBy">;

function dominatorOf(one: Plain, all: readonly Plain[]): string | undefined {
  const { ratio, detected } = one;
  if (detected === undefined) return undefined;
  const better = all.filter((other) => {
    const catches = other.detected ?? 0;
    const isNoWorse = other.ratio <= ratio && catches >= detected;
    return isNoWorse && (other.ratio < ratio || catches > detected);
  });
  return better.sort((a, b) => (b.detected ?? 0) - (a.detected ?? 0))[0]?.options;
}

export function geometricMean(values: readonly number[]): number {
  const logs = values.map(Math.log);
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / Math.max(1, values.length));
}

/** The list that benchmark trackers read: smaller is better. */
export function trackerRecord(bench: Bench): object[] {
  return bench.groups.flatMap((group) =>
    figuresOfGroup(group).map(({ options, p10, spread }) => ({
      name: `${bench.profile} ${group.workload} ${options}`,
      unit: "ns/op",
      value: Math.round(100 * p10) / 100,
      range: `+${Math.round(100 * spread)} %`,
    })),
  );
}
