// Where each row of a dump lies in its slot. Hashed addresses say nothing; places then follow from
// the order of the rows.
import type { DumpRow, Report } from "../report.ts";

/** A row of the dump with its place in the slot. */
export interface PlacedRow {
  readonly section: string;
  /** From the object; undefined where neither addresses nor order tell. */
  readonly offset: number | undefined;
  readonly bytes: readonly number[];
}

export function placedRows(report: Report): PlacedRow[] {
  const { rows, object } = report;
  if (!isHashed(report)) {
    return rows.map((row) => ({ ...row, offset: distance(row.address, object) }));
  }
  const firstObject = rows.findIndex(({ section }) => section === "Object");
  if (firstObject < 0) return rows.map((row) => ({ ...row, offset: undefined }));
  return rows.map((row, i) => ({ ...row, offset: offsetInOrder(rows, firstObject, i) }));
}

/** Rows follow one another from the left red zone to the right one; padding lies further on. */
function offsetInOrder(
  rows: readonly DumpRow[],
  firstObject: number,
  index: number,
): number | undefined {
  const { section } = rows[index];
  if (section === "Padding" || section === "Bytes b4") return undefined;
  const between = rows.slice(Math.min(index, firstObject), Math.max(index, firstObject));
  const bytes = between.reduce((sum, row) => sum + row.bytes.length, 0);
  return index < firstObject ? -bytes : bytes;
}

/** Hashed addresses do not go up by sixteen from row to row. */
export function isHashed({ rows, object, ranges, slabOffset }: Report): boolean {
  const pairs = rows.slice(1).filter((row, i) => row.section === rows[i].section);
  if (pairs.length > 0) {
    const steps = rows.slice(1).filter((row, i) => row.address - rows[i].address === 16n);
    return steps.length * 2 < pairs.length;
  }
  const own = rows.find(({ section }) => section === "Object");
  if (own !== undefined && object !== undefined) return !isPlain(own.address, slabOffset);
  const range = ranges.at(0);
  if (range?.slabOffset !== undefined) return !isPlain(range.from, range.slabOffset);
  return object !== undefined && !isPlain(object, slabOffset);
}

/** An offset beyond this comes from a tagged address. */
const SLAB_MAX = 1 << 30;

/** Whether an offset in a slab can be one. */
export function isOfSlab(offset: number | undefined): offset is number {
  return offset !== undefined && offset < SLAB_MAX;
}

/** An address and its place in the slab end in the same digits. */
function isPlain(address: bigint, slabOffset: number | undefined): boolean {
  return !isOfSlab(slabOffset) || Number(address & 0xfffn) === (slabOffset & 0xfff);
}

/** In bytes, without the tag that arm64 keeps in addresses; undefined if it is too large. */
export function distance(address: bigint, object: bigint | undefined): number | undefined {
  if (object === undefined) return undefined;
  const difference = BigInt.asIntN(56, address - object);
  return difference > -65536n && difference < 1n << 24n ? Number(difference) : undefined;
}

export function rowAt(rows: readonly PlacedRow[], at: number): PlacedRow | undefined {
  return rows.find(
    ({ offset, bytes }) => offset !== undefined && offset <= at && at < offset + bytes.length,
  );
}

/** A byte of the dump, by its place from the object. */
export function byteAt(rows: readonly PlacedRow[], at: number | undefined): number | undefined {
  const row = at === undefined ? undefined : rowAt(rows, at);
  return row?.offset === undefined ? undefined : row.bytes[at! - row.offset];
}

/** Bytes of the dump; undefined if it does not hold all of them. */
export function bytesAt(
  rows: readonly PlacedRow[],
  at: number,
  length: number,
): number[] | undefined {
  const bytes = Array.from({ length }, (_, i) => byteAt(rows, at + i));
  return bytes.includes(undefined) ? undefined : (bytes as number[]);
}
