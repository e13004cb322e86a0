// The cost of a core in words: a table, and what became dearer or cheaper.
import { COUNTERS } from "../../wasm/meter.ts";
import { type CostChange, type CostComparison, costOf } from "./baseline.ts";
import type { CostRow } from "./row.ts";

const FIGURE_WIDTH = 11;
/** Rows that got cheaper are told in full up to this many. */
const CHEAPER_SHOWN = 5;

/** A table of rows, a line each; `times`: nanoseconds by row, where they were measured. */
export function costTable(
  rows: readonly CostRow[],
  times?: ReadonlyMap<string, number>,
): readonly string[] {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const titles = [...COUNTERS, "cost", ...(times === undefined ? [] : ["ns"])];
  const lines = rows.map((row) => {
    const each = row.figures.map((figure) => (figure / row.count).toFixed(1));
    const time = times === undefined ? [] : [(times.get(row.name) ?? 0).toFixed(0)];
    return line(row.name.padEnd(width), [...each, costOf(row).toFixed(1), ...time]);
  });
  return [line("for one operation".padEnd(width), titles), ...lines];
}

function line(head: string, cells: readonly string[]): string {
  return `${head}${cells.map((cell) => cell.padStart(FIGURE_WIDTH)).join("")}`.trimEnd();
}

/** `cost +3.1 % in kmem_cache_free, FZP, 320 B (v6.1 up): 486.4 -> 501.5; loads 126.8 -> 141.9`. */
export function changeText({ row, before, part }: CostChange): string {
  const sums = `${costOf(before).toFixed(1)} -> ${costOf(row).toFixed(1)}`;
  const counters = COUNTERS.flatMap((name, i) => {
    const [was, is] = [before.figures[i] / before.count, row.figures[i] / row.count];
    return was === is ? [] : [`${name} ${was.toFixed(1)} -> ${is.toFixed(1)}`];
  });
  return `cost ${percent(part)} in ${row.kind}, ${row.place}: ${[sums, ...counters].join("; ")}`;
}

function percent(part: number): string {
  if (!Number.isFinite(part)) return "from nothing";
  const text = Math.abs(100 * part).toFixed(1);
  // A value above 0 is not rounded to 0.
  const figure = text === "0.0" ? "less than 0.1" : text;
  return `${part < 0 ? "-" : "+"}${figure} %`;
}

/** What a comparison says, a line each; the last one sums up. */
export function costComparisonLines(
  comparison: CostComparison,
  baseline: string,
): readonly string[] {
  const { dearer, cheaper, added, gone } = comparison;
  const lines = [...dearer, ...cheaper.slice(0, CHEAPER_SHOWN)].map(changeText);
  const more = cheaper.length - CHEAPER_SHOWN;
  if (more > 0) lines.push(`... and ${more} more that are cheaper`);
  if (added.length > 0) lines.push(`not in ${baseline}: ${added.join("; ")}`);
  if (gone.length > 0) lines.push(`only in ${baseline}: ${gone.join("; ")}`);
  if (lines.length === 0) return [`cost as in ${baseline}`];
  return [...lines, `${dearer.length} dearer, ${cheaper.length} cheaper than in ${baseline}`];
}
