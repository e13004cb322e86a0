// Holds a cost against a baseline. Only what went up counts; what went down is good news, until the
// baseline is taken anew.
import { executedInAll, type Figures } from "../../wasm/meter.ts";
import type { CostRow, CostTable } from "./measure.ts";

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
