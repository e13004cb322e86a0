// Which bytes of which part of a slot are wrong, from the numbers of the report itself: the range
// that the check names, and the rows of the dump. Hashed addresses say nothing; places then follow
// from `@offset=` and from the order of the rows.
import { hexOfBytes } from "../base/hex.ts";
import { looksOf, type ValueContext } from "./looks.ts";
import type { ByteRole, DamagedRange, DumpRow, Report, SlabCheck, WrongBytes } from "./report.ts";

const ROLES: Readonly<Partial<Record<SlabCheck, ByteRole>>> = {
  "left-redzone": "left red zone",
  "right-redzone": "right red zone",
  "kmalloc-redzone": "kmalloc red zone",
  poison: "poison",
  padding: "padding",
  "slab-padding": "slab padding",
};

const POISON = 0x6b;
const POISON_END = 0xa5;

/** A row of the dump with its place in the slot. */
interface PlacedRow {
  readonly section: string;
  /** From the object; undefined where neither addresses nor order tell. */
  readonly offset: number | undefined;
  readonly bytes: readonly number[];
}

/** A run of wrong bytes, before it is known what they look like. */
interface Run {
  readonly offset: number | undefined;
  readonly role: ByteRole;
  readonly was: number;
  readonly bytes: number[];
}

/** Fills in where the damage of a report lies and how large the object is. */
export function findDamage(report: Report, context: ValueContext): void {
  const rows = placedRows(report);
  report.objectSize ??= sizeOf(report, rows);
  report.damage = damageOf(report, rows, context);
}

/** kmalloc-96, kmalloc-rnd-05-2k and their kin say how large an object is. */
function sizeOf({ cache }: Report, rows: readonly PlacedRow[]): number | undefined {
  const [, digits, unit] =
    /^(?:dma-)?kmalloc-(?:[a-z]+-)?(?:\d+-)?(\d+)([kM]?)$/.exec(cache ?? "") ?? [];
  if (digits !== undefined) return Number(digits) * (UNITS[unit] ?? 1);
  const object = rows.filter(({ section }) => section === "Object");
  const bytes = object.reduce((sum, row) => sum + row.bytes.length, 0);
  // A dump of the kernel ends with the first page of an object.
  return bytes === 0 || bytes >= 4096 ? undefined : bytes;
}

const UNITS: Readonly<Record<string, number>> = { k: 1024, M: 1 << 20 };

function placedRows(report: Report): PlacedRow[] {
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

/** An address and its place in the slab end in the same digits. */
function isPlain(address: bigint, slabOffset: number | undefined): boolean {
  return (
    slabOffset === undefined ||
    slabOffset >= SLAB_MAX ||
    Number(address & 0xfffn) === (slabOffset & 0xfff)
  );
}

/** In bytes, without the tag that arm64 keeps in addresses; undefined if it is too large. */
function distance(address: bigint, object: bigint | undefined): number | undefined {
  if (object === undefined) return undefined;
  const difference = BigInt.asIntN(56, address - object);
  return difference > -65536n && difference < 1n << 24n ? Number(difference) : undefined;
}

function damageOf(report: Report, rows: readonly PlacedRow[], context: ValueContext): WrongBytes[] {
  if (report.check === "list") return listDamage(report, context);
  const runs = [...rangeRuns(report, rows), ...dumpRuns(report, rows)];
  if (report.check === "free-pointer" && report.freePointer !== undefined) {
    const { freePointer } = report;
    const bytes = bytesOf(freePointer, context);
    runs.push({ offset: undefined, role: "free pointer", was: -1, bytes });
  }
  const distinct = runs.filter((run, i) => !runs.slice(0, i).some((other) => covers(other, run)));
  return distinct.map((run) => damageOfRun(run, report, context));
}

function covers(a: Run, b: Run): boolean {
  if (a.offset === undefined || b.offset === undefined) return false;
  return a.offset <= b.offset && a.offset + a.bytes.length >= b.offset + b.bytes.length;
}

function damageOfRun(run: Run, report: Report, context: ValueContext): WrongBytes {
  const known = run.bytes.filter((byte) => byte >= 0);
  const was = run.was < 0 ? "" : hexOfBytes(new Uint8Array(run.bytes.length).fill(run.was));
  return {
    offset: run.offset,
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
    const offset = offsetOfRange(range, report);
    const length = lengthOfRange(range, report, rows, offset);
    const bytes = Array.from(
      { length },
      (_, i) => byteAt(rows, offset, i) ?? (i === 0 ? range.is : -1),
    );
    return { offset, role: roleOf(report, offset), was: range.was, bytes };
  });
}

function offsetOfRange(range: DamagedRange, report: Report): number | undefined {
  const { slabOffset } = report;
  if (range.slabOffset !== undefined && slabOffset !== undefined && slabOffset < SLAB_MAX) {
    return range.slabOffset - slabOffset;
  }
  return isHashed(report) ? undefined : distance(range.from, report.object);
}

/** An offset beyond this comes from a tagged address. */
const SLAB_MAX = 1 << 30;
const LENGTH_MAX = 1n << 16n;

function lengthOfRange(
  range: DamagedRange,
  report: Report,
  rows: readonly PlacedRow[],
  offset: number | undefined,
): number {
  const length = range.to - range.from + 1n;
  if (!isHashed(report) && length > 0n && length <= LENGTH_MAX) return Number(length);
  if (offset === undefined) return 1;
  // The check names the bytes from the first wrong one to the last.
  let last = 0;
  const section = rowAt(rows, offset)?.section;
  for (let i = 0; rowAt(rows, offset + i)?.section === section && section !== undefined; i++) {
    const isEnd = byteAt(rows, offset, i) === POISON_END && range.was === POISON;
    if (byteAt(rows, offset, i) !== range.was && !isEnd) last = i;
  }
  return last + 1;
}

function byteAt(
  rows: readonly PlacedRow[],
  from: number | undefined,
  index: number,
): number | undefined {
  const row = from === undefined ? undefined : rowAt(rows, from + index);
  return row?.offset === undefined ? undefined : row.bytes[from! + index - row.offset];
}

function rowAt(rows: readonly PlacedRow[], at: number): PlacedRow | undefined {
  return rows.find(
    ({ offset, bytes }) => offset !== undefined && offset <= at && at < offset + bytes.length,
  );
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
  if (section === "Padding" || section === "Section") {
    // Without option P the kernel does not fill the padding, and its bytes mean nothing.
    if (!isPoisoned(report)) return undefined;
    return { role: report.check === "slab-padding" ? "slab padding" : "padding", byte: 0x5a };
  }
  if (section === "Redzone") {
    const role =
      offset === undefined ? "red zone" : offset < 0 ? "left red zone" : "right red zone";
    return { role, byte: redOf(report, bytes) };
  }
  if (section !== "Object") return undefined;
  if (report.check === "poison") return { role: "poison", byte: POISON };
  const isSlack = report.check === "kmalloc-redzone" || report.check === "free-pointer";
  return isSlack && isRedSlack(bytes) ? { role: "kmalloc red zone", byte: 0xcc } : undefined;
}

function isPoisoned({ check, rows }: Report): boolean {
  const padding = rows.filter(({ section }) => section === "Padding" || section === "Section");
  return /padding/.test(check) || padding.some(({ bytes }) => bytes.includes(0x5a));
}

/** A row of an object that is a red zone but for some bytes. */
function isRedSlack(bytes: readonly number[]): boolean {
  return bytes.filter((byte) => byte === 0xcc).length >= 4 && bytes.at(0) === 0xcc;
}

function redOf(report: Report, bytes: readonly number[]): number {
  const said = report.ranges.map(({ was }) => was).find((was) => was === 0xbb || was === 0xcc);
  if (said !== undefined) return said;
  const count = (value: number): number => bytes.filter((byte) => byte === value).length;
  return count(0xbb) > count(0xcc) ? 0xbb : 0xcc;
}

function wrongRuns(row: PlacedRow, expected: Expectation | undefined): Run[] {
  if (expected === undefined) return [];
  const runs: Run[] = [];
  row.bytes.forEach((byte, i) => {
    const isEnd = expected.byte === POISON && byte === POISON_END;
    if (byte === expected.byte || isEnd) return;
    const offset = row.offset === undefined ? undefined : row.offset + i;
    const open = runs.at(-1);
    const isNext = open !== undefined && row.bytes[i - 1] !== expected.byte;
    if (isNext) open.bytes.push(byte);
    else runs.push({ offset, role: expected.role, was: expected.byte, bytes: [byte] });
  });
  return runs;
}

function listDamage({ list, ranges, object }: Report, context: ValueContext): WrongBytes[] {
  if (list?.found === undefined) return [];
  const node = ranges.at(0);
  const offset =
    node === undefined || object === undefined ? undefined : distance(node.from, object);
  const bytes = bytesOf(list.found, context);
  const was = list.expected === undefined ? [] : bytesOf(list.expected, context);
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

/** The bytes of a word in memory. */
export function bytesOf(value: bigint, { wordBytes, isBigEndian }: ValueContext): number[] {
  const bytes = Array.from({ length: wordBytes }, (_, i) =>
    Number((value >> BigInt(8 * i)) & 0xffn),
  );
  return isBigEndian ? bytes.reverse() : bytes;
}
