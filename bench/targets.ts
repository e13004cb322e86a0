// The targets, and what was measured of each. A row whose parts were filtered out, or could not be
// built here, says so. Nothing is asserted: machines differ, and a busy one says nothing.
import { operationsOfCase } from "./cases.ts";
import type { ExhaustSpeed } from "./exhaust.ts";
import { FOREIGN_GROUP, FOREIGN_ROW } from "./foreign.ts";
import { type GroupResult, p10Of } from "./table.ts";
import type { Throughput } from "./workers.ts";

export interface Target {
  readonly name: string;
  readonly wanted: string;
  /** undefined: not measured. */
  readonly measured: string | undefined;
  readonly holds: boolean | undefined;
}

export interface Measurements {
  readonly groups: readonly GroupResult[];
  readonly workers: readonly Throughput[];
  readonly memoryMiB: readonly number[];
  /** Cases a second of a long campaign, and seconds until its worker is warm; none if not asked. */
  readonly longCampaign: number | undefined;
  readonly warmUp: number | undefined;
  /** Of exhaustive searches, the one without options first; none if not asked. */
  readonly exhaust: readonly ExhaustSpeed[];
}

export function targetsOf(measurements: Measurements): Target[] {
  const { groups, workers, memoryMiB, longCampaign, warmUp } = measurements;
  const checked = p10Of(groups, LARGE, "SLUB FZP");
  return [
    caseRate(groups, "no bugs", 40_000),
    caseRate(groups, "all bugs", 27_000),
    atLeast("cases a second, whole process, no bugs", 32_000, longCampaign, 0),
    atMost("judging alone, us a case", 10, judgingAlone(groups), 1),
    atMost("FZPU 320 B, 512 live, time against TLSF", 2, againstTlsf(groups, LARGE, "SLUB FZPU")),
    atMost("plain 320 B, 128 live, time against TLSF", 0.95, againstTlsf(groups, SMALL, "SLUB -")),
    atMost("plain 320 B, 512 live, time against TLSF", 1.1, againstTlsf(groups, LARGE, "SLUB -")),
    atMost("plain 64 B, 512 live, time against TLSF", 1.2, againstTlsf(groups, NARROW, "SLUB -")),
    atMost("processor seconds to warm", 0.3, warmUp),
    atLeast("two workers against one", 1.9, over(rate(workers, 2), rate(workers, 1))),
    atLeast("plain 320 B, times as fast as emmalloc", 1, over(emmalloc(groups), plain(groups))),
    atLeast("FZP 320 B, times as fast as JavaScript", 5, over(javascript(groups), checked)),
    atMost("FZPU, dearest of 1 to 64 caches", 1.5, spreadOfCaches(groups)),
    atMost("plain 320 B, dearest of 128 to 8192 live", 1.5, spreadOfLive(groups, "SLUB -")),
    atMost("FZPU 320 B, dearest of 128 to 8192 live", 1.5, spreadOfLive(groups, "SLUB FZPU")),
    foreignRate(groups),
    ...exhaustTargets(measurements.exhaust),
    memoryTarget(memoryMiB),
  ];
}

const SMALL = "alloc/free 320 B, 128 live";
const LARGE = "alloc/free 320 B, 512 live";
const NARROW = "alloc/free 64 B, 512 live";

export function formatTargets(targets: readonly Target[]): string {
  const lines = targets.map(({ name, wanted, measured, holds }) => {
    const mark = holds === undefined ? "" : holds ? "yes" : "no";
    const found = (measured ?? "not measured").padStart(12);
    return `  ${name.padEnd(42)} ${wanted.padStart(12)} ${found}  ${mark}`;
  });
  const head = `  ${"".padEnd(42)} ${"wanted".padStart(12)} ${"measured".padStart(12)}  reached`;
  return ["targets", head, ...lines].join("\n");
}

function againstTlsf(
  groups: readonly GroupResult[],
  group: string,
  row: string,
): number | undefined {
  return over(p10Of(groups, group, row), p10Of(groups, group, "AssemblyScript TLSF"));
}

function plain(groups: readonly GroupResult[]): number | undefined {
  return p10Of(groups, LARGE, "SLUB -");
}

function emmalloc(groups: readonly GroupResult[]): number | undefined {
  return p10Of(groups, LARGE, "emmalloc");
}

function javascript(groups: readonly GroupResult[]): number | undefined {
  return p10Of(groups, LARGE, "plain JavaScript FZP");
}

/** What judging a clean case takes beyond running it, in microseconds. */
function judgingAlone(groups: readonly GroupResult[]): number | undefined {
  const name = "programs of the target workload, FZPU";
  const run = p10Of(groups, name, "run");
  const judged = p10Of(groups, name, "run and judged");
  if (run === undefined || judged === undefined) return undefined;
  return ((judged - run) * operationsOfCase()) / 1000;
}

function rate(workers: readonly Throughput[], jobs: number): number | undefined {
  return workers.find((one) => one.jobs === jobs)?.opsPerSecond;
}

function over(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one / other;
}

function atLeast(name: string, limit: number, value: number | undefined, digits = 2): Target {
  const holds = value === undefined ? undefined : value >= limit;
  return { name, wanted: `>= ${limit}`, measured: value?.toFixed(digits), holds };
}

function atMost(name: string, limit: number, value: number | undefined, digits = 2): Target {
  const holds = value === undefined ? undefined : value <= limit;
  return { name, wanted: `<= ${limit}`, measured: value?.toFixed(digits), holds };
}

/** Programs differ in length: a case counts as the average one, whatever it has. */
function caseRate(groups: readonly GroupResult[], bugs: string, wanted: number): Target {
  const p10 = p10Of(groups, "whole cases of the target workload, FZPU", bugs);
  const perSecond = p10 === undefined ? undefined : 1e9 / p10 / operationsOfCase();
  return atLeast(`cases a second and core, warm, ${bugs}`, wanted, perSecond, 0);
}

function foreignRate(groups: readonly GroupResult[]): Target {
  const p10 = p10Of(groups, FOREIGN_GROUP, FOREIGN_ROW);
  const millions = p10 === undefined ? undefined : 1000 / p10;
  return atLeast("million judged operations a second, foreign", 5, millions);
}

function exhaustTargets([plain]: readonly ExhaustSpeed[]): Target[] {
  const millions = (rate: number | undefined) => over(rate, 1e6);
  return [
    atLeast("million programs run a second, exhaust", 0.5, millions(plain?.runPerSecond)),
    atLeast("million programs counted a second, exhaust", 2, millions(plain?.countedPerSecond)),
    atLeast("programs counted for each run, exhaust", 20, plain?.reduction, 1),
  ];
}

function spreadOfCaches(groups: readonly GroupResult[]): number | undefined {
  const group = groups.find(({ name }) => name.startsWith("1 to ") && name.endsWith("FZPU"));
  return group === undefined ? undefined : dearest(group.rows.map(({ p10 }) => p10));
}

function spreadOfLive(groups: readonly GroupResult[], row: string): number | undefined {
  const times = [128, 512, 1024, 8192].map((live) =>
    p10Of(groups, `alloc/free 320 B, ${live} live`, row),
  );
  const known = times.filter((time) => time !== undefined);
  return known.length < times.length ? undefined : dearest(known);
}

function dearest(times: readonly number[]): number {
  return Math.max(...times) / Math.min(...times);
}

function memoryTarget(memoryMiB: readonly number[]): Target {
  const most = memoryMiB.at(-1);
  return {
    name: "MiB of a worker, default options",
    wanted: "< 256",
    measured: most?.toFixed(0),
    holds: most === undefined ? undefined : most < 256,
  };
}
