// Runs the cases, and compares each verdict with what was expected of the checks.
import { CaseEngine } from "../../src/campaign/engine.ts";
import type { BugName } from "../../src/gen/bug_names.ts";
import { DEFAULT_SHAPE } from "../../src/gen/options.ts";
import type { Judgement, Verdict } from "../../src/oracle/verdict.ts";
import type { Options } from "./options.ts";

/** How expected and actual go together. */
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

export interface Row {
  readonly bug: BugName;
  readonly boot: string;
  readonly cases: number;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  readonly agreements: Readonly<Partial<Record<Agreement, number>>>;
  /** Signatures of those that disagree, each with one case. */
  readonly disagreements: ReadonlyMap<string, number>;
}

export function* survey(options: Options): Generator<Row> {
  for (const bug of options.classes) {
    for (const letters of options.letters) yield surveyRow(options, bug, letters);
  }
}

function surveyRow(options: Options, bug: BugName, letters: string): Row {
  const { profile, boot, seed, ops, cases } = options;
  const machine = { profile, slubDebug: letters, ...(boot === undefined ? {} : { boot }) };
  const engine = new CaseEngine({
    ...DEFAULT_SHAPE,
    target: "slub",
    machine,
    bugs: [bug],
    seed,
    opCountMax: ops,
  });
  const verdicts: Partial<Record<Verdict, number>> = {};
  const agreements: Partial<Record<Agreement, number>> = {};
  const disagreements = new Map<string, number>();
  for (let i = 0; i < cases; i++) {
    engine.run(i);
    const agreement = agreementOf(engine.result?.judgement);
    verdicts[engine.verdict] = (verdicts[engine.verdict] ?? 0) + 1;
    agreements[agreement] = (agreements[agreement] ?? 0) + 1;
    if (agreement === "DISAGREES") {
      const name = `${engine.verdict} ${engine.signature}`;
      if (!disagreements.has(name)) disagreements.set(name, i);
    }
  }
  const name = [profile, boot, letters].filter((word) => word !== undefined).join(" ");
  return { bug, boot: name, cases, verdicts, agreements, disagreements };
}

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
