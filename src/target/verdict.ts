// The verdicts on a case, whatever its target is. docs/verdicts.md says what each means.

/**
 * The verdicts on a case. `ok` means that nothing is wrong, `invariant` that the allocator broke
 * its own rules; the others judge how an injected mistake was reported. A verdict's place is part
 * of every digest: a new one goes to the end.
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
