// The verdicts on a case, whatever its target is. docs/verdicts.md says what each means.

/**
 * The verdicts on a case. `ok` means that nothing is wrong, `invariant` that the allocator broke
 * its own rules, `misuse` that an operation of the program is at fault by itself; the others judge
 * how an injected mistake was reported. A verdict's place is part of every digest: a new one goes
 * to the end.
 */
export const VERDICTS = [
  "ok",
  "invariant",
  "detected",
  "late",
  "misattributed",
  "masked",
  "escaped",
  "blind",
  "oops",
  "misuse",
] as const;

export type Verdict = (typeof VERDICTS)[number];

/** What needs attention comes first. */
const BY_URGENCY: readonly Verdict[] = [
  "invariant",
  "misattributed",
  "oops",
  "late",
  "escaped",
  "masked",
  "blind",
  "detected",
  "misuse",
  "ok",
];

/** Verdicts that are failures by themselves: of the allocator, or of what it says. */
const ALARMS: readonly Verdict[] = ["invariant", "misattributed"];

/** Whether a verdict is a failure by itself. */
export function isAlarm(verdict: string): boolean {
  return (ALARMS as readonly string[]).includes(verdict);
}

/** How many cases of a row of counts are failures by themselves. */
export function alarmCount(counts: Readonly<Record<string, number | undefined>>): number {
  return ALARMS.reduce((sum, verdict) => sum + (counts[verdict] ?? 0), 0);
}

/** Negative if the first verdict needs attention before the second one. */
export function compareUrgency(one: Verdict, other: Verdict): number {
  return BY_URGENCY.indexOf(one) - BY_URGENCY.indexOf(other);
}

/**
 * From harmless to worst. Silent harm is worse than loud: a machine that stops is noticed, and
 * harms no data that it did not harm before. Two owners of one object are worst of all.
 */
export const IMPACTS = [
  /** Nothing changed. */
  "none",
  /** Bytes were read that hold another owner's data, or old data. */
  "disclosed",
  /** Bytes changed that hold no data: red zones, padding, poison, tracks. */
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
