// The bug classes by name, and what each does. The names are part of the command line and of every
// finding: they stay. docs/fuzzing.md has the definitions in full.
import { namesIn } from "../base/option_text.ts";

/** One line for each class, for help texts. */
export const BUG_ABOUT = {
  none: "clean programs: the allocator itself is tested",
  "overflow-right": "writes 2 to 64 bytes beyond the end of an object",
  "overflow-left": "writes 1 to 32 bytes before an object",
  "overflow-far": "writes over all of the next object, and into the one behind it",
  "overflow-slack": "writes what kmalloc served beyond what was asked for",
  "overflow-strided": "writes beyond an object in steps, with gaps between",
  "off-by-one": "writes one byte, not zero, behind an object",
  "off-by-one-nul": "writes one zero byte behind an object",
  "read-out-of-bounds": "reads before an object or behind it",
  "write-after-free": "writes into an object that was freed",
  "read-after-free": "reads an object that was freed",
  "write-after-reuse": "writes through a stale pointer when another owns the object",
  "uninitialised-read": "reads bytes of a new object that were never written",
  "double-free": "frees an object twice in a row",
  "double-free-interleaved": "frees an object again after others were freed",
  "double-free-after-reuse": "frees an object again when another owns it",
  "double-free-after-discard": "frees an object again when its slab was given back",
  "double-free-bulk": "names an object twice in one bulk free",
  "invalid-free-interior": "frees an address inside an object",
  "invalid-free-foreign": "frees an address that no cache ever handed out",
  "wrong-cache-free": "frees an object into another cache",
  "wrong-size-use": "uses an object as a larger type, whose list_head lies beyond it",
  "free-pointer-forge": "overwrites the free pointer of a free object with a pointer",
  "freelist-cycle": "links a free object back to an earlier one of its list",
  "slab-padding": "writes behind the last object of a slab",
  "cross-cache-reuse": "writes through a stale pointer into another cache's slab",
  "leak-at-destroy": "destroys a cache while objects are held",
  "use-after-destroy": "uses or frees an object of a destroyed cache",
  "krealloc-misuse": "uses an old pointer, or the old size, after krealloc",
  "constructor-violation": "gives an object back that is not as constructed",
  "bit-flip": "flips one bit of a slab's memory that has no owner",
  "double-free-in-sheaf": "v7.3: frees an object twice into one sheaf, which hands it out twice",
  "double-free-sheaf-and-slab": "v7.3: frees an object again when its slab has it back",
  "bad-free-flushed": "v7.3: a double or interior free that shows when its sheaf is flushed",
  "sheaf-overwrite": "v7.3: writes through a stale pointer into a sheaf of the allocator",
  "double-free-rcu": "v7.3: frees an object again that waits for a grace period",
  "wrong-cache-leak": "v7.3: frees an object into another cache, which sees it, and leaks it",
} as const;

export type BugName = keyof typeof BUG_ABOUT;

/** What a summary counts together: the bug classes of each family, in the order of its rows. */
const FAMILIES: Readonly<Record<string, readonly BugName[]>> = {
  "no mistake": ["none"],
  overflow: [
    "overflow-right",
    "overflow-left",
    "overflow-far",
    "overflow-slack",
    "overflow-strided",
    "off-by-one",
    "off-by-one-nul",
  ],
  "out-of-bounds read": ["read-out-of-bounds"],
  "write after free": [
    "write-after-free",
    "write-after-reuse",
    "cross-cache-reuse",
    "sheaf-overwrite",
  ],
  "read after free": ["read-after-free"],
  "uninitialised read": ["uninitialised-read"],
  "double free": [
    "double-free",
    "double-free-interleaved",
    "double-free-after-reuse",
    "double-free-after-discard",
    "double-free-bulk",
    "double-free-in-sheaf",
    "double-free-sheaf-and-slab",
    "bad-free-flushed",
    "double-free-rcu",
  ],
  "invalid free": ["invalid-free-interior", "invalid-free-foreign"],
  "wrong cache": ["wrong-cache-free", "wrong-size-use", "wrong-cache-leak"],
  "free pointer": ["free-pointer-forge", "freelist-cycle"],
  "slab padding": ["slab-padding"],
  "bit flip": ["bit-flip"],
  destroy: ["leak-at-destroy", "use-after-destroy"],
  krealloc: ["krealloc-misuse"],
  construction: ["constructor-violation"],
};

/** The family of a bug class; a class of no family is one by itself. */
export function bugFamilyOf(name: string): string {
  const family = Object.entries<readonly string[]>(FAMILIES).find(([, names]) =>
    names.includes(name),
  );
  return family?.[0] ?? name;
}

export const BUG_NAMES = Object.keys(BUG_ABOUT) as readonly BugName[];

/** All classes but the clean one. */
export const INJECTED_BUGS: readonly BugName[] = BUG_NAMES.filter((name) => name !== "none");

export function isBugName(name: string): name is BugName {
  return Object.hasOwn(BUG_ABOUT, name);
}

/** `none`, `all`, or names with commas between. */
export function parseBugs(text: string): readonly BugName[] {
  if (text === "all") return INJECTED_BUGS;
  const names = namesIn(text, isBugName, "bug class", ["all", ...BUG_NAMES]);
  return BUG_NAMES.filter((name) => names.includes(name));
}

/** The shortest text that `parseBugs` reads as these. */
export function bugsText(bugs: readonly BugName[]): string {
  const isAll = INJECTED_BUGS.length === bugs.length && !bugs.includes("none");
  return isAll ? "all" : bugs.join(",");
}
