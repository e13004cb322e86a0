// A bench as a page: time against detection, time by workload, memory by cause.

import { type BarRow, barChartOf } from "../page/chart.ts";
import { documentOf, type Section } from "../page/document.ts";
import { type Content, type Html, html } from "../page/html.ts";
import { type Cell, tableOf } from "../page/table.ts";
import type { Bench, BenchGroup } from "./bench.ts";
import { type BenchSummary, figuresOfGroup } from "./bench_figures.ts";
import { SUMMARY_COLUMNS, summaryCells } from "./bench_text.ts";

export interface BenchPage {
  readonly bench: Bench;
  readonly summaries: readonly BenchSummary[];
  /** The command line that makes the page again. */
  readonly command: string;
  readonly version: string;
}

export function benchPage({ bench, summaries, command, version }: BenchPage): string {
  const { host, profile, boot, seed, groups } = bench;
  return documentOf({
    title: "What debug options cost, and what they catch",
    lead: html`The same operations under each set of <code>slub_debug</code> options, on
${profile} ${boot}; measured in one run on ${host}, all sets taking turns. Times do not travel to
other machines; ratios do.`,
    sections: [
      { id: "together", title: "Time against detection", body: togetherOf(summaries) },
      ...groups.map(groupSection),
    ],
    footer: html`slabfuzz ${version}: <code>${command}</code>. Seed ${seed}.`,
  });
}

function togetherOf(summaries: readonly BenchSummary[]): Content {
  const table = tableOf({
    caption: "All workloads together: times the first set's time",
    columns: ["options", ...SUMMARY_COLUMNS],
    rows: summaries.map((one) => ({ head: one.options, cells: cellsOf(one) })),
    isNumeric: true,
  });
  return [timeChart(summaries), detectionChart(summaries), table];
}

function cellsOf(one: BenchSummary): Cell[] {
  const tone = one.dominatedBy === undefined ? "good" : "unseen";
  return summaryCells(one).map((content, i) => (i === 0 ? { content, tone } : { content }));
}

/** Sets by their time, quickest first; the second chart has them in the same order. */
function byTime(summaries: readonly BenchSummary[]): BenchSummary[] {
  return [...summaries].sort((one, other) => one.ratio - other.ratio);
}

function timeChart(summaries: readonly BenchSummary[]): Html {
  const rows = byTime(summaries).map((one): BarRow => {
    const values = one.dominatedBy === undefined ? [one.ratio, 0] : [0, one.ratio];
    const by = one.dominatedBy === undefined ? "" : `, worse than ${one.dominatedBy}`;
    return { label: one.options, values, note: `${one.ratio.toFixed(2)} times${by}` };
  });
  const series = [
    { name: "time", tone: "masked" },
    { name: "time of a set that another one dominates", tone: "unseen" },
  ];
  const full = Math.max(...summaries.map(({ ratio }) => ratio));
  return barChartOf({ title: "Time, quickest first", series, rows, full, unit: " times" });
}

function detectionChart(summaries: readonly BenchSummary[]): Content {
  if (summaries.every(({ detected }) => detected === undefined)) return undefined;
  const rows = byTime(summaries).map(({ options, detected = 0 }): BarRow => {
    const percent = 100 * detected;
    return { label: options, values: [percent], note: `${percent.toFixed(1)} %` };
  });
  const series = [{ name: "mistakes reported in time", tone: "good" }];
  const title = "What they catch, in the same order";
  return barChartOf({ title, series, rows, full: 100, unit: " %" });
}

function groupSection(group: BenchGroup): Section {
  const figures = figuresOfGroup(group);
  const table = tableOf({
    caption: `${group.workload}: nanoseconds of an operation, over ${group.operations} operations`,
    columns: ["options", "p10", "median", "spread", "ratio", "rounds"],
    rows: figures.map(({ options, p10, median, spread, ratio }, i) => ({
      head: options,
      cells: [
        p10.toFixed(1),
        median.toFixed(1),
        `+${Math.round(100 * spread)} %`,
        ratio.toFixed(2),
        group.rows[i].rounds.length,
      ],
    })),
    isNumeric: true,
  });
  const rows = figures.map(({ options, p10, median }): BarRow => {
    const note = `${p10.toFixed(1)} ns`;
    return { label: options, values: [p10, median - p10], note };
  });
  const chart = barChartOf({
    title: "Nanoseconds of an operation",
    series: [
      { name: "a tenth of the rounds were quicker", tone: "masked" },
      { name: "from there to the median", tone: "void" },
    ],
    rows,
    full: Math.max(...figures.map(({ median }) => median)),
    unit: " ns",
  });
  const id = `work-${group.workload.replace(/[^A-Za-z0-9]+/g, "-")}`;
  return { id, title: group.workload, body: [chart, table] };
}
