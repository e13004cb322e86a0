// Looks for a mistake as `slabfuzz fuzz` does: case after case from a seed, until one tells what a
// user has to be told, and shrinks that. Cases and instructions are the same on every machine; only
// the budget is in processor time.
import { processCpuMs } from "../../../src/base/clock.ts";
import { ForeignEngine } from "../../../src/module/engine.ts";
import { RULE_FAMILY } from "../../../src/module/judge/rule.ts";
import { type ForeignTarget, loadForeign, meteredCode } from "../../../src/module/load/load.ts";
import { type ForeignOp, imageOf, opsOf } from "../../../src/module/program/op.ts";
import { printForeignOp } from "../../../src/module/program/text.ts";
import { replayForeign } from "../../../src/module/replay.ts";
import { shrinkForeign } from "../../../src/module/shrink.ts";
import { executedInAll, Meter } from "../../../src/wasm/meter.ts";

/** Cases of a campaign with the options that it has by default, from a seed of its own. */
const SHAPE = {
  seed: { high: 0, low: 1 },
  bugs: ["none" as const],
  twins: false,
  sizes: undefined,
  opCountMax: 2000,
};

export interface Search {
  /** Cases that were run, the one that tells included. */
  readonly cases: number;
  readonly seconds: number;
  readonly finding: FoundMistake | undefined;
}

export interface FoundMistake {
  readonly rule: string;
  readonly family: string;
  /** The smallest program that shows it, an operation a line. */
  readonly program: readonly string[];
  readonly operationsBefore: number;
  readonly shrinkSeconds: number;
  /** What a user is told of that program. */
  readonly message: readonly string[];
}

/** Where a search ends that finds nothing. */
export interface Budget {
  /** Processor time; a case is run to its end. */
  readonly seconds: number;
  /** Cases; without a number, as many as there is time for. */
  readonly cases?: number;
}

/** Runs cases until one breaks a rule of these families; of any, if none are given. */
export function search(path: string, budget: Budget, told?: readonly string[]): Search {
  const startMs = processCpuMs();
  const secondsSince = (ms: number): number => (processCpuMs() - ms) / 1000;
  const engine = engineFor(loadForeign({ target: path }));
  const { seconds: secondsMax, cases: casesMax = Number.POSITIVE_INFINITY } = budget;
  let cases = 0;
  while (cases < casesMax && secondsSince(startMs) < secondsMax) {
    engine.run(cases++);
    if (engine.error !== undefined) throw engine.error;
    const rule = engine.outcome?.violation?.rule;
    if (engine.verdict === "ok" || rule === undefined) continue;
    if (told !== undefined && !told.includes(RULE_FAMILY[rule])) continue;
    const seconds = secondsSince(startMs);
    return { cases, seconds, finding: shrunkFinding(engine, cases - 1) };
  }
  return { cases, seconds: secondsSince(startMs), finding: undefined };
}

function engineFor({ module, plan }: ForeignTarget): ForeignEngine {
  return new ForeignEngine({ module, plan }, SHAPE);
}

function shrunkFinding(engine: ForeignEngine, caseNumber: number): FoundMistake {
  const startMs = processCpuMs();
  const ops = opsOf(engine.generate(caseNumber));
  const program = { choice: { target: engine.plan.name }, bug: "none", comments: [], ops };
  const shrunk = shrinkForeign(engine, program)!;
  const shrinkSeconds = (processCpuMs() - startMs) / 1000;
  const rule = engine.outcome!.violation!.rule;
  const { explanation } = replayForeign(engine, shrunk.program);
  return {
    rule,
    family: RULE_FAMILY[rule],
    program: shrunk.program.ops.map(printForeignOp),
    operationsBefore: ops.length,
    shrinkSeconds,
    message: explanation,
  };
}

/** The rule that a program breaks on a module, if it breaks any. */
export function ruleBrokenBy(path: string, ops: readonly ForeignOp[]): string | undefined {
  const engine = engineFor(loadForeign({ target: path }));
  return engine.runProgram(imageOf(ops), "none").violation?.rule;
}

/** What a module executes in its first cases: the same everywhere, every time. */
export function executedIn(path: string, cases: number): number {
  const target = loadForeign({ target: path });
  const { capacity } = engineFor(target).ready;
  const module = new WebAssembly.Module(meteredCode(target)!);
  const engine = new ForeignEngine({ module, plan: target.plan, capacity }, SHAPE);
  let executed = 0;
  for (let number = 0; number < cases; number++) {
    engine.run(number);
    executed += executedInAll(new Meter(engine.ready.guest.exports).read());
  }
  return executed;
}
