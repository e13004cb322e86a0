// What a program did wrong, by name. The oracle finds the cause from what happened; the generator's
// bug classes carry the same names, so that intention and finding can be compared.

export const CAUSES = [
  /** Nothing: a clean program. */
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
  /** The rest is found in scripts; no bug class injects it yet. */
  "write-after-reuse",
  "double-free-reused",
  "stray-write",
  "list-misuse",
  "leak",
] as const;

export type Cause = (typeof CAUSES)[number];

/** The number of a cause, for keys. */
export function causeNumber(cause: Cause): number {
  return CAUSES.indexOf(cause);
}
