// A matrix for a terminal, and as Markdown: of one program a line for each cell, with the kernel's
// words; of many a table for each kernel, a word for each cell.
import { counted } from "../../base/count_text.ts";
import { columnLines } from "../../base/option_text.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { unprovenText } from "../../slub/program/proof.ts";
import { type Matrix, type MatrixCell, symptomsOf, whereabouts } from "./matrix.ts";

/** Gives a verdict its colour; without a terminal, nothing. */
export type Paint = (verdict: string, text: string) => string;

const PLAIN: Paint = (_, text) => text;

/** One program, in full. */
export function matrixLines(matrix: Matrix, paint: Paint = PLAIN): string[] {
  const lines = [`${matrix.name}: ${counted(matrix.operations, "operation")}`];
  for (const profile of matrix.profiles) {
    const cells = cellsOn(matrix, profile);
    if (cells.length > 0) lines.push("", columnHead(cells[0]), ...cellLines(cells, paint));
  }
  lines.push(...matrix.refused.map(({ profile, why }) => `\n${profile}: ${why}`));
  return [...lines, "", ...symptomLines(matrix)];
}

export function cellsOn({ cells }: Matrix, profile: ProfileName): readonly MatrixCell[] {
  return cells.filter((cell) => cell.profile === profile);
}

/**
 * `v3.10 v310, 4 CPUs`: the variant, without the options that the rows name; and what of it no
 * recorded kernel has.
 */
export function columnHead({ profile, boot, cpus, unproven }: MatrixCell): string {
  const [variant, ...parameters] = boot.split(" ");
  const others = parameters.filter((word) => !word.startsWith("slub_debug"));
  const name = [profile, variant, ...others].join(" ");
  return `${name}, ${cpus} ${cpus === 1 ? "CPU" : "CPUs"}${unprovenText(unproven)}`;
}

function cellLines(cells: readonly MatrixCell[], paint: Paint): string[] {
  const rows = cells.map((cell) => [
    cell.options,
    cell.verdict,
    reportedAt(cell),
    cell.impact,
    kernelWordsOf(cell),
  ]);
  const head = ["options", "verdict", "reported at", "impact", "in these words"];
  return columnLines([head, ...rows]).map((line, i) => {
    const cell = cells[i - 1];
    return cell === undefined
      ? line
      : line.replace(cell.verdict, paint(cell.verdict, cell.verdict));
  });
}

/** Where the first report was made. */
function reportedAt({ report }: MatrixCell): string {
  return report === null ? "never" : `op ${report.op} ${report.text}`;
}

/** The kernel's first message, and its last one if it died. */
export function kernelWordsOf({ report, death }: MatrixCell): string {
  const end = death === null ? undefined : `${report === null ? "" : "then "}${deathText(death)}`;
  return [report?.words, end].filter((words) => words !== undefined).join("; ") || "-";
}

function deathText({ op, words }: NonNullable<MatrixCell["death"]>): string {
  return `op ${op}: ${words}`;
}

/** The observer effect: one mistake, and what it looks like. */
function symptomLines(matrix: Matrix): string[] {
  const symptoms = symptomsOf(matrix);
  const mistake = matrix.cells.find((cell) => cell.mistake !== null)?.mistake;
  const where = mistake ? ` (op ${mistake.op} ${mistake.text})` : "";
  const count = symptoms.length === 1 ? "1 symptom" : `${symptoms.length} symptoms`;
  const rows = symptoms.map(({ symptom, cells }) => [symptom, whereabouts(cells)]);
  return [`one mistake${where}, ${count}:`, ...columnLines(rows).map((line) => `  ${line}`)];
}

/** The letter of each verdict. */
const CODES: Readonly<Record<string, string>> = {
  detected: "D",
  late: "L",
  misattributed: "M",
  masked: "m",
  escaped: "E",
  blind: ".",
  oops: "X",
  misuse: "u",
  invariant: "!",
  ok: "ok",
};

/** Many programs: for each kernel a table of codes, and what they mean. */
export function matricesLines(matrices: readonly Matrix[], paint: Paint = PLAIN): string[] {
  const [first] = matrices;
  const tables = first.profiles.flatMap((profile) => [
    profile,
    ...overviewLines(matrices, profile, paint),
    "",
  ]);
  const codes = Object.entries(CODES).slice(0, -1);
  const key = codes.map(([verdict, code]) => `${code} ${verdict}`).join(", ");
  return [...tables, `${key}; with the operation of the first report`];
}

function overviewLines(matrices: readonly Matrix[], profile: ProfileName, paint: Paint): string[] {
  const { options } = matrices[0];
  const rows = matrices.map((matrix) => cellsOn(matrix, profile));
  const texts = rows.map((cells, i) => [
    matrices[i].name,
    ...options.map((_, j) => (cells[j] === undefined ? "n/a" : codeText(cells[j]))),
  ]);
  const widths = widthsOf([["class", ...options], ...texts]);
  const head = ["class", ...options].map((text, i) => text.padEnd(widths[i])).join("  ");
  const body = texts.map((row, i) =>
    row.map((text, j) => paintedCell(text.padEnd(widths[j]), rows[i][j - 1], paint)).join("  "),
  );
  return [head.trimEnd(), ...body.map((line) => line.trimEnd())];
}

function paintedCell(text: string, cell: MatrixCell | undefined, paint: Paint): string {
  return cell === undefined ? text : paint(cell.verdict, text);
}

/** `D5`: a cell where there is little room. */
function codeText({ verdict, report }: MatrixCell): string {
  return `${CODES[verdict] ?? verdict}${report === null ? "" : report.op}`;
}

/** `detected 5`: a cell in one word, and when. */
export function shortText({ verdict, report }: MatrixCell): string {
  return report === null ? verdict : `${verdict} ${report.op}`;
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  return rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i].length))) ?? [];
}

/** A matrix as Markdown. */
export function matrixMarkdown(matrix: Matrix): string[] {
  const tables = matrix.profiles.flatMap((profile) => {
    const cells = cellsOn(matrix, profile);
    if (cells.length === 0) return [];
    const rows = cells.map((cell) => [
      code(cell.options),
      cell.verdict,
      cell.report === null ? "never" : `op ${cell.report.op}, ${code(cell.report.text)}`,
      cell.impact,
      kernelWordsOf(cell) === "-" ? "-" : code(kernelWordsOf(cell)),
    ]);
    const head = ["options", "verdict", "reported at", "impact", "in these words"];
    return [`### ${columnHead(cells[0])}`, "", ...markdownTable([head, ...rows]), ""];
  });
  const refused = matrix.refused.map(({ profile, why }) => `- ${profile}: ${markdownText(why)}`);
  const symptoms = symptomsOf(matrix).map(({ symptom, cells }) => [symptom, whereabouts(cells)]);
  return [
    `## ${markdownText(matrix.name)}`,
    "",
    ...tables,
    ...refused,
    "### One mistake, and how it shows",
    "",
    ...markdownTable([["symptom", "where"], ...symptoms]),
    "",
  ];
}

function markdownTable(rows: readonly (readonly string[])[]): string[] {
  const [head, ...body] = rows;
  const lineOf = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [lineOf(head), lineOf(head.map(() => "---")), ...body.map(lineOf)];
}

/** Names of files are other people's text. */
function markdownText(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|]/g, "\\$&").replace(/\s+/g, " ");
}

/** Code in a cell: neither a bar nor a backtick may end it. */
function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}
