// Layouts for a terminal: a slot drawn to scale for each kernel, where its bytes go, and what each
// set of options would cost.
import type { CacheForm } from "../../slub/core/geometry.ts";
import type { Machine } from "../../slub/program/machine.ts";
import type { ObjectPart } from "../../slub/words/geometry.ts";
import { alignedRight } from "../score/score_text.ts";
import type { ByteCause, LayoutColumn, Layouts, SlotLayout } from "./layout.ts";
import { BYTE_CAUSES, bytesPerObject, causeOf, wasteOf } from "./layout.ts";

/** Columns of the longest drawing, its borders aside. */
const WIDTH = 72;

/** What parts are drawn with. */
const MARKS: Readonly<Record<ByteCause, string>> = {
  object: "o",
  "left red zone": "<",
  "right red zone": ">",
  "alignment padding": "a",
  "free pointer": "F",
  tracks: "t",
  "requested size": "s",
  padding: "p",
  "left over": ".",
};

export function layoutLines(layouts: Layouts): string[] {
  const { form, columns } = layouts;
  if (columns.every(({ slot }) => slot === undefined)) {
    return [formText(form), "", ...columns.flatMap((column) => drawingOf(column, 1))];
  }
  const longest = Math.max(1, ...columns.map(({ slot }) => slot?.size ?? 0));
  return [
    formText(form),
    "",
    ...columns.flatMap((column) => [...drawingOf(column, longest), ""]),
    keyLine(columns),
    "",
    "bytes of one slot by cause, and the slab",
    ...causeTable(columns),
    "",
    "bytes of a slot under other debug options, and with its share of what the slab leaves over",
    ...costTable(columns),
  ];
}

export function formText({ size, align, flags, ctor }: CacheForm): string {
  const object = `object of ${size} bytes, align ${align}, flags ${flags}`;
  return ctor ? `${object}, with constructor` : object;
}

/** `v6.1 up, nr_cpu_ids 1`. */
export function nameOf({ profile, variant, nrCpuIds }: Machine): string {
  return `${profile} ${variant}, nr_cpu_ids ${nrCpuIds}`;
}

function drawingOf({ machine, slot }: LayoutColumn, longest: number): string[] {
  if (slot === undefined) return [`${nameOf(machine)}: the kernel refuses this size`];
  const { parts, size } = slot;
  const bar = parts.map((part) => barOf(part, slot, longest)).join("|");
  const offsets = parts.map(({ from }) => from);
  const end = parts.at(-1)?.to ?? 0;
  return [
    `${nameOf(machine)}: ${size} bytes a slot, ${freePointerText(slot)}`,
    `|${bar}|`,
    `offsets ${[...offsets, end].join(" ")}`,
  ];
}

export function freePointerText({ freePointer, isFreePointerOutside }: SlotLayout): string {
  const where = isFreePointerOutside ? "behind the object" : "inside the object while it is free";
  return `free pointer at ${freePointer}, ${where}`;
}

/** A part to scale, but never nothing; a free pointer inside the object is drawn where it lies. */
function barOf(part: ObjectPart, slot: SlotLayout, longest: number): string {
  const cause = causeOf(part.what);
  const scaled = (bytes: number): number => Math.round((bytes * WIDTH) / longest);
  const bar = MARKS[cause].repeat(Math.max(1, scaled(part.to - part.from)));
  if (cause !== "object" || slot.isFreePointerOutside) return bar;
  const at = Math.min(scaled(slot.freePointer - part.from), bar.length - 1);
  return `${bar.slice(0, at)}${MARKS["free pointer"]}${bar.slice(at + 1)}`;
}

function keyLine(columns: readonly LayoutColumn[]): string {
  const used = BYTE_CAUSES.filter(
    (cause) => cause !== "left over" && columns.some(({ slot }) => slot?.slabCauses[cause]),
  );
  const keys = used.includes("free pointer") ? used : [...used, "free pointer" as const];
  return keys.map((cause) => `${MARKS[cause]} ${cause}`).join("   ");
}

/** Rows of a table of layouts: what they say of each kernel. */
type LayoutRow = readonly [string, (slot: SlotLayout) => string];

export const LAYOUT_ROWS: readonly LayoutRow[] = [
  ...BYTE_CAUSES.filter((cause) => cause !== "left over").map(
    (cause): LayoutRow => [cause, (slot) => numberText(slot.slabCauses[cause] / slot.objects)],
  ),
  ["slot", (slot) => String(slot.size)],
  ["slab order", (slot) => String(slot.order)],
  ["objects in a slab", (slot) => String(slot.objects)],
  ["left over in a slab", (slot) => numberText(slot.slabCauses["left over"])],
  ["bytes per object", (slot) => bytesPerObject(slot).toFixed(1)],
  ["not payload", (slot) => `${(100 * wasteOf(slot)).toFixed(1)} %`],
];

function numberText(value: number): string {
  return value === 0 ? "." : String(value);
}

function causeTable(columns: readonly LayoutColumn[]): string[] {
  const head = ["", ...columns.map(({ machine }) => machine.profile)];
  const rows = LAYOUT_ROWS.map(([name, textOf]) => [
    name,
    ...columns.map(({ slot }) => (slot === undefined ? "refused" : textOf(slot))),
  ]);
  return alignedRight([head, ...rows]);
}

function costTable(columns: readonly LayoutColumn[]): string[] {
  const head = ["options", ...columns.map(({ machine }) => machine.profile)];
  const sets = columns[0].costs.map(({ options }) => options);
  const rows = sets.map((options, i) => [
    options,
    ...columns.map(({ costs }) => costText(costs[i].slot)),
  ]);
  return alignedRight([head, ...rows]);
}

/** `448 (455.1)`. */
export function costText(slot: SlotLayout | undefined): string {
  return slot === undefined ? "refused" : `${slot.size} (${bytesPerObject(slot).toFixed(1)})`;
}
