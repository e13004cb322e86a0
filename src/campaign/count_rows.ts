// Rows of counts, as the tables of a summary have them.

/** Width of a count. */
export const CELL = 8;

export type Counts = Readonly<Record<string, number | undefined>>;

/** A name, the total, and the counts, each right-aligned in its column. */
export function row(
  name: string,
  width: number,
  cells: readonly string[],
  widths: readonly number[],
  last: string,
): string {
  const middle = cells.map((cell, i) => cell.padStart(widths[i])).join("  ");
  return `${name.padEnd(width)}  ${last.padStart(CELL)}  ${middle}`.trimEnd();
}

/** A dot stands for none. */
export function countCell(count: number): string {
  return count === 0 ? "." : String(count);
}

/** All counts of a row together. */
export function rowTotal(counts: Counts): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** The counts of several rows, added up by their names. */
export function addedRows(rows: readonly Counts[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const counts of rows) {
    for (const [verdict, count] of Object.entries(counts)) {
      sum[verdict] = (sum[verdict] ?? 0) + (count ?? 0);
    }
  }
  return sum;
}
