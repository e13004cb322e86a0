// One check of the gate: so many cases of one campaign, and what must not happen in any of them.

import type { SlubOptions } from "../../slub/options.ts";
import type { BugName } from "../../target/bug_names.ts";
import type { CaseOutcome } from "../../target/failure.ts";
import type { CampaignOptions } from "../../target/options.ts";
import type { Signature } from "../../target/signature.ts";
import { type Impact, isAlarm, type Verdict } from "../../target/verdict.ts";

export type CheckKind =
  /** Clean programs: the allocator keeps every rule. */
  | "invariants"
  /** Planted misuse: the options catch what they must, in the right words. */
  | "detectors"
  /** The same programs without the misuse: no report. */
  | "twins";

/**
 * One check of the gate: plain data, the same each time, so that it passes or fails the same way.
 */
export interface CheckOf<Options extends CampaignOptions> {
  /** `invariants v6.1 smp FZP`: what is checked, on which kernel, under which slub_debug. */
  readonly name: string;
  readonly kind: CheckKind;
  /** Options of its cases; their target is ignored. */
  readonly options: Options;
  /** How many cases it runs. */
  readonly cases: number;
  /** Number of its first case; default 0. */
  readonly first?: number;
  /** Classes of which at least one case must be caught. */
  readonly caught: readonly BugName[];
}

/**
 * One check of a core: plain data, the same each time, so that it passes or fails the same way.
 */
export type Check = CheckOf<SlubOptions>;

/** A check of whichever kind of target. */
export type AnyCheck = CheckOf<CampaignOptions>;

/** What a check saw that must not be: one signature. */
export interface CheckFinding {
  readonly verdict: Verdict;
  readonly signature: string;
  /** The signature in parts. */
  readonly parts: Signature;
  /** Bug class of the example. */
  readonly class: string;
  readonly impact: Impact;
  readonly count: number;
  /** The first case that showed it, and the length of its program. */
  readonly caseNumber: number;
  readonly opCount: number;
}

/** The result of a check. */
export interface CheckResultOf<Options extends CampaignOptions> {
  readonly check: CheckOf<Options>;
  /** It ran a case or more, and saw nothing forbidden. */
  readonly passed: boolean;
  /** Cases that ran, and their operations. */
  readonly cases: number;
  readonly operations: number;
  /** Cases of each class in which a check that was bound to speak did. */
  readonly caught: Readonly<Record<string, number>>;
  /** One for each signature, in the order in which they came up. */
  readonly findings: readonly CheckFinding[];
}

/** The result of a check of a core. */
export type CheckResult = CheckResultOf<SlubOptions>;

export type AnyCheckResult = CheckResultOf<CampaignOptions>;

/** Whether a verdict is what a check of that kind must not see. */
export function isForbidden(kind: CheckKind, verdict: Verdict): boolean {
  if (kind === "detectors") return isAlarm(verdict);
  return verdict !== "ok";
}

/** What a case showed, as a finding. */
export function findingOf(
  outcome: Pick<CaseOutcome, "bug" | "verdict" | "signature" | "impact" | "opCount">,
  caseNumber: number,
): CheckFinding {
  const { bug, verdict, signature: parts, impact, opCount } = outcome;
  const about = { impact, count: 1, caseNumber, opCount };
  return { verdict, signature: parts.text, parts, class: bug, ...about };
}
