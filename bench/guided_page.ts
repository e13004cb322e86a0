// What a run of bench/guided.ts came to: whether the targets are met, and a page with its curves.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Mark, type Series, timeChartOf } from "../src/html/chart.ts";
import { documentOf } from "../src/html/document.ts";
import { html } from "../src/html/html.ts";
import { plotOf } from "../src/html/plot.ts";
import { tableOf } from "../src/html/table.ts";
import { medianOf, WAYS, type Way } from "./guided_search.ts";

/** Operations until a bug was found, for each seed; infinite where it was not. */
export interface GuidedRow {
  readonly name: string;
  readonly blind: readonly number[];
  readonly guided: readonly number[];
}

/** Edges after so many operations, medians. */
export interface EdgeRow {
  readonly where: string;
  readonly blind: number;
  readonly guided: number;
}

export interface GuidedRun {
  readonly machine: string;
  readonly seeds: readonly bigint[];
  /** Operations of a search, at most, and those after which edges were counted. */
  readonly budget: number;
  readonly edgesAfter: number;
  readonly edges: readonly EdgeRow[];
  readonly rows: readonly GuidedRow[];
}

const RAREST_WANTED = 1 / 3;
const REST_WANTED = 1.5;

function ratioOf({ blind, guided }: GuidedRow): number {
  return medianOf(guided) / medianOf(blind);
}

export function ratioText(row: GuidedRow): string {
  const ratio = ratioOf(row);
  return Number.isNaN(ratio) ? "-" : ratio.toFixed(2);
}

/** The targets, and what was measured; a bug that neither way finds says nothing. */
export function targetLines(rows: readonly GuidedRow[]): string[] {
  const known = rows.filter((row) => !Number.isNaN(ratioOf(row)));
  const byRarity = [...known].sort((one, other) => medianOf(other.blind) - medianOf(one.blind));
  const rarest = byRarity.slice(0, Math.ceil(known.length / 3));
  const rest = byRarity.slice(rarest.length);
  const within = (some: readonly GuidedRow[], wanted: number) =>
    `${some.filter((row) => ratioOf(row) <= wanted).length} of ${some.length}`;
  return [
    `rarest third: ${within(rarest, RAREST_WANTED)} need a third of blind's operations at most`,
    `the rest: ${within(rest, REST_WANTED)} need ${REST_WANTED} times as many at most`,
    `neither way finds ${rows.length - known.length} more, as a median`,
  ];
}

export function writeGuidedPage(file: string, run: GuidedRun): void {
  writeFileSync(fileURLToPath(new URL(`../docs/${file}`, import.meta.url)), pageOf(run));
}

const LOOKS: Readonly<Record<Way, Omit<Series, "name">>> = {
  blind: { tone: "unseen", shape: "circle" },
  guided: { tone: "odd", shape: "diamond" },
};

function pageOf(run: GuidedRun): string {
  const { machine, seeds, budget, rows } = run;
  const of = `seeds ${seeds[0]} to ${seeds.at(-1)}, at most ${budget} operations each`;
  return documentOf({
    title: "Operations until found: blind beside guided",
    lead: `Searches for ${rows.length} bugs, ${of}, on ${machine}. Operations do not depend on it.`,
    sections: [
      { id: "bugs", title: "One line a bug", body: [bugChart(run), bugTable(run)] },
      { id: "curves", title: "How many are found by when", body: curves(run) },
      { id: "targets", title: "What was wanted", body: targets(run) },
    ],
    footer: html`Made by <code>npx tsx bench/guided.ts --update-docs</code>.`,
  });
}

/** A mark for the median of each way; a way without one did not find the bug. */
function bugChart({ rows, budget }: GuidedRun) {
  return timeChartOf({
    title: "Median operations until found",
    series: WAYS.map((way) => ({ name: way, ...LOOKS[way] })),
    rows: rows.map((row) => ({
      label: row.name,
      marks: WAYS.flatMap((way) => markOf(row, way)),
      length: Math.log10(budget),
      note: ratioText(row),
    })),
    full: Math.ceil(Math.log10(budget)),
    axis: "ten to the power of",
  });
}

function markOf(row: GuidedRow, way: Way): readonly Mark[] {
  const median = medianOf(row[way]);
  if (!Number.isFinite(median)) return [];
  const { tone, shape = "circle" } = LOOKS[way];
  const at = Math.round(100 * Math.log10(Math.max(median, 1))) / 100;
  return [{ at, tone, shape, says: `${way}: ${median} operations` }];
}

function bugTable({ rows, seeds }: GuidedRun) {
  const cellOf = (found: readonly number[]) => {
    const median = medianOf(found);
    const times = `${found.filter(Number.isFinite).length} of ${seeds.length}`;
    return `${Number.isFinite(median) ? median : "not found"} (${times})`;
  };
  return tableOf({
    caption: "Median operations until found, and how many seeds found it at all",
    columns: ["bug", "blind", "guided", "guided / blind"],
    isNumeric: true,
    rows: rows.map((row) => ({
      head: row.name,
      cells: [cellOf(row.blind), cellOf(row.guided), ratioText(row)],
    })),
  });
}

/** Steps of the curves, as factors of one another. */
const STEPS = [100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

function curves({ rows, budget, seeds }: GuidedRun) {
  const steps = STEPS.filter((step) => step <= budget);
  const searches = rows.length * seeds.length;
  return plotOf({
    title: "Searches that have found their bug, all bugs and seeds together",
    across: "operations",
    up: "% of the searches",
    isLogarithmic: true,
    isJoined: true,
    lines: WAYS.map((way) => ({
      name: way,
      points: steps.map((x) => {
        const found = rows.flatMap((row) => row[way]).filter((operations) => operations <= x);
        const y = Math.round((1000 * found.length) / searches) / 10;
        return { x, y, label: way, tone: LOOKS[way].tone };
      }),
    })),
  });
}

function targets({ rows, edges, edgesAfter }: GuidedRun) {
  const lines = [
    ...targetLines(rows),
    ...edges.map(({ where, blind, guided }) => {
      const ratio = `${(guided / blind).toFixed(2)} times as many (wanted: 1.10)`;
      const head = `edges after ${edgesAfter} operations, ${where}`;
      return `${head}: blind ${blind}, guided ${guided}, ${ratio}`;
    }),
  ];
  return html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}
