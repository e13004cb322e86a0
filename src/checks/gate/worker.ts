// A worker thread of the gate: does the jobs that it is sent, one at a time, and answers each.
import { parentPort, workerData } from "node:worker_threads";
import { assert, unreachable } from "../../base/assert.ts";
import { Flight } from "../../pool/flight.ts";
import { heldBytes } from "../../pool/thread_memory.ts";
import type { Ready } from "../../pool/watched_thread.ts";
import { adoptModule, coreBytes } from "../../slub/core/load.ts";
import { parseTarget, type Target } from "../../slub/named_core.ts";
import { isTrap } from "../../wasm/trap.ts";
import { type CostTable, measureCost } from "../cost/measure.ts";
import type { Player } from "../golden/player.ts";
import type { Check } from "./check.ts";
import { exhibitOf } from "./exhibit.ts";
import { GoldenAsker, goldenSets } from "./golden.ts";
import { goldenExample } from "./golden_example.ts";
import { showProgram } from "./program.ts";
import type { GateAnswer, GateJob, GateWorkerInput } from "./protocol.ts";
import { type Bench, runChecks } from "./run_checks.ts";

const port = parentPort;
assert(port !== null, "this file is for worker threads");
const input = workerData as GateWorkerInput;
for (const { kind, module } of input.cores) adoptModule(kind, module);
const flight = new Flight(input.flight);
/** Heaps of targets that checks ran on, by name. */
const benches = new Map<string, Bench>();

function answerTo(job: GateJob): GateAnswer {
  const target = parseTarget(job.target);
  flight.begin(0);
  switch (job.kind) {
    case "check": {
      const onCase = (_: number, caseNumber: number) => flight.begin(caseNumber);
      const [result] = runChecks(target, [job.check], { onCase, bench: benchOf(job.target) });
      return { kind: "check", result, heapBytes: heldBytes() };
    }
    case "canary":
      return { kind: "canary", ...firstFailure(job.target, job.checks), heapBytes: heldBytes() };
    case "exhibit": {
      const exhibit = exhibitOf(target, job.check, job.finding);
      return { kind: "exhibit", exhibit, heapBytes: heldBytes() };
    }
    case "program":
      return { kind: "program", shown: showProgram(target, job), heapBytes: heldBytes() };
    case "golden": {
      const digest = askerOf(target).ask(playerNamed(job.set), () => flight.begin(0));
      return { kind: "golden", digest, heapBytes: heldBytes() };
    }
    case "golden-example": {
      const exhibit = goldenExample(target, playerNamed(job.set));
      return { kind: "golden-example", exhibit, heapBytes: heldBytes() };
    }
    case "cost":
      return { kind: "cost", table: costTable(job.target), heapBytes: heldBytes() };
    default:
      return unreachable(job);
  }
}

function benchOf(target: string): Bench {
  const bench = benches.get(target) ?? {};
  benches.set(target, bench);
  return bench;
}

let players: ReadonlyMap<string, Player> | undefined;

function playerNamed(set: string): Player {
  players ??= new Map(goldenSets().map((player) => [player.name, player]));
  const player = players.get(set);
  assert(player !== undefined, "the gate asks for sets that there are");
  return player;
}

/** What asks a target's heap, one set after another. */
const askers = new Map<string, GoldenAsker>();

function askerOf(target: Target): GoldenAsker {
  const asker = askers.get(target.name) ?? new GoldenAsker(target);
  askers.set(target.name, asker);
  return asker;
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
function firstFailure(target: string, checks: readonly Check[]) {
  let cases = 0;
  const onCase = () => flight.begin(++cases);
  const options = { endsAtFinding: true, onCase };
  for (const result of runChecks(parseTarget(target), checks, options)) {
    if (!result.passed) return { caught: result, cases };
  }
  return { caught: undefined, cases };
}

port.on("message", (job: GateJob) => {
  port.postMessage(answerTo(job));
  flight.land();
});
port.postMessage({ kind: "ready" } satisfies Ready);
