// Compares two runs of the benchmark, perhaps on two machines: times in multiples of the yardstick,
// sitting by sitting. Whether a difference is more than chance is asked of the sittings themselves:
// of all ways to deal them out to two runs, how many give a difference as large (an exact
// permutation test)? With eight and eight there are 12 870 ways, so no answer is surer than 2 in
// that many. The more rows there are, the likelier one of them seems to have changed by chance: the
// limit is shared among them.
import type { BenchGroup, BenchResult, BenchRow } from "./result.ts";

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
  /** Rows that only one of the runs has. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** A smaller difference is not worth a word, however sure: another build lies elsewhere. */
const LEAST_PART = 0.03;
/** How much chance may have in all that is called a change, shared among the rows. */
const CHANCE_MAX = 0.05;

export function compareBench(before: BenchResult, now: BenchResult): BenchComparison {
  const old = rowsByName(before);
  const current = rowsByName(now);
  const common = [...current].filter(([name]) => old.has(name));
  const chanceMax = CHANCE_MAX / Math.max(1, common.length);
  return {
    changes: common.map(([name, row]) => changeOf(name, old.get(name)!, row, chanceMax)),
    added: [...current.keys()].filter((name) => !old.has(name)),
    gone: [...old.keys()].filter((name) => !current.has(name)),
  };
}

function rowsByName({ groups }: BenchResult): ReadonlyMap<string, BenchRow> {
  const named = (group: BenchGroup) =>
    group.rows.map((row): [string, BenchRow] => [`${group.name}: ${row.name}`, row]);
  return new Map(groups.flatMap(named));
}

function changeOf(name: string, before: BenchRow, now: BenchRow, chanceMax: number): BenchChange {
  const old = before.sittings.map(Math.log);
  const current = now.sittings.map(Math.log);
  const part = Math.exp(mean(current) - mean(old)) - 1;
  const chance = chanceOf(old, current);
  if (Math.abs(part) < LEAST_PART || chance > chanceMax) {
    return { name, part, chance, says: "no change" };
  }
  return { name, part, chance, says: part > 0 ? "slower" : "faster" };
}

/** What a sum in another order differs by is no difference. */
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
