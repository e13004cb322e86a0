// A worker thread of the gate.
import { assert } from "../../base/assert.ts";
import { UserError } from "../../base/user_error.ts";
import type { Heartbeat } from "../../pool/heartbeat.ts";
import { serve } from "../../pool/serve.ts";
import { adoptModule } from "../../slub/core/load.ts";
import { heapFor, type NamedCore, parseCore } from "../../slub/named_core.ts";
import { EVERY_BYTE } from "../../slub/options.ts";
import { machineFor } from "../../slub/program/boot.ts";
import { parseScript } from "../../slub/program/text.ts";
import { judgeProgram } from "../../slub/run/case.ts";
import { FAILURES, failureSignature } from "../../target/failure.ts";
import type { ShownByRun } from "../../target/program.ts";
import { coreBytes } from "../../targets/core_files.ts";
import { isTrap } from "../../wasm/trap.ts";
import { measureCost } from "../cost/measure.ts";
import type { CostTable } from "../cost/row.ts";
import type { Player } from "../golden/player.ts";
import type { AnyCheck, Check } from "./check.ts";
import { exhaustCell } from "./exhaust_check.ts";
import { GoldenAsker, goldenExample, goldenSets } from "./golden.ts";
import { reproducerOf } from "./reproducer.ts";
import { type Bench, runChecks } from "./run_checks.ts";
import type { CanaryAnswer, CanaryJob, GateInput, GateJobs, ProgramJob } from "./workers.ts";

await serve<GateJobs, GateInput>(({ cores }) => {
  for (const { kind, module } of cores) adoptModule(kind, module);
  /** Heaps of targets that checks ran on, and what asks a target golden programs, by its name. */
  const benches = new Map<string, Bench>();
  const askers = new Map<string, GoldenAsker>();
  return {
    check({ target, check }, heartbeat) {
      const onCase = (_: number, caseNumber: number) => heartbeat.beat(caseNumber);
      const bench = kept(benches, target, () => ({}));
      const [result] = runChecks(parseCore(target), [ofCore(check)], { onCase, bench });
      return result;
    },
    canary: (job, heartbeat) => firstFailure(job, heartbeat),
    reproducer({ target, check, finding }) {
      return reproducerOf(parseCore(target), ofCore(check), finding);
    },
    program: (job) => showProgram(parseCore(job.target), job),
    exhaust: ({ target, cell }, heartbeat) => exhaustCell(parseCore(target), cell, heartbeat),
    golden({ target, set }, heartbeat) {
      const asker = kept(askers, target, () => new GoldenAsker(parseCore(target)));
      return asker.ask(playerNamed(set), (index) => heartbeat.beat(index));
    },
    goldenExample: ({ target, set }) => goldenExample(parseCore(target), playerNamed(set)),
    cost: ({ target }) => costTable(target),
  };
});

/** A worker of cores is sent checks of cores. */
function ofCore(check: AnyCheck): Check {
  return check as Check;
}

/** What stands under a name; made when it is asked for first. */
function kept<T>(all: Map<string, T>, name: string, make: () => T): T {
  const one = all.get(name) ?? make();
  all.set(name, one);
  return one;
}

let players: ReadonlyMap<string, Player> | undefined;

function playerNamed(set: string): Player {
  players ??= new Map(goldenSets().map((player) => [player.name, player]));
  const player = players.get(set);
  assert(player !== undefined, "the gate asks for sets that there are");
  return player;
}

function costTable(target: string): CostTable | undefined {
  try {
    return measureCost(coreBytes(target));
  } catch (error) {
    if (isTrap(error)) return undefined;
    throw error;
  }
}

/** The first check that fails, and how many cases it took. */
function firstFailure({ target, checks }: CanaryJob, heartbeat: Heartbeat): CanaryAnswer {
  let cases = 0;
  const onCase = () => heartbeat.beat(++cases);
  const options = { endsAtFinding: true, onCase };
  for (const result of runChecks(parseCore(target), checks, options)) {
    if (!result.passed) return { caught: result, cases };
  }
  return { caught: undefined, cases };
}

const NOTHING: ShownByRun = { verdict: "ok", signature: "", impact: "none", digest: "" };

/**
 * What a program shows on a target; what its header says of another target does not count. One that
 * cannot run at all shows nothing.
 */
function showProgram(target: NamedCore, { script, name }: ProgramJob): ShownByRun {
  const program = parseScript(script, name);
  try {
    const shown = judgeProgram(program, machineFor(program), heapFor(target), EVERY_BYTE);
    const { verdict, signature, impact, digest } = shown;
    return { verdict, signature, impact, digest };
  } catch (error) {
    if (error instanceof UserError) return NOTHING;
    const failure = isTrap(error) ? "trap" : "stumble";
    const { impact } = FAILURES[failure];
    return { verdict: "invariant", signature: failureSignature(failure).text, impact, digest: "" };
  }
}
