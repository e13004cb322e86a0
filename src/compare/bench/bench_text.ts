// A run of the benchmark in words: tables for a terminal, the form that trackers of benchmarks
// read, and what a comparison says.
import { executedInAll } from "../../wasm/meter.ts";
import {
  type BenchGroup,
  type BenchResult,
  type BenchRow,
  type Detection,
  type EarlierBench,
  type EarlierGroup,
  type EarlierRow,
  isDisturbed,
} from "./result.ts";
import { causesIn, type SpaceCause, totalOf } from "./slub_contender.ts";

const NAME_WIDTH = 24;

export function benchLines({ machine, groups, detection }: BenchResult): readonly string[] {
  const tables = groups.flatMap((group) => ["", ...groupLines(group)]);
  return [machine, ...tables, ...spaceLines(groups), ...detectionLines(detection)];
}

function groupLines({ name, rows }: BenchGroup): readonly string[] {
  const lines = rows.map((row) => `${line(row.name, timeCells(row))}${disturbedText(row)}`);
  return [line(name, TIME_COLUMNS), ...lines];
}

export const TIME_COLUMNS = ["ns/op", "ratio", "spread", "yardsticks", "executed"];

export function timeCells(row: BenchRow): readonly string[] {
  const { p10, median, ratio, yardsticks } = row;
  const spread = `+${Math.round(100 * (median / p10 - 1))} %`;
  const times = [p10.toFixed(1), ratio.toFixed(2), spread, yardsticks.toFixed(2)];
  return [...times, executedText(row)];
}

/** Behind a row whose times say little. */
export function disturbedText(row: BenchRow): string {
  return isDisturbed(row) ? "  disturbed by other work, measure again" : "";
}

/** Loads, stores, blocks and calls of an operation together, as `slabfuzz cost` adds them up. */
function executedText({ executed }: BenchRow): string {
  return executed === undefined ? "-" : executedInAll(executed).toFixed(1);
}

/** The same objects in every workload: the first group's say it. */
function spaceLines([group]: readonly BenchGroup[]): readonly string[] {
  const rows = group.rows.filter(({ space }) => space !== undefined);
  if (rows.length === 0) return [];
  const causes = causesIn(rows.map(({ space }) => space!));
  const lines = rows.map(({ name, space }) =>
    line(name, [...causes.map((cause) => space![cause].toFixed(1)), totalOf(space!).toFixed(1)]),
  );
  const head = line("", [...causes.map((cause) => SHORT[cause] ?? cause), "all"]);
  return ["", `bytes for each living object (${group.name})`, head, ...lines];
}

const SHORT: Readonly<Partial<Record<SpaceCause, string>>> = {
  "left red zone": "left zone",
  "right red zone": "right zone",
  "alignment padding": "aligned",
  "free pointer": "pointer",
  "requested size": "requested",
  "free objects": "free",
};

function detectionLines(detection: readonly Detection[]): readonly string[] {
  if (detection.length === 0) return [];
  const lines = detection.map(({ options, cases, detected }) =>
    line(options, [`${((100 * detected) / cases).toFixed(1)} %`, String(cases)]),
  );
  return ["", line("mistakes reported in time", ["share", "cases"]), ...lines];
}

function line(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(NAME_WIDTH)}${cells.map((cell) => ` ${cell.padStart(10)}`).join("")}`;
}

/** A record for trackers of benchmarks: the smaller, the better. */
export function trackerRecords({ groups }: BenchResult): readonly object[] {
  return groups.flatMap((group) =>
    group.rows.map((row) => ({
      name: `${group.name}: ${row.name}`,
      unit: "yardsticks",
      value: row.yardsticks,
      range: rangeOf(row),
      extra: `${row.p10.toFixed(1)} ns/op, ${row.ratio.toFixed(2)} x ${group.baseline}`,
    })),
  );
}

function rangeOf({ sittings }: BenchRow): string {
  return `${Math.min(...sittings).toFixed(3)} .. ${Math.max(...sittings).toFixed(3)}`;
}

/** What a comparison says, a line each; the last one sums up. */
export function benchComparisonLines(comparison: BenchComparison): readonly string[] {
  const { changes, disturbed, added, gone } = comparison;
  const count = (says: BenchChange["says"]) => changes.filter((one) => one.says === says).length;
  const lines = changes.filter(({ says }) => says !== "no change").map(changeLine);
  if (disturbed.length > 0) {
    lines.push(`not compared, other work disturbed a run: ${namesText(disturbed)}; measure again`);
  }
  if (added.length > 0) lines.push(`not in the other run: ${namesText(added)}`);
  if (gone.length > 0) lines.push(`only in the other run: ${namesText(gone)}`);
  if (changes.length + disturbed.length === 0) {
    return [...lines, "nothing to compare: no group is in both"];
  }
  const counts = [`${count("slower")} slower`, `${count("faster")} faster`];
  return [...lines, `${counts.join(", ")}, ${count("no change")} unchanged`];
}

const NAMES_SHOWN = 5;

function namesText(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return `${names.slice(0, NAMES_SHOWN).join("; ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function changeLine({ name, part, chance, says }: BenchChange): string {
  const amount = `${part > 0 ? "+" : "-"}${Math.abs(100 * part).toFixed(1)} %`;
  return `${says} ${amount}  ${name}  (by chance: ${(100 * chance).toFixed(1)} %)`;
}

export interface BenchChange {
  /** `uniform, 320 B, 512 live: v6.1 FZP`. */
  readonly name: string;
  /** New time over old, less 1: 0.1 is a tenth slower. */
  readonly part: number;
  /** How likely a difference of this size is where there is none. */
  readonly chance: number;
  readonly says: "slower" | "faster" | "no change";
}

export interface BenchComparison {
  readonly changes: readonly BenchChange[];
  /** Rows that other work disturbed in one of the runs, or in both: they say nothing. */
  readonly disturbed: readonly string[];
  /** Rows that only one of the runs has. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** A smaller difference is not worth a word, however sure: another build lies elsewhere. */
const LEAST_PART = 0.03;
/** How much chance may have in all that is called a change, shared among the rows. */
const CHANCE_MAX = 0.05;

export function compareBench(before: EarlierBench, now: EarlierBench): BenchComparison {
  const old = rowsByName(before);
  const current = rowsByName(now);
  const both = [...current].filter(([name]) => old.has(name));
  const isQuiet = ([name, row]: [string, EarlierRow]) =>
    !isDisturbed(row) && !isDisturbed(old.get(name)!);
  const common = both.filter(isQuiet);
  const chanceMax = CHANCE_MAX / Math.max(1, common.length);
  return {
    changes: common.map(([name, row]) => changeOf(name, old.get(name)!, row, chanceMax)),
    disturbed: both.filter((one) => !isQuiet(one)).map(([name]) => name),
    added: [...current.keys()].filter((name) => !old.has(name)),
    gone: [...old.keys()].filter((name) => !current.has(name)),
  };
}

function rowsByName({ groups }: EarlierBench): ReadonlyMap<string, EarlierRow> {
  const named = (group: EarlierGroup) =>
    group.rows.map((row): [string, EarlierRow] => [`${group.name}: ${row.name}`, row]);
  return new Map(groups.flatMap(named));
}

function changeOf(
  name: string,
  before: EarlierRow,
  now: EarlierRow,
  chanceMax: number,
): BenchChange {
  const old = before.sittings.map(Math.log);
  const current = now.sittings.map(Math.log);
  const part = Math.exp(mean(current) - mean(old)) - 1;
  const chance = chanceOf(old, current);
  if (Math.abs(part) < LEAST_PART || chance > chanceMax) {
    return { name, part, chance, says: "no change" };
  }
  return { name, part, chance, says: part > 0 ? "slower" : "faster" };
}

/** Sums in another order differ by less than this. */
const ROUNDING = 1e-12;

/** The part of all ways to deal the values out whose means lie at least as far apart. */
export function chanceOf(one: readonly number[], other: readonly number[]): number {
  const values = [...one, ...other];
  const all = sum(values);
  const apart = (chosen: number): number =>
    Math.abs(chosen / one.length - (all - chosen) / other.length);
  const found = apart(sum(one)) - ROUNDING;
  let ways = 0;
  let asFar = 0;
  const deal = (at: number, left: number, chosen: number): void => {
    if (left === 0) {
      ways++;
      if (apart(chosen) >= found) asFar++;
      return;
    }
    if (values.length - at < left) return;
    deal(at + 1, left - 1, chosen + values[at]);
    deal(at + 1, left, chosen);
  };
  deal(0, one.length, 0);
  return asFar / ways;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
