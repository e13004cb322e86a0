// The bug classes by name, and what each does. The names are part of the command line and of every
// finding: they stay.

export const BUG_NAMES = [
  "none",
  "overflow-right",
  "overflow-left",
  "off-by-one",
  "off-by-one-nul",
  "write-after-free",
  "double-free",
  "double-free-interleaved",
  "invalid-free-interior",
  "invalid-free-foreign",
  "wrong-cache-free",
  "wrong-size-use",
  "free-pointer-forge",
] as const;

export type BugName = (typeof BUG_NAMES)[number];

/** One line for each class, for help texts. */
export const BUG_ABOUT: Readonly<Record<BugName, string>> = {
  none: "clean programs: the allocator itself is on trial",
  "overflow-right": "writes 2 to 64 bytes beyond the end of an object",
  "overflow-left": "writes 1 to 32 bytes before an object",
  "off-by-one": "writes one byte, not zero, behind an object",
  "off-by-one-nul": "writes one zero byte behind an object",
  "write-after-free": "writes into an object that was freed",
  "double-free": "frees an object twice in a row",
  "double-free-interleaved": "frees an object again after others were freed",
  "invalid-free-interior": "frees an address inside an object",
  "invalid-free-foreign": "frees an address that no cache ever handed out",
  "wrong-cache-free": "frees an object into another cache",
  "wrong-size-use": "uses an object as a larger type, whose list_head lies beyond it",
  "free-pointer-forge": "overwrites the free pointer of a free object with a pointer",
};

/** All classes but the clean one. */
export const INJECTED_BUGS: readonly BugName[] = BUG_NAMES.filter((name) => name !== "none");

export function isBugName(name: string): name is BugName {
  return (BUG_NAMES as readonly string[]).includes(name);
}
