// A bench for a terminal.
import type { Bench } from "./bench.ts";
import { type BenchChange, resolutionOf } from "./bench_compare.ts";
import { type BenchSummary, figuresOfGroup } from "./bench_figures.ts";
import { alignedRight, percentText } from "./score_text.ts";

export function benchLines(bench: Bench, summaries: readonly BenchSummary[]): string[] {
  const groups = bench.groups.flatMap((group) => {
    const rows = figuresOfGroup(group).map(({ options, p10, median, spread, ratio }) => [
      options,
      p10.toFixed(1),
      median.toFixed(1),
      `+${Math.round(100 * spread)} %`,
      ratio.toFixed(2),
    ]);
    const head = ["options", "ns/op", "median", "spread", "ratio"];
    return [
      `${group.workload}, ${group.operations} operations`,
      ...alignedRight([head, ...rows]),
      "",
    ];
  });
  return [...groups, "all workloads together", ...summaryLines(summaries)];
}

export const SUMMARY_COLUMNS = ["time", "detected %", "bytes/object", "dominated by"] as const;

export function summaryLines(summaries: readonly BenchSummary[]): string[] {
  const rows = summaries.map((one) => [one.options, ...summaryCells(one)]);
  return alignedRight([["options", ...SUMMARY_COLUMNS], ...rows]);
}

export function summaryCells({ ratio, detected, bytes, dominatedBy }: BenchSummary): string[] {
  return [
    ratio.toFixed(2),
    detected === undefined ? "-" : percentText(detected),
    bytes === undefined ? "-" : bytes.toFixed(1),
    dominatedBy ?? "-",
  ];
}

export function changeLines(changes: readonly BenchChange[]): string[] {
  const rows = changes.map(({ workload, options, change, low, high, verdict }) => [
    workload,
    options,
    verdict,
    signedPercent(change),
    `${signedPercent(low)} to ${signedPercent(high)}`,
  ]);
  const table = alignedRight([["workload", "options", "verdict", "change", "surely in"], ...rows]);
  const least = Math.ceil(100 * resolutionOf(changes));
  return [...table, `a change of ${least} % or more would have been seen in every row`];
}

export function signedPercent(part: number): string {
  const text = (100 * part).toFixed(1);
  return part >= 0 ? `+${text} %` : `${text} %`;
}
