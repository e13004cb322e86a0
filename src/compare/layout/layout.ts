// Where the bytes of a slab go: for an object's size, alignment and flags, what each kernel makes
// of one slot, byte by byte and by cause, and of a whole slab; and what each set of debug options
// would cost instead.
import { type CacheForm, measureCache } from "../../slub/core/geometry.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import type { CacheFields } from "../../slub/core/kmem_cache.ts";
import { NO_SLUB_DEBUG } from "../../slub/program/boot_line.ts";
import { canonicalFlags } from "../../slub/program/letters.ts";
import type { Machine } from "../../slub/program/machine.ts";
import { type ObjectPart, objectLayout } from "../../slub/words/geometry.ts";
import { TELLING_SETS } from "../option_sets.ts";

/** The purpose of bytes of a slab. */
export const BYTE_CAUSES = [
  "object",
  "left red zone",
  "right red zone",
  "alignment padding",
  "free pointer",
  "tracks",
  "requested size",
  "padding",
  "left over",
] as const;

export type ByteCause = (typeof BYTE_CAUSES)[number];

/** A slot and its slab on one kernel. */
export interface SlotLayout {
  readonly size: number;
  /** Where the free pointer lies, and whether behind the object. */
  readonly freePointer: number;
  readonly isFreePointerOutside: boolean;
  readonly parts: readonly ObjectPart[];
  readonly order: number;
  readonly objects: number;
  readonly slabBytes: number;
  /** Bytes of a slab by cause: they add up to all of it. */
  readonly slabCauses: Readonly<Record<ByteCause, number>>;
}

/** A kernel, its slot, and what the slot would be under each set of options. */
export interface LayoutColumn {
  readonly machine: Machine;
  /** Undefined where the kernel refuses the size. */
  readonly slot: SlotLayout | undefined;
  readonly costs: readonly { readonly options: string; readonly slot: SlotLayout | undefined }[];
}

export interface Layouts {
  readonly form: CacheForm;
  readonly columns: readonly LayoutColumn[];
}

/**
 * Where the bytes of an object and of its slab go, for each machine and each set of options. The
 * core is asked, so what the heap held is lost. Merging must be off in all machines
 * (`slub_nomerge`, or a debug option). Sizes and alignments count bytes; a size that a kernel
 * refuses has no slot.
 */
export function layoutsOf(heap: SlabHeap, machines: readonly Machine[], form: CacheForm): Layouts {
  const columns = machines.map((machine) => {
    heap.configure(machine);
    const slot = slotOf(heap, machine, form);
    heap.configure({ ...machine, slubDebug: NO_SLUB_DEBUG });
    const costs = TELLING_SETS.map((options) => ({
      options,
      slot: slotOf(heap, machine, { ...form, flags: withOptions(form.flags, options) }),
    }));
    return { machine, slot, costs };
  });
  return { form, columns };
}

/** Flags with other debug options. */
export function withOptions(flags: string, options: string): string {
  const others = flags.replace(/[FZPU-]/g, "");
  return canonicalFlags(`${options}${others}`.replace(/-(?=.)/, "")) ?? "-";
}

function slotOf(heap: SlabHeap, machine: Machine, form: CacheForm): SlotLayout | undefined {
  const fields = measureCache(heap, form);
  return fields === undefined ? undefined : slotLayout(machine, fields);
}

export function slotLayout(machine: Machine, fields: CacheFields): SlotLayout {
  const { size, offset, inuse, order, objects } = fields;
  const parts = objectLayout(machine, fields);
  const slabBytes = 4096 << order;
  const slabCauses = Object.fromEntries(BYTE_CAUSES.map((cause) => [cause, 0])) as Record<
    ByteCause,
    number
  >;
  for (const { from, to, what } of parts) slabCauses[causeOf(what)] += objects * (to - from);
  slabCauses["left over"] = slabBytes - objects * size;
  return {
    ...{ size, order, objects, parts, slabBytes, slabCauses },
    freePointer: offset,
    isFreePointerOutside: offset >= inuse,
  };
}

/** The parts of an object have names of their own. */
export function causeOf(what: string): ByteCause {
  if (what.startsWith("object")) return "object";
  if (what.endsWith("track")) return "tracks";
  return BYTE_CAUSES.find((cause) => cause === what) ?? "padding";
}

/** Bytes of memory that an object takes, its share of what is left over included. */
export function bytesPerObject({ slabBytes, objects }: SlotLayout): number {
  return slabBytes / objects;
}

/** The share of a slab that is not payload. */
export function wasteOf({ slabCauses, slabBytes }: SlotLayout): number {
  return 1 - slabCauses.object / slabBytes;
}
