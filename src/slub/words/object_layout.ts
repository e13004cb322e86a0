// What the bytes of an object are, from its left red zone to the next object.
//
//   -red_left_pad   0             object_size       inuse        ...            size - red_left_pad
//   ├ left red zone ┼ object      ┼ right red zone  ┼ free pointer, tracks ┼ padding ┤
//
// The free pointer lies behind the object where its bytes must survive a free; else inside it.
import { Letter } from "../../abi.ts";
import type { CacheFields } from "../core/kmem_cache.ts";
import type { Machine } from "../program/machine.ts";

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
