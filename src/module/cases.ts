// What decides the cases of a campaign on a module beside its engine: how its options shape a
// program, and what a case is that took its worker with it.
import { highWord, lowWord } from "../base/bytes.ts";
import { type CaseOutcome, FAILURES, type FailureKind, failedCase } from "../target/failure.ts";
import type { ForeignEngine } from "./engine.ts";
import type { ForeignShape } from "./gen/generate.ts";
import { moduleSignature } from "./judge/verdict.ts";
import type { ModuleOptions } from "./options.ts";

/** What programs of a campaign are like. */
export function foreignShape({
  seed,
  bugs,
  twins,
  sizes,
  opCountMax,
}: ModuleOptions): ForeignShape {
  return { seed: { high: highWord(seed), low: lowWord(seed) }, bugs, twins, sizes, opCountMax };
}

/** After a mistake of the program a loop without an end is what came of it; without one, a bug. */
export function lostModuleCase(
  engine: ForeignEngine,
  how: FailureKind,
  caseNumber: number,
): CaseOutcome {
  const { count: opCount } = engine.generate(caseNumber);
  const { bug, plan } = engine;
  const lost = failedCase(how, { bug, opCount });
  const verdict = bug === "none" ? "invariant" : "oops";
  return {
    ...lost,
    verdict,
    signature: moduleSignature(bug, plan.name, verdict, FAILURES[how].word),
  };
}
