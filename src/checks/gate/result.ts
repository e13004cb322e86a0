// What came of a run of the gate. docs/ci.md says what the fields mean, and ci-result.schema.json
// says it to machines: fields stay, more may come.
import type { Signature } from "../../target/signature.ts";
import type { Reproducer } from "./reproducer.ts";

export const SECTION_NAMES = [
  "invariants",
  "detectors",
  "canaries",
  "exhaust",
  "golden",
  "cost",
  "corpus",
  "fuzz",
] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

/** One signature that the gate saw, in whichever sections. */
export interface GateFinding {
  readonly section: SectionName;
  /** The first check that saw it. */
  readonly check: string;
  /** How often that check kept rules, as --invariants spells it. */
  readonly rules: string;
  readonly verdict: string;
  readonly signature: string;
  /** The signature in parts. */
  readonly parts: Signature;
  readonly class: string;
  readonly impact: string;
  /** Cases that showed it, of all checks together. */
  readonly count: number;
  /** The smallest program that shows it, and what it does to memory. */
  readonly reproducer: Reproducer;
  /** What the baseline says of it. */
  readonly status: FindingStatus;
  /** One sentence for people. */
  readonly message: string;
}

/** `known` does not fail the gate; `gate` is about the gate itself, and no baseline excuses it. */
export type FindingStatus = "new" | "known" | "expired" | "gate";

/** One check of a section, as a line of a test report. */
export interface CheckRecord {
  readonly name: string;
  readonly passed: boolean;
  readonly cases: number;
  readonly seconds: number;
  /** Signatures that it saw. */
  readonly signatures: readonly string[];
  /** Why it was not finished, where it was not: it has neither passed nor failed. */
  readonly unfinished?: string;
}

export interface SectionResult {
  readonly name: SectionName;
  readonly cases: number;
  readonly operations: number;
  readonly seconds: number;
  readonly checks: readonly CheckRecord[];
  /** Why it did not run, where it did not. */
  readonly skipped: string | undefined;
}

/** What came of a run of the gate. */
export interface GateResult {
  /** As the request named it. */
  readonly target: string;
  readonly isQuick: boolean;
  /** Seed of the campaign at the end. */
  readonly seed: bigint;
  readonly sections: readonly SectionResult[];
  /** What needs attention comes first. */
  readonly findings: readonly GateFinding[];
  /** Time on the wall. */
  readonly seconds: number;
  /** A signal ended it: sections may be missing. */
  readonly interrupted: boolean;
}

/** Whether a finding makes the gate fail. */
export function isFailure({ status }: Pick<GateFinding, "status">): boolean {
  return status !== "known";
}

/** Checks that could not finish: what they would have shown is not known. */
export function unfinishedChecks({ checks }: Pick<SectionResult, "checks">): number {
  return checks.filter(({ unfinished }) => unfinished !== undefined).length;
}

/** A sentence for each check of all sections that could not finish. */
export function unfinishedTexts({ sections }: Pick<GateResult, "sections">): readonly string[] {
  const checks = sections.flatMap((section) => section.checks);
  return checks.flatMap(({ name, unfinished }) =>
    unfinished === undefined ? [] : [`${name}: ${unfinished}`],
  );
}

/** Whether some check could not finish. */
export function isUnfinished(result: Pick<GateResult, "sections">): boolean {
  return unfinishedTexts(result).length > 0;
}

/** A gate that ran nothing has shown nothing. */
export function ranNothing({ sections }: GateResult): boolean {
  return sections.every(({ cases }) => cases === 0);
}

/** It ran to its end, and nothing of what it found makes it fail. */
export function hasPassed(result: GateResult): boolean {
  const isWhole = !result.interrupted && !isUnfinished(result) && !ranNothing(result);
  return isWhole && !result.findings.some(isFailure);
}
