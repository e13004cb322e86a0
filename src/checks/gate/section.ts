// What the sections of the gate have in common: what they are given, and what they give back.

import type { Signature } from "../../target/signature.ts";
import type { Impact } from "../../target/verdict.ts";
import type { AnyCheck, CheckFinding } from "./check.ts";
import { findingOf } from "./check.ts";
import type { GateTarget } from "./gate_target.ts";
import type { Reproducer } from "./reproducer.ts";
import type { SectionName, SectionResult } from "./result.ts";
import type { GatePool } from "./workers.ts";

export interface SectionRequest {
  readonly target: GateTarget;
  readonly pool: GatePool;
  readonly signal: AbortSignal | undefined;
  /** Called with what is done of what there is to do. */
  readonly onProgress: (done: number, total: number) => void;
}

/** A finding that has not been written up yet. */
export interface RawFinding {
  readonly section: SectionName;
  /** The check whose case it is. */
  readonly check: AnyCheck;
  readonly finding: CheckFinding;
  readonly message: string;
  /** A baseline may excuse it: not what is about the gate itself, or about its corpus. */
  readonly isExcusable: boolean;
  /** Where the program is known already. */
  readonly reproducer?: Reproducer;
}

export interface SectionOutcome {
  readonly result: SectionResult;
  readonly findings: readonly RawFinding[];
}

/** A section that had nothing to do, and why. */
export function skippedSection(name: SectionName, why: string): SectionOutcome {
  const nothing = { cases: 0, operations: 0, seconds: 0, checks: [] };
  return { result: { name, ...nothing, skipped: why }, findings: [] };
}

/** A check of which only the name is looked at: no case number tells its programs. */
export function namedCheck({ name: target }: GateTarget, name: string): AnyCheck {
  const options = { target, seed: 0n, bugs: [], twins: false, opCountMax: 0 };
  return { name, kind: "invariants", options, cases: 1, caught: [] };
}

/** A finding whose program is known, and that no baseline of findings excuses. */
interface FindingOfKnownProgram {
  readonly section: SectionName;
  readonly check: string;
  readonly signature: Signature;
  readonly impact: Impact;
  readonly count: number;
  readonly message: string;
  readonly reproducer: Reproducer;
}

export function knownFinding(target: GateTarget, known: FindingOfKnownProgram): RawFinding {
  const { section, check, signature, impact, count, message, reproducer } = known;
  const { operations: opCount } = reproducer;
  const outcome = { bug: "none", verdict: "invariant", signature, impact, opCount } as const;
  return {
    section,
    check: namedCheck(target, check),
    finding: { ...findingOf(outcome, 0), count },
    message,
    isExcusable: false,
    reproducer,
  };
}
