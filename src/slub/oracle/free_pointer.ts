// Free pointers that a program wrote over: where they lie, and what they lead to now.
import type { Damage, Segment } from "./damage.ts";
import { type Layout, slabBytes } from "./layout.ts";
import { Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/** Bytes of a free pointer. */
const WORD = 8;

/** RAM offset of the free pointer of the cell at hand. */
export function freePointerAt(shadow: Shadow, slab: number, cell: number): number {
  const layout = shadow.caches.layouts[shadow.slabs.cache(slab)];
  const index = cell - shadow.slabs.firstCell(slab);
  return shadow.slabs.objectAt(slab, layout, index) + layout.offset;
}

/** What a free pointer leads to. */
interface PointerValue {
  readonly kind: PointerKind;
  /** The object's cell, NONE where there is none. */
  readonly cell: number;
}

type PointerKind =
  | "null"
  | "free-object"
  | "live-object"
  /** In the slab, but not where an object begins. */
  | "interior"
  /** Anywhere else. */
  | "outside"
  | "unknown";

const UNKNOWN_POINTER: PointerValue = { kind: "unknown", cell: NONE };

/**
 * What a damaged free pointer says now, seen from its own slab. Hardened pointers are not decoded.
 */
export function pointerValueOf(shadow: Shadow, damage: Damage, segment: Segment): PointerValue {
  const evidence = shadow.evidenceFor(lastWriter(shadow, damage, segment).op);
  if (evidence === undefined || shadow.machine.hardened) return UNKNOWN_POINTER;
  const from = freePointerAt(shadow, segment.slab, segment.cell) - evidence.at;
  if (from < 0 || from + WORD > evidence.after.length) return UNKNOWN_POINTER;
  const bytes = new DataView(evidence.after.buffer, evidence.after.byteOffset + from, WORD);
  return classifyPointer(shadow, segment.slab, bytes.getUint32(4, true), bytes.getUint32(0, true));
}

/** The last damage of the same free pointer: its bytes are those that are there. */
function lastWriter({ damages }: Shadow, damage: Damage, { slab, cell }: Segment): Damage {
  const again = [...damages].reverse().find(({ segments }) => {
    return segments.some((one) => {
      return one.slab === slab && one.cell === cell && one.region === Region.FREE_POINTER;
    });
  });
  return again ?? damage;
}

function classifyPointer(shadow: Shadow, slab: number, high: number, low: number): PointerValue {
  if (high === 0 && low === 0) return { kind: "null", cell: NONE };
  const at = shadow.ram.offsetOf(high, low);
  const isInside = at !== NONE && shadow.slabs.slabAt(at) === slab;
  const layout: Layout = shadow.caches.layouts[shadow.slabs.cache(slab)];
  if (!isInside || at - shadow.slabs.base(slab) >= slabBytes(layout)) {
    return { kind: "outside", cell: NONE };
  }
  const cell = shadow.slabs.cellAt(slab, layout, at);
  if (cell < 0) return { kind: "interior", cell: NONE };
  const isFree = shadow.slabs.cellObject[cell] === NONE;
  return { kind: isFree ? "free-object" : "live-object", cell };
}

/** A value that check_valid_pointer() of any kernel refuses. */
export function isRefusedPointer({ kind }: PointerValue): boolean {
  return kind === "interior" || kind === "outside";
}
