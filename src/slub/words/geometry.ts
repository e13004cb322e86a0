// The geometry of a cache in words, in a table row, and as a record.
//
// Table rows have the columns of the recordings: the first four say what was asked for, the rest
// what the kernel made of it; a row ends with FAILED where the kernel refused the size.
import { Letter } from "../../abi.ts";
import { fitsI32, fitsU32 } from "../../base/bytes.ts";
import { linesOf, wordsIn } from "../../base/text_lines.ts";
import { UserError } from "../../base/user_error.ts";
import type { CacheForm } from "../core/geometry.ts";
import type { CacheFields } from "../core/kmem_cache.ts";
import { parseUnsigned } from "../program/arguments.ts";
import { canonicalFlags } from "../program/letters.ts";
import { hasSheaves, type Machine } from "../program/machine.ts";
import { kernelFlags } from "../run/info_text.ts";

/** A line of a table. */
type TableLine =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "header" }
  | { readonly kind: "row"; readonly columns: readonly string[]; readonly form: CacheForm };

const ASKED = ["object_size", "align", "flags", "ctor"];

/** Reads a table: comments and blank lines stay, the header line is made anew. */
export function parseGeometryTable(text: string, file: string): readonly TableLine[] {
  const lines = linesOf(text.replace(/\n$/, ""), file);
  return Array.from(lines, ({ line, place }) => parseTableLine(line, place));
}

function parseTableLine(line: string, place: string): TableLine {
  if (line === "" || line.startsWith("#")) return { kind: "text", text: line };
  const columns = wordsIn(line);
  if (columns[0] === ASKED[0]) return { kind: "header" };
  const [size, align] = columns.slice(0, 2).map(parseUnsigned);
  const flags = canonicalFlags(columns[2] ?? "");
  const isRow = ["0", "1"].includes(columns[3]) && flags !== undefined;
  const isSized = size !== undefined && size > 0 && fitsI32(size);
  if (!isRow || !isSized || align === undefined || !fitsU32(align)) {
    throw new UserError(`${place}: a row is SIZE ALIGN FLAGS 0|1, with a size of at least 1`);
  }
  // The kernel driver never lets these caches merge.
  const form = { size, align, flags: withoutMerging(flags), ctor: columns[3] === "1" };
  return { kind: "row", columns: columns.slice(0, 4), form };
}

function withoutMerging(flags: string): string {
  return flags.replace("M", "") || "-";
}

/** A line of the completed table. */
export function printRow(
  machine: Machine,
  line: TableLine,
  fields: CacheFields | undefined,
): string {
  switch (line.kind) {
    case "text":
      return line.text;
    case "header":
      return [...ASKED, ...COLUMNS.filter((column) => hasColumn(machine, column))].join("\t");
    case "row":
      return [...line.columns, ...valuesOf(machine, fields)].join("\t");
  }
}

const COLUMNS = [
  "size",
  "inuse",
  "offset",
  "red_left_pad",
  "s_align",
  "order",
  "objects",
  "min_order",
  "min_objects",
  "min_partial",
  "cpu_partial",
  "cpu_partial_slabs",
  "sheaf_capacity",
  "kflags",
] as const;

type Column = (typeof COLUMNS)[number];

/**
 * 3.10 has neither a left red zone nor a number of cpu partial slabs; 7.3 has sheaves and no cpu
 * partial lists.
 */
function hasColumn(machine: Machine, column: Column): boolean {
  if (column === "sheaf_capacity") return hasSheaves(machine);
  if (column.startsWith("cpu_partial") && hasSheaves(machine)) return false;
  const isNew = column === "red_left_pad" || column === "cpu_partial_slabs";
  return !isNew || machine.profile !== "v3.10";
}

function valuesOf(machine: Machine, fields: CacheFields | undefined): readonly string[] {
  if (fields === undefined) return ["FAILED"];
  const record = figuresOf(machine, fields);
  return COLUMNS.filter((column) => hasColumn(machine, column)).map((c) => String(record[c]));
}

function figuresOf(machine: Machine, fields: CacheFields): Record<Column, number | string> {
  const flags = kernelFlags(machine.profile, fields.letters, fields.objectPoison);
  return {
    size: fields.size,
    inuse: fields.inuse,
    offset: fields.offset,
    red_left_pad: fields.redLeftPad,
    s_align: fields.align,
    order: fields.order,
    objects: fields.objects,
    min_order: fields.minOrder,
    min_objects: fields.minObjects,
    min_partial: fields.minPartial,
    cpu_partial: fields.cpuPartial,
    cpu_partial_slabs: fields.cpuPartialSlabs,
    sheaf_capacity: fields.sheafCapacity,
    kflags: `0x${flags.toString(16)}`,
  };
}

/** Whether the JSON record has a figure: where sheaves are, there are no cpu partial lists. */
function isShown(machine: Machine, column: string): boolean {
  const isOfSheaves = column === "sheaf_capacity";
  return hasSheaves(machine) ? !column.startsWith("cpu_partial") : !isOfSheaves;
}

/** The geometry as JSON; `failed` where the kernel refused the size. */
export function geometryRecord(machine: Machine, form: CacheForm, fields: CacheFields | undefined) {
  const asked = {
    profile: machine.profile,
    boot: machine.variant,
    cpus: machine.nrCpuIds,
    object_size: form.size,
    align: form.align,
    flags: form.flags,
    ctor: form.ctor,
  };
  if (fields === undefined) return { ...asked, failed: true };
  const figures = Object.entries(figuresOf(machine, fields)).filter(([column]) =>
    isShown(machine, column),
  );
  return { ...asked, ...Object.fromEntries(figures), layout: objectLayout(machine, fields) };
}

/** The geometry for people: figures, and the object drawn from its first byte to its last. */
export function describeGeometry(
  machine: Machine,
  form: CacheForm,
  fields: CacheFields | undefined,
): string {
  const asked =
    `${machine.profile} ${machine.variant}, nr_cpu_ids ${machine.nrCpuIds}: ` +
    `object_size ${form.size}, align ${form.align}, flags ${form.flags}` +
    (form.ctor ? ", with constructor" : "");
  if (fields === undefined) return `${asked}\nFAILED: the kernel refuses this size`;
  const figures = Object.entries(figuresOf(machine, fields))
    .filter(([column]) => hasColumn(machine, column as Column))
    .map(([column, value]) => `  ${column.padEnd(18)}${value}`);
  return [asked, ...figures, "", ...drawObject(machine, fields), "", tailOf(fields)].join("\n");
}

function drawObject(machine: Machine, fields: CacheFields): readonly string[] {
  return objectLayout(machine, fields).map(({ from, to, what }) => {
    const span = `${from}..${to}`.padStart(14);
    return `${span}  ${String(to - from).padStart(5)} bytes  ${what}`;
  });
}

function tailOf({ order, objects, size }: CacheFields): string {
  const bytes = 4096 << order;
  const rest = bytes - objects * size;
  return `slab: order ${order}, ${bytes} bytes, ${objects} objects, ${rest} left over`;
}

/** A part of an object; offsets are counted from the pointer that is handed out. */
export interface ObjectPart {
  readonly from: number;
  readonly to: number;
  readonly what: string;
}

const POINTER_SIZE = 8;

/** The parts of an object of a cache, in order of address, without the empty ones. */
export function objectLayout(machine: Machine, fields: CacheFields): readonly ObjectPart[] {
  const { redLeftPad, objectSize, inuse, offset, letters } = fields;
  const end = fields.size - redLeftPad;
  const isOutside = offset >= inuse;
  const parts: ObjectPart[] = [
    { from: -redLeftPad, to: 0, what: "left red zone" },
    { from: 0, to: objectSize, what: isOutside ? "object" : `object, free pointer at ${offset}` },
    {
      from: objectSize,
      to: inuse,
      what: letters & Letter.Z ? "right red zone" : "alignment padding",
    },
  ];
  if (isOutside) parts.push({ from: offset, to: offset + POINTER_SIZE, what: "free pointer" });
  let at = isOutside ? offset + POINTER_SIZE : inuse;
  for (const [what, size] of metadataOf(machine, letters)) {
    parts.push({ from: at, to: at + size, what });
    at += size;
  }
  return [...parts, { from: at, to: end, what: "padding" }].filter(({ from, to }) => from < to);
}

/** What store user keeps behind an object, with the sizes of each version. */
function metadataOf({ profile }: Machine, letters: number): (readonly [string, number])[] {
  if ((letters & Letter.U) === 0) return [];
  const trackSize = profile === "v3.10" ? 152 : 32;
  const tracks: (readonly [string, number])[] = [
    ["allocation track", trackSize],
    ["free track", trackSize],
  ];
  const hasRequest = profile !== "v3.10" && (letters & Letter.KMALLOC) !== 0;
  return hasRequest ? [...tracks, ["requested size", profile === "v6.1" ? 4 : 8]] : tracks;
}
