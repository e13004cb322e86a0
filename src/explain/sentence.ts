// A report in one plain sentence.
import { hex64 } from "../base/hex.ts";
import type { Report, SlabCheck, Track, WrongBytes } from "./report.ts";

const FOUND: Readonly<Record<SlabCheck, string>> = {
  redzone: "a red zone was overwritten",
  "left-redzone": "the red zone before an object was overwritten",
  "right-redzone": "the red zone behind an object was overwritten",
  "kmalloc-redzone": "bytes behind the requested size were overwritten",
  poison: "a free object was written to",
  padding: "the padding behind an object was overwritten",
  "slab-padding": "the bytes behind the last object of a slab were overwritten",
  "free-pointer": "an object's free pointer points outside of its slab",
  "free-list": "a free list leads outside of its slab",
  "already-free": "an object that is free was freed again",
  count: "the counters of a slab disagree with its objects",
  remaining: "a cache was destroyed while objects of it were held",
  pointer: "an address was freed that is no object",
  "wrong-cache": "an object was freed into another cache than its own",
  "hardened-free": "an object was freed that is the first of its free list already",
  "kfree-page": "an address was freed that lies in no slab",
  "slab-bug": "a slab is not in the state that it must be in",
  "alloc-oops": "the machine died in the allocator while it followed a free pointer",
  "free-oops": "the machine died in the allocator while it freed an address",
  "poison-oops": "the machine died where it followed bytes that the kernel leaves in unused memory",
  list: "the neighbours of a list node do not point back at it",
};

export function sentenceOf(report: Report): string {
  const parts = [
    `${FOUND[report.check]}${placeOf(report)}`,
    ...report.damage.slice(0, 1).map(damageText),
    ...report.tracks.map(trackText),
  ];
  const text = parts.join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function placeOf({ cache, object, objectName, objectsLeft, check, words }: Report): string {
  const of = cache === undefined ? "" : ` (cache ${cache})`;
  if (check === "list") return `${of}: ${words}`;
  if (objectsLeft > 0) return `${of}: ${objectsLeft} left`;
  if (object === undefined) return of;
  const is = objectName === undefined ? "" : `, which is ${objectName}`;
  return `${of}, object 0x${hex64(object)}${is}`;
}

/** Bytes that are wrong, in short. */
export function damageText({ offset, length, role, was, is, looksLike }: WrongBytes): string {
  const where = offset === undefined ? "at an unknown place" : `at ${signedText(offset)}`;
  const bytes = is === "" ? "" : ` ${pairs(is)}${was === "" ? "" : ` for ${was.slice(0, 2)}`}`;
  const looks = looksLike.length === 0 ? "" : ` (${looksLike.join(", ")})`;
  return `${role} ${where}, ${length} ${length === 1 ? "byte" : "bytes"}:${bytes}${looks}`;
}

/** An offset with its sign. */
export function signedText(offset: number): string {
  return offset < 0 ? String(offset) : `+${offset}`;
}

const SHOWN_BYTES = 16;

function pairs(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  const shown = bytes.slice(0, SHOWN_BYTES).join(" ");
  return bytes.length > SHOWN_BYTES ? `${shown} ...` : shown;
}

function trackText({ what, by, age, pid }: Track): string {
  return `${what} in ${by} by pid ${pid}, ${age} ticks before`;
}
