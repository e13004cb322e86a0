// Cases that gave no result: the core trapped or took all memory, the worker hung or died, or
// slabfuzz itself stumbled. Each is a finding like any other, with its program; none ends the
// campaign.
import type { Impact } from "./impact.ts";
import type { Verdict } from "./verdict.ts";

/** What a campaign counts of a case. */
export interface CaseOutcome {
  /** Bug class. */
  readonly bug: string;
  readonly verdict: Verdict;
  /** The other mistake of two, with its own verdict: it counts in the table only. */
  readonly other?: OtherMistake;
  readonly impact: Impact;
  /** A number for its signature. */
  readonly key: number;
  readonly signature: string;
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

export type FailureKind = "trap" | "hung" | "died" | "stumble" | "memory";

interface Failure {
  readonly key: number;
  readonly impact: Impact;
  readonly signature: string;
  /** For the report. */
  readonly text: string;
}

/** What each is called. A signature has a number below 0, which no judgement gives. */
export const FAILURES: Readonly<Record<FailureKind, Failure>> = {
  trap: {
    key: -1,
    impact: "oops",
    signature: "none|-|-|invariant trap",
    text: "The core itself trapped in this case.",
  },
  hung: {
    key: -2,
    impact: "hang",
    signature: "none|-|-|invariant hung",
    text: "This case did not end in the time that --timeout allows, twice.",
  },
  died: {
    key: -3,
    impact: "oops",
    signature: "none|-|-|invariant worker-died",
    text: "The worker thread that ran this case died, twice.",
  },
  stumble: {
    key: -4,
    impact: "none",
    signature: "none|-|-|invariant harness-error",
    text: "slabfuzz itself failed in this case: please report it.",
  },
  memory: {
    key: -5,
    impact: "oops",
    signature: "none|-|-|invariant eats-memory",
    text: "The core took all the memory that it can have.",
  },
};

/** The failure that a signature names. */
export function failureOf(signature: string): FailureKind | undefined {
  const kinds = Object.keys(FAILURES) as FailureKind[];
  return kinds.find((kind) => FAILURES[kind].signature === signature);
}

/** Whether a case took its worker with it: to run it again would be of no use. */
export function tookItsWorker(signature: string): boolean {
  return / (hung|worker-died)$/.test(signature);
}

/** What is known of a case that failed. */
interface FailedProgram {
  readonly bug: string;
  readonly opCount: number;
}

/** How a failed case counts. */
export function failedCase(kind: FailureKind, { bug, opCount }: FailedProgram): CaseOutcome {
  const { key, impact, signature } = FAILURES[kind];
  const nothing = { ran: 0, digestHigh: 0, digestLow: 0 };
  return { bug, verdict: "invariant", impact, key, signature, opCount, ...nothing };
}
