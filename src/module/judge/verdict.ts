// From what came of a program to its verdict and signature, in the words of all other campaigns.
//
//   none|lz4|-|invariant corrupt        bug | module | - | verdict, and the family of rules
//   overflow-right|lz4|-|blind overlap  after a mistake of the program, the rule itself
//
// Which rule of a family an allocator breaks first depends on what the program happens to do next:
// a broken list of free blocks overlaps, traps or loops. All of them are one finding.
//
// Allocators of which nothing is known have no options that look for mistakes: one that says
// nothing is blind, and the impact tells what that may cost. One that gives up in time has detected
// it.
import { parseSignature, type Signature, signatureOf } from "../../target/signature.ts";
import type { Impact, Verdict } from "../../target/verdict.ts";
import type { ForeignOutcome } from "./outcome.ts";
import { type BrokenRule, RULE_FAMILY, RULE_IMPACT } from "./rule.ts";

export interface ForeignVerdict {
  readonly verdict: Verdict;
  readonly impact: Impact;
  readonly signature: Signature;
}

/** What a program without findings is. */
const CLEAN: ForeignVerdict = { verdict: "ok", impact: "none", signature: parseSignature("") };

export function verdictOf(outcome: ForeignOutcome, bug: string, name: string): ForeignVerdict {
  const { violation, misusedAt } = outcome;
  if (misusedAt < 0) {
    if (violation === undefined) return CLEAN;
    return found("none", name, violation, "invariant", RULE_IMPACT[violation.rule]);
  }
  if (violation === undefined) {
    const signature = moduleSignature(bug, name, "blind", "nothing");
    return { verdict: "blind", impact: "none", signature };
  }
  return found(bug, name, violation, mistakeVerdict(outcome, violation), outcome.impact);
}

/** What came of a program of a bug class on the module of a name. */
export function moduleSignature(
  cause: string,
  field: string,
  verdict: Verdict,
  name: string,
): Signature {
  const symptom = { rule: { verdict, name }, words: "" };
  return signatureOf({ cause, field, reach: "-", symptom });
}

function mistakeVerdict({ isNoticed, impact }: ForeignOutcome, { rule }: BrokenRule): Verdict {
  if (isNoticed) return impact === "none" ? "detected" : "late";
  return rule === "trap" || rule === "endless" ? "oops" : "blind";
}

function found(
  bug: string,
  name: string,
  { rule }: BrokenRule,
  verdict: Verdict,
  impact: Impact,
): ForeignVerdict {
  const word = verdict === "invariant" ? RULE_FAMILY[rule] : rule;
  return { verdict, impact, signature: moduleSignature(bug, name, verdict, word) };
}
