// The rows of a dump in which bytes are wrong, with those bytes marked by letters: A for the bytes
// that the check speaks of, B and so on for others.
import type { Report } from "../report.ts";
import { type PlacedRow, placedRows } from "./placed_rows.ts";
import { tailShift } from "./slab_tail.ts";

/** A byte of a row, with the letter of the damage that it is part of. */
export interface DumpByte {
  readonly value: number;
  readonly mark: string | undefined;
}

export interface AnnotatedRow {
  /** From the object, or from the end of the last object of the slab. */
  readonly offset: number;
  readonly section: string;
  readonly bytes: readonly DumpByte[];
  /** Whether rows before this one are left out. */
  readonly isBehindGap: boolean;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Rows with marks, and the row before and behind each; empty where the log holds no dump. */
export function annotatedDump(report: Report): AnnotatedRow[] {
  const placed = report.check === "slab-padding" ? tailRows(report) : placedRows(report);
  const rows = placed
    .filter((row): row is PlacedRow & { offset: number } => row.offset !== undefined)
    .sort((a, b) => a.offset - b.offset)
    .map((row) => ({
      ...row,
      bytes: row.bytes.map((value, i) => marked(value, row.offset + i, report)),
    }));
  const isMarked = (i: number): boolean =>
    rows[i]?.bytes.some(({ mark }) => mark !== undefined) === true;
  const shown = rows.map((_, i) => [i - 1, i, i + 1].some(isMarked));
  return rows.flatMap((row, i) => {
    const isBehindGap = i > 0 && !shown[i - 1];
    return shown[i] ? [{ ...row, isBehindGap }] : [];
  });
}

/** The bytes of each row of the tail, counted from its beginning. */
function tailRows(report: Report): PlacedRow[] {
  const rows = report.rows.filter(({ section }) => /^(?:Padding|Section)$/.test(section));
  let offset = -tailShift(report);
  return rows.map((row) => {
    const placed = { ...row, offset };
    offset += row.bytes.length;
    return placed;
  });
}

function marked(value: number, at: number, { damage }: Report): DumpByte {
  const index = damage.findIndex(({ offset, tailOffset, length }) => {
    const begin = offset ?? tailOffset;
    return begin !== undefined && begin <= at && at < begin + length;
  });
  return { value, mark: index < 0 ? undefined : damageLetter(index) };
}

/** The letter of a damage, by its place among all of a report. */
export function damageLetter(index: number): string {
  return LETTERS[Math.min(index, LETTERS.length - 1)];
}
