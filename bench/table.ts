// Groups of contenders, and how their times are printed.
import type { Contender, Measured } from "../src/compare/bench/measure.ts";

export interface Group {
  readonly name: string;
  /** The contender that the others are compared with. */
  readonly baseline: string;
  /** Makes them; only when the group's turn comes, because some take much memory. */
  readonly contenders: () => readonly Contender[];
}

export interface GroupResult {
  readonly name: string;
  readonly baseline: string;
  readonly rows: readonly Measured[];
}

export function formatGroup({ name, baseline, rows }: GroupResult): string {
  const base = rows.find((row) => row.name === baseline) ?? rows[0];
  const lines = rows.map((row) => {
    const cells = [
      row.name.padEnd(22),
      row.p10.toFixed(1).padStart(8),
      (row.p10 / base.p10).toFixed(2).padStart(7),
      `+${Math.round(row.spread * 100)} %`.padStart(8),
    ];
    return `  ${cells.join(" ")}`;
  });
  const head = `${"ns/op".padStart(31)} ${"ratio".padStart(7)} ${"spread".padStart(8)}`;
  return [name, `  ${head.slice(2)}`, ...lines].join("\n");
}

/** p10 of a row; undefined where it was not measured. */
export function p10Of(
  results: readonly GroupResult[],
  group: string,
  row: string,
): number | undefined {
  const found = results.find(({ name }) => name === group);
  return found?.rows.find(({ name }) => name === row)?.p10;
}
