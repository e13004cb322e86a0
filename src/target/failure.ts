// Cases that gave no result: the core trapped or took all memory, the worker hung or died, or
// slabfuzz itself failed. Each is a finding like any other, with its program; none ends the
// campaign.
import type { ShownByRun } from "./program.ts";
import { bareSignature, type Signature } from "./signature.ts";
import type { Impact, Verdict } from "./verdict.ts";

/** What a campaign counts of a case. */
export interface CaseOutcome {
  /** Bug class. */
  readonly bug: string;
  readonly verdict: Verdict;
  /** The other mistake of two, with its own verdict: it counts in the table only. */
  readonly other?: OtherMistake | undefined;
  readonly impact: Impact;
  /** A number for its signature. */
  readonly key: number;
  readonly signature: Signature;
  /** Operations that ran, and those of the program. */
  readonly ran: number;
  readonly opCount: number;
  readonly digestHigh: number;
  readonly digestLow: number;
}

export interface OtherMistake {
  readonly bug: string;
  readonly verdict: Verdict;
}

const FAILURE_KINDS = ["trap", "hung", "died", "stumble", "memory"] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

interface Failure {
  readonly key: number;
  readonly impact: Impact;
  /** The rule in its signature. */
  readonly word: string;
  /** For the report. */
  readonly text: string;
}

/** What each is called. A signature has a number below 0, which no judgement gives. */
export const FAILURES: Readonly<Record<FailureKind, Failure>> = {
  trap: {
    key: -1,
    impact: "oops",
    word: "trap",
    text: "The core itself trapped in this case.",
  },
  hung: {
    key: -2,
    impact: "hang",
    word: "hung",
    text: "This case did not end in the time that --timeout allows, twice.",
  },
  died: {
    key: -3,
    impact: "oops",
    word: "worker-died",
    text: "The worker thread that ran this case died, twice.",
  },
  stumble: {
    key: -4,
    impact: "none",
    word: "harness-error",
    text: "slabfuzz itself failed in this case: please report it.",
  },
  memory: {
    key: -5,
    impact: "oops",
    word: "eats-memory",
    text: "The core took all the memory that it can have.",
  },
};

/** The signature of a failure that no mistake of a program explains. */
export function failureSignature(kind: FailureKind): Signature {
  const rule = { verdict: "invariant", name: FAILURES[kind].word } as const;
  return bareSignature("none", { rule, words: "" });
}

/** What a run shows that ended its worker. */
export function shownByFailure(kind: FailureKind): ShownByRun {
  const { impact } = FAILURES[kind];
  return { verdict: "invariant", signature: failureSignature(kind).text, impact, digest: "" };
}

/** The failure that a signature names as its rule. */
export function failureOf({ symptom }: Signature): FailureKind | undefined {
  return FAILURE_KINDS.find((kind) => FAILURES[kind].word === symptom.rule?.name);
}

/** Whether a case took its worker with it: to run it again would be of no use. */
export function tookItsWorker(signature: Signature): boolean {
  const failure = failureOf(signature);
  return failure === "hung" || failure === "died";
}

/** What is known of a case that failed. */
interface FailedProgram {
  readonly bug: string;
  readonly opCount: number;
}

/** How a failed case counts. */
export function failedCase(kind: FailureKind, { bug, opCount }: FailedProgram): CaseOutcome {
  const { key, impact } = FAILURES[kind];
  const signature = failureSignature(kind);
  const nothing = { ran: 0, digestHigh: 0, digestLow: 0 };
  return { bug, verdict: "invariant", impact, key, signature, opCount, ...nothing };
}
