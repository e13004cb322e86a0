// The rows of a survey as text.
import { VERDICTS } from "../../src/oracle/verdict.ts";
import { AGREEMENTS, type Row } from "./survey.ts";

export function tableLines(rows: readonly Row[]): string[] {
  const verdicts = VERDICTS.filter((one) => rows.some((row) => row.verdicts[one] !== undefined));
  return [
    ...linesOf(rows, verdicts, (row, column) => row.verdicts[column] ?? 0),
    "",
    ...linesOf(rows, AGREEMENTS, (row, column) => row.agreements[column] ?? 0),
  ];
}

function linesOf<T extends string>(
  rows: readonly Row[],
  columns: readonly T[],
  countOf: (row: Row, column: T) => number,
): string[] {
  const head = ["class", "options", "cases", ...columns];
  const body = rows.map((row) => {
    const counts = columns.map((column) => countOf(row, column) || "");
    return [row.bug, row.boot, row.cases, ...counts].map(String);
  });
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((line) => line[i].length)));
  return [head, ...body].map((line) =>
    line.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "),
  );
}

export function disagreementLines(rows: readonly Row[]): string[] {
  return rows.flatMap((row) =>
    [...row.disagreements].map(
      ([signature, number]) => `${row.boot} ${row.bug} case ${number}: ${signature}`,
    ),
  );
}
