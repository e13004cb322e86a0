// What a campaign found: a table, its findings, and the totals. It declares the record that it
// needs; the campaign fills it in.
import { counted } from "../base/count_text.ts";
import { alarmCount } from "../target/verdict.ts";
import { addedRows, CELL, type Counts, countCell, row, rowTotal } from "./count_rows.ts";
import { estimateLines, type SummaryEstimate } from "./estimate.ts";
import { explainedLines } from "./explained.ts";
import { familyLines } from "./family_table.ts";

/** The columns, in the order of the table; columns without a use are left out. */
const COLUMNS = [
  "ok",
  "detected",
  "late",
  "misattributed",
  "masked",
  "escaped",
  "blind",
  "oops",
  "misuse",
  "invariant",
] as const;

/** One finding: all cases of a campaign that showed one signature. */
export interface SummaryFinding {
  /** `cause|field|reach|symptom`: what makes two findings the same bug. */
  readonly signature: string;
  readonly verdict: string;
  /** Bug class of the example; `none` for a clean program. */
  readonly class: string;
  /** The worst thing that happened. */
  readonly impact: string;
  /** Cases that showed it. */
  readonly count: number;
  /** All runs of the example gave the same result. */
  readonly stable: boolean;
  /** Number of the example, which is the shortest program that showed it, and its operations. */
  readonly case: number;
  readonly operations: number;
  /** Its folder below that of the campaign; undefined where it was not stored. */
  readonly folder: string | undefined;
  /** The example in one word, for `programOfToken` and `slabfuzz replay`. */
  readonly token: string;
  /** The smallest program that shows it, a line for each operation, where it is known here. */
  readonly shrunk?: readonly string[];
  /** Other signatures of the same bug, where it has any. */
  readonly consequences?: readonly Consequence[];
}

type Consequence = Pick<SummaryFinding, "signature" | "verdict" | "count" | "token">;

/** What a campaign found. */
export interface Summary {
  /** Sixteen hex digits over the results of all cases, whatever their order. */
  readonly digest: string;
  /** Cases that are done, and the operations that ran in them. */
  readonly cases: number;
  readonly operations: number;
  /** Time on the wall, over all runs of the campaign. */
  readonly seconds: number;
  /** Bug class -> verdict -> count. */
  readonly verdicts: Readonly<Record<string, Readonly<Record<string, number | undefined>>>>;
  /** How probable it is that the next case shows something new. */
  readonly estimate: SummaryEstimate;
  /** Those that matter most come first. */
  readonly findings: readonly SummaryFinding[];
}

interface SummaryShape {
  /** Rows of the table, in their order. */
  readonly classes: readonly string[];
  /** Every class and every finding is listed, not only families and what matters most. */
  readonly listsAll?: boolean;
  /** Where the findings are stored. */
  readonly folder: string;
}

/** The table, the findings with their replay lines, and the totals. */
export function summaryLines(summary: Summary, shape: SummaryShape): string[] {
  const { listsAll, classes, folder } = shape;
  const table = listsAll ? tableLines(summary, classes) : familyLines(summary, classes);
  const findings = listsAll
    ? findingLines(summary.findings)
    : explainedLines(summary.findings, folder);
  return [
    ...table,
    "",
    ...(summary.findings.length === 0 ? ["no findings"] : findings),
    "",
    ...estimateLines(summary.estimate, alarmsOf(summary)),
    totalsLine(summary),
  ];
}

/** Cases whose verdict is a failure by itself. */
function alarmsOf({ verdicts }: Summary): number {
  return alarmCount(addedRows(Object.values(verdicts)));
}

function tableLines({ verdicts }: Summary, classes: readonly string[]): string[] {
  const rows = classes.map((name) => ({ name, counts: verdicts[name] ?? {} }));
  const columns = COLUMNS.filter((column) => rows.some(({ counts }) => counts[column] ?? 0));
  const width = Math.max(...rows.map(({ name }) => name.length), "bug class".length);
  const widths = columns.map((column) => Math.max(column.length, CELL));
  const head = row("bug class", width, [...columns], widths, "cases");
  const body = rows.map(({ name, counts }) => tableRow(name, width, columns, widths, counts));
  const total = tableRow(
    "total",
    width,
    columns,
    widths,
    addedRows(rows.map(({ counts }) => counts)),
  );
  const rule = "-".repeat(head.length);
  return [head, rule, ...body, rule, total];
}

function tableRow(
  name: string,
  width: number,
  columns: readonly string[],
  widths: readonly number[],
  counts: Counts,
): string {
  const cells = columns.map((column) => countCell(counts[column] ?? 0));
  return row(name, width, cells, widths, String(rowTotal(counts)));
}

/** Every finding, with the line that replays it. */
function findingLines(findings: readonly SummaryFinding[]): string[] {
  const stored = findings.filter((finding) => finding.folder !== undefined).length;
  const lines = [`${counted(findings.length, "finding")}, ${stored} stored:`];
  for (const { verdict, signature, impact, count, stable, token } of findings) {
    const often = stable ? `${count}x` : `${count}x, not each time that it is run`;
    lines.push(`  ${verdict.padEnd(9)} ${signature}  (${impact}, ${often})`);
    lines.push(`            slabfuzz replay ${token}`);
  }
  return lines;
}

function totalsLine({ cases, operations, seconds, digest }: Summary): string {
  const rate = Math.round(cases / Math.max(seconds, 0.001));
  return (
    `${counted(cases, "case")}, ${counted(operations, "operation")} in ${seconds.toFixed(1)} s ` +
    `(${rate} cases/s), digest ${digest}`
  );
}

/** The progress line. */
export function progressLine(
  cases: number,
  seconds: number,
  verdicts: Summary["verdicts"],
): string {
  const counts = addedRows(Object.values(verdicts));
  const parts = COLUMNS.filter((column) => counts[column]).map(
    (column) => `${column} ${counts[column]}`,
  );
  const rate = Math.round(cases / Math.max(seconds, 0.001));
  return `${seconds.toFixed(1)} s  ${counted(cases, "case")}  ${rate}/s  ${parts.join("  ")}`;
}
