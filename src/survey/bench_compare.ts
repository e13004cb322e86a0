// Two benches of the same sets of options, compared. Each round has a time of the set and one of
// the yardstick, taken side by side: their ratio is what the machine's mood changes least. By how
// much the ratios of one run lie above those of the other is what Hodges and Lehmann say: the
// median of all differences between a round here and a round there, with the interval that belongs
// to the rank-sum test, which asks nothing of how times are spread.
//
// Rounds of one run are not independent of each other, and two runs of one thing differ by a few
// percent, too. So a set counts as changed only if its whole interval lies beyond a threshold.
import { UserError } from "../base/user_error.ts";
import type { Bench, BenchGroup } from "./bench.ts";

/** A change that matters, as a part of 1. */
export const THRESHOLD = 0.03;
/** Two-sided, 0.05 shared among so many comparisons. */
const ALPHA = 0.05;
/** More rounds than that tell nothing new, and the differences grow with their square. */
const ROUNDS_MAX = 300;

export interface BenchChange {
  readonly workload: string;
  readonly options: string;
  /** 0.1 is ten percent slower than before; the interval around it. */
  readonly change: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: "slower" | "faster" | "no change";
}

/** Every set of options that both have, in the order of the new one. */
export function compareBenches(old: Bench, now: Bench, threshold = THRESHOLD): BenchChange[] {
  const pairs = now.groups.flatMap((group) => {
    const before = old.groups.find(({ workload }) => workload === group.workload);
    return before === undefined ? [] : pairsOf(before, group);
  });
  if (pairs.length === 0) throw new UserError("the two benches have no workload and set in common");
  const z = normalQuantile(1 - ALPHA / 2 / pairs.length);
  return pairs.map(({ workload, options, before, after }) => {
    const shift = shiftOf(before, after, z);
    const [change, low, high] = shift.map((log) => Math.exp(log) - 1);
    return { workload, options, change, low, high, verdict: verdictOf(low, high, threshold) };
  });
}

interface Pair {
  readonly workload: string;
  readonly options: string;
  /** Logarithms of yardsticks an operation. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

function pairsOf(before: BenchGroup, after: BenchGroup): Pair[] {
  return after.rows.flatMap(({ options, rounds }) => {
    const row = before.rows.find((one) => one.options === options);
    if (row === undefined) return [];
    const { workload } = after;
    const ratios = [ratiosOf(row.rounds, before.yardstick), ratiosOf(rounds, after.yardstick)];
    return [{ workload, options, before: ratios[0], after: ratios[1] }];
  });
}

function ratiosOf(rounds: readonly number[], yardstick: readonly number[]): number[] {
  const step = Math.max(1, Math.ceil(rounds.length / ROUNDS_MAX));
  const kept = rounds.map((_, i) => i).filter((i) => i % step === 0 && i < yardstick.length);
  return kept.map((i) => Math.log(rounds[i] / yardstick[i]));
}

/** The shift from one sample to the other, and the interval around it. */
export function shiftOf(
  before: readonly number[],
  after: readonly number[],
  z: number,
): readonly [number, number, number] {
  const differences = Float64Array.from(after.flatMap((x) => before.map((y) => x - y))).sort();
  const [m, n] = [before.length, after.length];
  const spread = z * Math.sqrt((m * n * (m + n + 1)) / 12);
  const first = Math.max(0, Math.floor((m * n) / 2 - spread));
  const last = m * n - 1 - first;
  const middle = (differences[(m * n - 1) >> 1] + differences[(m * n) >> 1]) / 2;
  return [middle, differences[first], differences[last]];
}

function verdictOf(low: number, high: number, threshold: number): BenchChange["verdict"] {
  if (low > threshold) return "slower";
  return high < -threshold ? "faster" : "no change";
}

/** The smallest change that a comparison as noisy as this one would have shown everywhere. */
export function resolutionOf(changes: readonly BenchChange[], threshold = THRESHOLD): number {
  const widths = changes.map(({ change, low, high }) => Math.max(high - change, change - low));
  return threshold + Math.max(0, ...widths);
}

/** The value that a normal variate does not exceed with this probability, by bisection. */
export function normalQuantile(probability: number): number {
  let [low, high] = [-10, 10];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The share of a normal distribution below a value: its density summed up, by Simpson's rule. */
function normalShare(value: number): number {
  const steps = 2000;
  const width = Math.abs(value) / steps;
  const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(Math.abs(value));
  for (let i = 1; i < steps; i++) sum += density(i * width) * (i % 2 === 0 ? 2 : 4);
  return 0.5 + (Math.sign(value) * sum * width) / 3;
}

/** Reads what `slabfuzz bench --json` wrote. */
export function parseBench(text: string, name: string): Bench {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${name}: is no bench (it is not JSON)`);
  }
  const { groups } = Object(value);
  if (!Array.isArray(groups) || !groups.every(isGroup)) {
    throw new UserError(`${name}: is no bench (slabfuzz bench --json writes one)`);
  }
  return value as Bench;
}

function isGroup(group: unknown): group is BenchGroup {
  const { workload, rows, yardstick } = Object(group);
  const hasRows = Array.isArray(rows) && rows.every((row) => isTimes(Object(row).rounds));
  return typeof workload === "string" && isTimes(yardstick) && hasRows;
}

function isTimes(times: unknown): boolean {
  const isTime = (time: unknown): boolean => typeof time === "number" && time > 0;
  return Array.isArray(times) && times.length > 0 && times.every(isTime);
}
