// The baseline file of the cost: one line a row, so that a review shows which rows changed.
import * as v from "valibot";
import { readJson } from "../../base/json_file.ts";
import { jsonCount, jsonObject, jsonTable, jsonVersion } from "../../base/schema.ts";
import { COUNTERS, executedInAll, type Figures } from "../../wasm/meter.ts";
import type { CostRow, CostTable } from "./row.ts";

const VERSION = 1;
const ROW = `must be ${COUNTERS.length + 1} whole numbers, the first of them 1 or more`;
const FILE = jsonObject({
  version: jsonVersion(VERSION),
  rows: jsonTable(
    v.pipe(
      v.array(jsonCount, ROW),
      v.length(COUNTERS.length + 1, ROW),
      v.check(([count]) => count > 0, ROW),
    ),
  ),
});

/** The file's text. */
export function baselineText(table: CostTable): string {
  const rows = table.map(
    ({ name, count, figures }) => `    ${JSON.stringify(name)}: ${list([count, ...figures])}`,
  );
  const columns = JSON.stringify(["operations", ...COUNTERS]).replaceAll(",", ", ");
  return [
    "{",
    `  "version": ${VERSION},`,
    `  "columns": ${columns},`,
    '  "rows": {',
    rows.join(",\n"),
    "  }",
    "}",
    "",
  ].join("\n");
}

function list(values: readonly number[]): string {
  return `[${values.join(", ")}]`;
}

/** Reads the file's text; `name` is the file, for the error message. */
export function parseCostBaseline(text: string, name: string): CostBaseline {
  const { rows } = readJson({ text, name, kind: "cost baseline" }, FILE);
  const entries = Object.entries(rows);
  return new Map(entries.map(([row, [count, ...figures]]) => [row, { count, figures }]));
}

/** What is remembered of a row: how many operations, and the figures. */
export interface BaselineRow {
  readonly count: number;
  readonly figures: Figures;
}

export type CostBaseline = ReadonlyMap<string, BaselineRow>;

/** A row whose cost is not what it was. */
export interface CostChange {
  readonly row: CostRow;
  readonly before: BaselineRow;
  /** By how much the cost of an operation changed: 0.031 is 3.1 % more. */
  readonly part: number;
}

export interface CostComparison {
  /** Dearer by more than the tolerance, the worst first. */
  readonly dearer: readonly CostChange[];
  readonly cheaper: readonly CostChange[];
  /** Rows that the baseline does not have, and rows that only it has. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** What one operation executes. */
export function costOf({ count, figures }: BaselineRow): number {
  return executedInAll(figures) / count;
}

/** `tolerance`: how much dearer a row may become, as a part of 1. */
export function compareCost(baseline: CostBaseline, now: CostTable, tolerance = 0): CostComparison {
  const changes = now.flatMap((row) => {
    const before = baseline.get(row.name);
    return before === undefined ? [] : [{ row, before, part: partOf(before, row) }];
  });
  const names = new Set(now.map(({ name }) => name));
  return {
    dearer: changes.filter(({ part }) => part > tolerance).sort((one, two) => two.part - one.part),
    cheaper: changes.filter(({ part }) => part < 0).sort((one, two) => one.part - two.part),
    added: now.map(({ name }) => name).filter((name) => !baseline.has(name)),
    gone: [...baseline.keys()].filter((name) => !names.has(name)),
  };
}

function partOf(before: BaselineRow, now: BaselineRow): number {
  const cost = costOf(before);
  if (cost === 0) return costOf(now) === 0 ? 0 : Number.POSITIVE_INFINITY;
  return costOf(now) / cost - 1;
}
