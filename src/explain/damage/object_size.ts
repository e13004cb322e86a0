// How large an object is: from the name of its cache, or from a dump that holds all of it.
import type { Report } from "../report.ts";
import { isHashed, type PlacedRow } from "./placed_rows.ts";

/** Caches whose names say the size, with the bytes that one unit stands for. */
const NAMED: readonly (readonly [RegExp, (digits: number, unit: string) => number])[] = [
  [
    /^(?:(?:dma-)?kmalloc|kmalloc_dma|msg_msg|memdup_user)-(?:[a-z]+-)?(?:\d+-)?(\d+)([kM]?)$/,
    (digits, unit) => digits * (UNITS[unit] ?? 1),
  ],
  [/^bio-(\d+)$/, (digits) => digits],
  [/^pgtable-2\^(\d{1,2})$/, (power) => 8 * 2 ** power],
];

/** Before 5.9 each group of processes has its own caches, such as `kmalloc-64(12:user.slice)`. */
const OF_GROUP = /\(.{1,60}\)$/;

const UNITS: Readonly<Record<string, number>> = { k: 1024, M: 1 << 20 };

/** The size that the name of a cache says; undefined for most names. */
export function sizeOfName(cache: string | undefined): number | undefined {
  for (const [pattern, sizeOf] of NAMED) {
    const [, digits, unit = ""] = pattern.exec(cache?.replace(OF_GROUP, "") ?? "") ?? [];
    if (digits !== undefined) return sizeOf(Number(digits), unit);
  }
  return undefined;
}

/** A dump of the kernel ends with the first page of an object. */
const DUMPED_MAX = 4096;

/** The size that a dump shows, if nothing of the object is missing. */
export function sizeOfDump(report: Report, rows: readonly PlacedRow[]): number | undefined {
  const first = rows.findIndex(({ section }) => section === "Object");
  const end = rows.findIndex(({ section }, i) => i > first && section !== "Object");
  const isEnded = end >= 0 || report.fixes.length > 0 || report.stack.length > 0;
  if (first < 0 || !isEnded) return undefined;
  const object = rows.slice(first, end < 0 ? undefined : end);
  const bytes = object.reduce((sum, row) => sum + row.bytes.length, 0);
  const isWhole = object.slice(0, -1).every((row) => row.bytes.length === 16);
  const begin = object[0].offset;
  const last = object.at(-1)!;
  const zone = rows.slice(end).find(({ section }) => section === "Redzone")?.offset;
  if (bytes === DUMPED_MAX && end >= 0)
    return zone === undefined || zone < bytes ? undefined : zone;
  const spans = isHashed(report) || (begin === 0 && last.offset! + last.bytes.length === bytes);
  return bytes < DUMPED_MAX && isWhole && spans ? bytes : undefined;
}
