// Which bytes of which part of a slot are wrong, from the numbers of the report itself: the range
// that the check names, and the rows of the dump. Hashed addresses say nothing; places then follow
// from `@offset=` and from the order of the rows.
import { POISON_END, POISON_FREE, POISON_INUSE, SLUB_RED_ACTIVE } from "../../abi.ts";
import { hexOfBytes } from "../../base/hex.ts";
import { isRed, mostlyRed } from "../red_zone.ts";
import type { ByteRole, DamagedRange, Report, SlabCheck, WrongBytes } from "../report.ts";
import { followFreePointer, freePointerRuns } from "./free_pointer.ts";
import { looksOf, type ValueContext } from "./looks.ts";
import { sizeOfDump, sizeOfName } from "./object_size.ts";
import { placeObject } from "./placed_object.ts";
import {
  byteAt,
  distance,
  isHashed,
  isOfSlab,
  type PlacedRow,
  placedRows,
  rowAt,
} from "./placed_rows.ts";
import type { Run } from "./run.ts";
import { shownOptionsOf } from "./shown_options.ts";
import { tailRuns } from "./slab_tail.ts";
import { payloadRuns, strideOf } from "./stride.ts";
import { trackRuns } from "./track_damage.ts";
import { bytesOfWord } from "./word.ts";

const ROLES: Readonly<Partial<Record<SlabCheck, ByteRole>>> = {
  "left-redzone": "left red zone",
  "right-redzone": "right red zone",
  "kmalloc-redzone": "kmalloc red zone",
  poison: "poison",
  padding: "padding",
  "slab-padding": "slab padding",
};

/** Fills in where the damage of a report lies and how large the object is. */
export function findDamage(report: Report, context: ValueContext): void {
  report.objectSize ??= sizeOfName(report.cache);
  placeObject(report, context);
  followFreePointer(report, context);
  const rows = placedRows(report);
  report.objectSize ??= sizeOfDump(report, rows);
  report.damage =
    report.check === "list" ? listDamage(report, context) : damageOf(report, rows, context);
}

function damageOf(report: Report, rows: readonly PlacedRow[], context: ValueContext): WrongBytes[] {
  const tail = tailRuns(report);
  const own = [
    ...tail,
    ...(tail.length > 0 ? [] : rangeRuns(report, rows)),
    ...joinedRuns(dumpRuns(report, rows)),
    ...freePointerRuns(report, rows, context),
    ...trackRuns(report, context),
  ];
  const runs = own.filter((run, i) => !own.some((other, j) => covers(other, run, j < i)));
  const stride = strideOf(runs);
  if (stride === undefined) return runs.map((run) => damageOfRun(run, report, context));
  const all = [...runs, ...payloadRuns(stride, rows)];
  const look = `every ${stride.gap} bytes`;
  return all.map((run) => {
    const damage = damageOfRun(run, report, context);
    return { ...damage, looksLike: [...damage.looksLike, look] };
  });
}

/** A run says nothing that another one does not say; of two equal ones the earlier stays. */
function covers(a: Run, b: Run, isEarlier: boolean): boolean {
  if (a === b) return false;
  if (a.offset === undefined || b.offset === undefined) {
    return b.offset === undefined && a.role === b.role && a.bytes.length > b.bytes.length;
  }
  const holds = a.offset <= b.offset && a.offset + a.bytes.length >= b.offset + b.bytes.length;
  return holds && (isEarlier || a.bytes.length > b.bytes.length);
}

function damageOfRun(run: Run, report: Report, context: ValueContext): WrongBytes {
  const known = run.bytes.filter((byte) => byte >= 0);
  const was = run.was < 0 ? "" : hexOfBytes(new Uint8Array(run.bytes.length).fill(run.was));
  return {
    offset: run.offset,
    ...(run.tailOffset === undefined ? {} : { tailOffset: run.tailOffset }),
    length: run.bytes.length,
    role: run.role,
    was,
    is: hexOfBytes(Uint8Array.from(known)),
    looksLike: looksOf(known, run.was, { ...context, report }),
  };
}

/** The range that the check names, with the bytes that the dump has of it. */
function rangeRuns(report: Report, rows: readonly PlacedRow[]): Run[] {
  return report.ranges.map((range) => {
    const offset = offsetOfRange(range, report) ?? offsetOfFirst(range, report, rows);
    const length = lengthOfRange(range, report, rows, offset);
    const bytes = Array.from({ length }, (_, i) => {
      const held = offset === undefined ? undefined : byteAt(rows, offset + i);
      return held ?? (i === 0 ? range.is : -1);
    });
    return { offset, role: roleOf(report, offset), was: range.was, bytes };
  });
}

function offsetOfRange(range: DamagedRange, report: Report): number | undefined {
  if (isOfSlab(range.slabOffset) && isOfSlab(report.slabOffset)) {
    return range.slabOffset - report.slabOffset;
  }
  return isHashed(report) ? undefined : distance(range.from, report.object);
}

/** Where no address tells: the check names the first wrong byte of a part. */
function offsetOfFirst(
  { is, was }: DamagedRange,
  report: Report,
  rows: readonly PlacedRow[],
): number | undefined {
  const first = dumpRuns(report, rows).find((run) => run.was === was && run.offset !== undefined);
  return first?.bytes[0] === is ? first.offset : undefined;
}

const LENGTH_MAX = 1n << 16n;

function lengthOfRange(
  range: DamagedRange,
  report: Report,
  rows: readonly PlacedRow[],
  offset: number | undefined,
): number {
  const length = range.to - range.from + 1n;
  if (!isHashed(report) && length > 0n && length <= LENGTH_MAX) return Number(length);
  // Hashed addresses only tell whether the last byte is the first one.
  if (offset === undefined || rowAt(rows, offset) === undefined) return length === 1n ? 1 : 2;
  // The check names the bytes from the first wrong one to the last.
  let last = 0;
  const { section } = rowAt(rows, offset)!;
  for (let i = 0; rowAt(rows, offset + i)?.section === section; i++) {
    const byte = byteAt(rows, offset + i);
    const isEnd = byte === POISON_END && range.was === POISON_FREE;
    if (byte !== range.was && !isEnd) last = i;
  }
  return last + 1;
}

function roleOf(report: Report, offset: number | undefined): ByteRole {
  const role = ROLES[report.check];
  if (role !== undefined) return role;
  if (report.check === "redzone") return sideOf(report, offset);
  return "unknown";
}

/** Before 5.13 one word names both red zones: the place decides. */
function sideOf({ objectSize }: Report, offset: number | undefined): ByteRole {
  if (offset === undefined) return "red zone";
  if (offset < 0) return "left red zone";
  return objectSize === undefined || offset >= objectSize ? "right red zone" : "kmalloc red zone";
}

/** Bytes of the dump that are wrong wherever they stand, though the check stopped before them. */
function dumpRuns(report: Report, rows: readonly PlacedRow[]): Run[] {
  return rows.flatMap((row) => wrongRuns(row, expectation(row, report)));
}

interface Expectation {
  readonly role: ByteRole;
  readonly byte: number;
}

function expectation(
  { section, bytes, offset }: PlacedRow,
  report: Report,
): Expectation | undefined {
  if (section === "Padding") {
    // Without option P the kernel does not fill the padding, and its bytes mean nothing.
    const isFilled = shownOptionsOf(report).poison && report.check !== "slab-padding";
    return isFilled ? { role: "padding", byte: POISON_INUSE } : undefined;
  }
  if (section === "Redzone") {
    const role =
      offset === undefined ? "red zone" : offset < 0 ? "left red zone" : "right red zone";
    return { role, byte: redOf(report, bytes) };
  }
  if (section !== "Object") return undefined;
  if (report.check === "poison") return { role: "poison", byte: POISON_FREE };
  const isSlack = report.check === "kmalloc-redzone" || report.check === "free-pointer";
  return isSlack && isRedSlack(bytes)
    ? { role: "kmalloc red zone", byte: SLUB_RED_ACTIVE }
    : undefined;
}

/** A row of an object that is a red zone but for some bytes. */
function isRedSlack(bytes: readonly number[]): boolean {
  return (
    bytes.filter((byte) => byte === SLUB_RED_ACTIVE).length >= 4 && bytes.at(0) === SLUB_RED_ACTIVE
  );
}

function redOf(report: Report, bytes: readonly number[]): number {
  return report.ranges.map(({ was }) => was).find(isRed) ?? mostlyRed(bytes);
}

function wrongRuns(row: PlacedRow, expected: Expectation | undefined): Run[] {
  if (expected === undefined) return [];
  const runs: Run[] = [];
  row.bytes.forEach((byte, i) => {
    const isEnd = expected.byte === POISON_FREE && byte === POISON_END;
    if (byte === expected.byte || isEnd) return;
    const offset = row.offset === undefined ? undefined : row.offset + i;
    const open = runs.at(-1);
    const isNext = open !== undefined && row.bytes[i - 1] !== expected.byte;
    if (isNext) runs[runs.length - 1] = { ...open, bytes: [...open.bytes, byte] };
    else runs.push({ offset, role: expected.role, was: expected.byte, bytes: [byte] });
  });
  return runs;
}

/** Runs that go on in the next row are one; without positions those of one role are. */
function joinedRuns(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const open = joined.at(-1);
    const end = open?.offset === undefined ? undefined : open.offset + open.bytes.length;
    if (open !== undefined && open.role === run.role && end === run.offset) {
      joined[joined.length - 1] = { ...open, bytes: [...open.bytes, ...run.bytes] };
    } else joined.push(run);
  }
  return joined;
}

function listDamage({ list, ranges, object }: Report, context: ValueContext): WrongBytes[] {
  if (list?.found === undefined) return [];
  const node = ranges.at(0);
  const offset =
    node === undefined || object === undefined ? undefined : distance(node.from, object);
  const bytes = bytesOfWord(list.found, context);
  const was = list.expected === undefined ? [] : bytesOfWord(list.expected, context);
  const isNext = /^(?:next is|prev->next)/.test(list.field);
  return [
    {
      offset: offset === undefined ? undefined : offset + (isNext ? 0 : context.wordBytes),
      length: context.wordBytes,
      role: "list node",
      was: hexOfBytes(Uint8Array.from(was)),
      is: hexOfBytes(Uint8Array.from(bytes)),
      looksLike: looksOf(bytes, -1, context),
    },
  ];
}
