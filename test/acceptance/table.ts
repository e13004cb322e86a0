// The cells of a survey as text.
import { columnLines } from "../../src/base/option_text.ts";
import type { ScoreCell } from "../../src/compare/score/score.ts";
import { AGREEMENTS, SCORE_OUTCOMES } from "../../src/compare/score/score_tally.ts";

export function tableLines(cells: readonly ScoreCell[]): string[] {
  const outcomes = SCORE_OUTCOMES.filter((one) => cells.some(({ data }) => data.outcomes[one]));
  return [
    ...linesOf(cells, outcomes, ({ data }, column) => data.outcomes[column] ?? 0),
    "",
    ...linesOf(cells, AGREEMENTS, ({ data }, column) => data.agreements[column] ?? 0),
  ];
}

function linesOf<T extends string>(
  cells: readonly ScoreCell[],
  names: readonly T[],
  countOf: (cell: ScoreCell, column: T) => number,
): string[] {
  const body = cells.map((cell) => {
    const counts = names.map((name) => countOf(cell, name) || "");
    return [cell.bug, cell.boot, cell.data.cases, ...counts].map(String);
  });
  return columnLines([["class", "options", "cases", ...names], ...body]);
}
