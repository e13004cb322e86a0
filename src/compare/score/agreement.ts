// How what the checks were bound to see and what they saw go together.
import type { Judgement } from "../../slub/oracle/verdict.ts";

export const AGREEMENTS = [
  /** A check was bound to see it, at the very operation at which it was reported. */
  "seen when due",
  /** A check saw it that looks there, before the one that was bound to. */
  "seen sooner",
  /** A check saw it that looks there, and none had been bound to. */
  "seen by chance",
  /** No check was bound to see it, and none did. */
  "unseen",
  /** An earlier report hid it, or it was reported after harm: that is what the verdict says. */
  "masked or late",
  /** Anything else: the harness or the allocator is wrong. */
  "DISAGREES",
] as const;

export type Agreement = (typeof AGREEMENTS)[number];

/** Of a case that gave a result. */
export function agreementOf(judgement: Judgement | undefined): Agreement {
  if (judgement === undefined) return "DISAGREES";
  const { verdict, expected, shownAt } = judgement;
  switch (verdict) {
    case "invariant":
    case "misattributed":
      return "DISAGREES";
    case "masked":
    case "late":
      return "masked or late";
    case "detected":
      if (expected === undefined || shownAt < expected.op) {
        return expected === undefined ? "seen by chance" : "seen sooner";
      }
      return shownAt === expected.op ? "seen when due" : "DISAGREES";
    default:
      return expected === undefined ? "unseen" : "DISAGREES";
  }
}
