// How bad a case got: the worst thing that happened in it, in the order of severity.

/**
 * From harmless to worst. Silent harm is worse than loud: a machine that stops tells somebody, and
 * harms no data that it did not harm before. Two owners of one object are worst of all.
 */
export const IMPACTS = [
  /** Nothing changed. */
  "none",
  /** Bytes were read that hold somebody else's data, or old data. */
  "disclosed",
  /** Bytes changed that hold nobody's data: red zones, padding, poison, tracks. */
  "damage",
  /** The machine died. */
  "oops",
  /** An operation never ended. */
  "hang",
  /** Objects, or whole slabs, cannot be had any more. */
  "lost",
  /** A list, of slabs or of the program's own, is out of order. */
  "list",
  /** Another owner's bytes changed. */
  "other-owner",
  /** The chain of free objects leads somewhere else, or in a circle. */
  "redirected",
  /** The allocator handed out memory that is not its own. */
  "foreign",
  /** Two owners hold the same bytes. */
  "overlap",
] as const;

export type Impact = (typeof IMPACTS)[number];

/** Rank of an impact: higher is worse. */
export function impactRank(impact: Impact): number {
  return IMPACTS.indexOf(impact);
}
