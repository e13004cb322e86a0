// The mistakes that an exhaustive search injects: one operation each, about an object in use, about
// one that was freed, or about a cache. Which class a program belongs to is for the oracle to say,
// from what happened: a second free may be a plain one, or come after the object's slab is gone.
import { Slot } from "../abi.ts";
import type { ProgramImage } from "../slub/program/image.ts";
import type { BugName } from "../target/bug_names.ts";

/** What a mistake is about. */
export interface MistakeScene {
  readonly image: ProgramImage;
  /** The object's slot; for a mistake about a cache the slot of nothing. */
  readonly slot: number;
  /** The cache, its size as asked for, and the distance of its objects. */
  readonly cache: number;
  readonly size: number;
  readonly stride: number;
  /** Another cache; the same if there is no other. */
  readonly other: number;
}

export interface MistakeForm {
  /** Classes that it may come to. */
  readonly classes: readonly BugName[];
  /** About an object in use, one that was freed, or a cache of which objects are in use. */
  readonly about: "used" | "freed" | "cache";
  /** It needs a second cache. */
  readonly needsOther?: boolean;
  /** The object is given back, as the program believes. */
  readonly frees?: boolean;
  /** Nothing may follow: its cache is gone. */
  readonly ends?: boolean;
  readonly put: (scene: MistakeScene) => void;
}

const WORD = Uint8Array.of(0x4d, 0x49, 0x53, 0x54, 0x41, 0x4b, 0x45, 0x21);
const BYTE = Uint8Array.of(0x4d);
const NUL = Uint8Array.of(0);
const BIT = Uint8Array.of(1);

const FREED_WRITES: readonly BugName[] = [
  ...(["write-after-free", "write-after-reuse", "cross-cache-reuse", "sheaf-overwrite"] as const),
];
const SECOND_FREES: readonly BugName[] = [
  ...(["double-free", "double-free-interleaved", "double-free-after-reuse"] as const),
  ...(["double-free-after-discard", "double-free-in-sheaf"] as const),
  ...(["double-free-sheaf-and-slab", "bad-free-flushed"] as const),
];

export const MISTAKE_FORMS: readonly MistakeForm[] = [
  {
    classes: ["overflow-right", "slab-padding"],
    about: "used",
    put: ({ image, slot, size }) => image.write(slot, size, WORD),
  },
  {
    classes: ["off-by-one"],
    about: "used",
    put: ({ image, slot, size }) => image.write(slot, size, BYTE),
  },
  {
    classes: ["off-by-one-nul"],
    about: "used",
    put: ({ image, slot, size }) => image.write(slot, size, NUL),
  },
  {
    classes: ["overflow-left"],
    about: "used",
    put: ({ image, slot }) => image.write(slot, -WORD.length, WORD),
  },
  {
    classes: ["overflow-far"],
    about: "used",
    put: ({ image, slot, size, stride }) => image.fill(slot, size, stride + WORD.length, BYTE[0]),
  },
  {
    classes: ["overflow-right", "slab-padding"],
    about: "used",
    put: ({ image, slot, stride }) => image.write(slot, stride, WORD),
  },
  {
    classes: ["read-out-of-bounds"],
    about: "used",
    put: ({ image, slot, size }) => image.read(slot, size, WORD.length),
  },
  {
    classes: ["uninitialised-read"],
    about: "used",
    put: ({ image, slot, size }) => image.read(slot, size - WORD.length, WORD.length),
  },
  {
    classes: ["invalid-free-interior"],
    about: "used",
    put: ({ image, slot, cache }) => image.free(cache, slot, WORD.length),
  },
  {
    classes: ["invalid-free-foreign"],
    about: "cache",
    put: ({ image, cache }) => image.free(cache, Slot.GLOB),
  },
  {
    classes: ["wrong-cache-free", "wrong-cache-leak"],
    about: "used",
    needsOther: true,
    frees: true,
    put: ({ image, slot, other }) => image.free(other, slot),
  },
  {
    classes: ["double-free-bulk"],
    about: "used",
    frees: true,
    put: ({ image, slot, cache }) => image.bulkFree(cache, [slot, slot]),
  },
  {
    classes: SECOND_FREES,
    about: "freed",
    put: ({ image, slot, cache }) => image.free(cache, slot),
  },
  {
    classes: FREED_WRITES,
    about: "freed",
    put: ({ image, slot }) => image.write(slot, 0, WORD),
  },
  {
    classes: FREED_WRITES,
    about: "freed",
    put: ({ image, slot, size }) => image.write(slot, size - WORD.length, WORD),
  },
  {
    classes: ["read-after-free"],
    about: "freed",
    put: ({ image, slot }) => image.read(slot, 0, WORD.length),
  },
  {
    classes: ["free-pointer-forge"],
    about: "freed",
    put: ({ image, slot, cache }) => image.wfp(cache, slot, 0, Slot.GLOB),
  },
  {
    classes: ["freelist-cycle"],
    about: "freed",
    put: ({ image, slot, cache }) => image.wfp(cache, slot, 0, slot),
  },
  {
    classes: ["bit-flip"],
    about: "freed",
    put: ({ image, slot }) => image.xor(slot, 0, BIT),
  },
  {
    classes: ["bit-flip"],
    about: "used",
    put: ({ image, slot, size }) => image.xor(slot, size, BIT),
  },
  {
    classes: ["leak-at-destroy"],
    about: "cache",
    ends: true,
    put: ({ image, cache }) => image.destroy(cache),
  },
];

/** Classes that some form may come to, in the order of the forms. */
export const MISTAKE_CLASSES: readonly BugName[] = [
  ...new Set(MISTAKE_FORMS.flatMap(({ classes }) => classes)),
];
