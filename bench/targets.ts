// The targets, and what was measured of each. A row whose parts were filtered out, or could not be
// built here, says so. Nothing is asserted: machines differ, and a busy one says nothing.
import { CASE_OPS } from "./cases.ts";
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
}

export function targetsOf({ groups, workers, memoryMiB }: Measurements): Target[] {
  const large = "alloc/free 320 B, 512 live";
  const plain = p10Of(groups, large, "SLUB -");
  const checked = p10Of(groups, large, "SLUB FZP");
  const run = p10Of(groups, "programs of the target workload, FZPU", "run");
  const judged = p10Of(groups, "programs of the target workload, FZPU", "run and judged");
  return [
    atLeast("plain 320 B, times as fast as TLSF", 2.5, over(tlsf(groups, large), plain)),
    atLeast("plain 320 B, times as fast as emmalloc", 1, over(emmalloc(groups, large), plain)),
    atLeast("FZP 320 B, times as fast as JavaScript", 5, over(javascript(groups, large), checked)),
    atMost("judged, against the same run unjudged", 1.4, over(judged, run)),
    caseRate(groups, "no bugs"),
    caseRate(groups, "all bugs"),
    atLeast("two workers against one", 1.8, over(rate(workers, 2), rate(workers, 1))),
    atMost("FZPU, dearest of 1 to 64 caches", 1.5, spreadOfCaches(groups)),
    atMost("plain 320 B, dearest of 128 to 8192 live", 1.5, spreadOfLive(groups, "SLUB -")),
    atMost("FZPU 320 B, dearest of 128 to 8192 live", 1.5, spreadOfLive(groups, "SLUB FZPU")),
    foreignRate(groups),
    memoryTarget(memoryMiB),
  ];
}

export function formatTargets(targets: readonly Target[]): string {
  const lines = targets.map(({ name, wanted, measured, holds }) => {
    const mark = holds === undefined ? "" : holds ? "yes" : "no";
    const found = (measured ?? "not measured").padStart(12);
    return `  ${name.padEnd(42)} ${wanted.padStart(12)} ${found}  ${mark}`;
  });
  const head = `  ${"".padEnd(42)} ${"wanted".padStart(12)} ${"measured".padStart(12)}  reached`;
  return ["targets", head, ...lines].join("\n");
}

function tlsf(groups: readonly GroupResult[], group: string): number | undefined {
  return p10Of(groups, group, "AssemblyScript TLSF");
}

function emmalloc(groups: readonly GroupResult[], group: string): number | undefined {
  return p10Of(groups, group, "emmalloc");
}

function javascript(groups: readonly GroupResult[], group: string): number | undefined {
  return p10Of(groups, group, "plain JavaScript FZP");
}

function rate(workers: readonly Throughput[], jobs: number): number | undefined {
  return workers.find((one) => one.jobs === jobs)?.opsPerSecond;
}

function over(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one / other;
}

function atLeast(name: string, limit: number, ratio: number | undefined): Target {
  const holds = ratio === undefined ? undefined : ratio >= limit;
  return { name, wanted: `>= ${limit}`, measured: ratio?.toFixed(2), holds };
}

function atMost(name: string, limit: number, ratio: number | undefined): Target {
  const holds = ratio === undefined ? undefined : ratio <= limit;
  return { name, wanted: `<= ${limit}`, measured: ratio?.toFixed(2), holds };
}

/** Programs differ in length: a case counts as so many operations, whatever it has. */
function caseRate(groups: readonly GroupResult[], bugs: string): Target {
  const wanted = 40_000;
  const p10 = p10Of(groups, "whole cases of the target workload, FZPU", bugs);
  const perSecond = p10 === undefined ? undefined : 1e9 / p10 / CASE_OPS;
  return {
    name: `cases of ${CASE_OPS} operations a second, ${bugs}`,
    wanted: `>= ${wanted}`,
    measured: perSecond?.toFixed(0),
    holds: perSecond === undefined ? undefined : perSecond >= wanted,
  };
}

function foreignRate(groups: readonly GroupResult[]): Target {
  const p10 = p10Of(groups, FOREIGN_GROUP, FOREIGN_ROW);
  const millions = p10 === undefined ? undefined : 1000 / p10;
  return atLeast("million judged operations a second, foreign", 5, millions);
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
