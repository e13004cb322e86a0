// What a byte of simulated memory is, as the layout says: the names that findings use.
import { Letter, Profile } from "../../abi.ts";
import { isDebugCache, type Layout } from "./layout.ts";

/** Kinds of bytes. */
export const Region = {
  /** Mapped nowhere: the access was a fault. */
  UNMAPPED: 0,
  /** RAM that belongs to no slab the program knows. */
  OTHER_PAGE: 1,
  /** Behind the last object of a slab. */
  SLAB_TAIL: 2,
  LEFT_REDZONE: 3,
  /** What the owner asked for. */
  PAYLOAD: 4,
  /** Served, but not asked for. */
  SLACK: 5,
  RIGHT_REDZONE: 6,
  /** Filler between payload and metadata, painted under P. */
  ALIGNMENT: 7,
  /** The same without Z and P: nothing is there. */
  GAP: 8,
  FREE_POINTER: 9,
  TRACK: 10,
  ORIG_SIZE: 11,
  /** Up to the end of the cell. */
  PADDING: 12,
  /** glob, vglob, or a named region. */
  FOREIGN: 13,
  /** A sheaf of the allocator (7.3). */
  SHEAF: 14,
} as const;

export type Region = (typeof Region)[keyof typeof Region];

/** The names, by number. */
export const REGION_NAMES: readonly string[] = [
  "unmapped",
  "other-page",
  "slab-tail",
  "left-redzone",
  "payload",
  "slack",
  "right-redzone",
  "alignment",
  "gap",
  "free-pointer",
  "track",
  "orig-size",
  "padding",
  "foreign",
  "sheaf",
];

/**
 * What byte `offset` of a cell is, counted from the object. The free pointer inside a payload
 * counts only while the object is free; one outside always.
 */
export function regionAt(layout: Layout, offset: number, isLive: boolean): Region {
  const pointer = offset - layout.offset;
  if (pointer >= 0 && pointer < 8 && (layout.freePointerOutside || !isLive)) {
    return Region.FREE_POINTER;
  }
  if (offset < 0) return Region.LEFT_REDZONE;
  if (offset < layout.objectSize) return Region.PAYLOAD;
  if (offset < layout.inuse) return fillerOf(layout);
  if (offset < layout.infoEnd + 2 * layout.trackSize) return Region.TRACK;
  return offset < layout.paddingStart ? Region.ORIG_SIZE : Region.PADDING;
}

function fillerOf(layout: Layout): Region {
  if ((layout.letters & Letter.Z) !== 0) return Region.RIGHT_REDZONE;
  return (layout.letters & Letter.P) !== 0 ? Region.ALIGNMENT : Region.GAP;
}

/** Since 6.2 what kmalloc serves beyond the request is part of the red zone, with U. */
function paintsSlack({ profile, letters }: Layout): boolean {
  const needed = Letter.Z | Letter.U | Letter.KMALLOC;
  return profile >= Profile.V612 && (letters & needed) === needed;
}

/** Whether the bytes of a region hold a value that the allocator painted and looks at again. */
export function isPainted(layout: Layout, region: Region, isLive: boolean): boolean {
  if (!isDebugCache(layout)) return false;
  const letters = layout.letters;
  switch (region) {
    case Region.LEFT_REDZONE:
    case Region.RIGHT_REDZONE:
      return (letters & Letter.Z) !== 0;
    case Region.ALIGNMENT:
    case Region.PADDING:
    case Region.SLAB_TAIL:
      return (letters & Letter.P) !== 0;
    case Region.PAYLOAD:
      return layout.poisonsObject && !isLive;
    case Region.SLACK:
      return isLive && paintsSlack(layout);
    default:
      return false;
  }
}
