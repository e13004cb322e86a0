// One program for a bug class: short, with the mistake in the midst of ordinary traffic, and with
// an ending that gives everything back, so that each kind of check has its occasion.
import { CaseEngine } from "../../slub/engine.ts";
import { bugsOn } from "../../slub/gen/features.ts";
import { DEFAULT_SHAPE } from "../../slub/gen/options.ts";
import { decode } from "../../slub/program/decode.ts";
import type { Program } from "../../slub/program/op.ts";
import type { BugName } from "../../target/bug_names.ts";
import type { MachineOverrides } from "../../target/options.ts";

/** Programs looked at. */
const CASES = 100;
/** Operations before the ending, at most. */
const OPS_MAX = 12;
/** On 3.10 objects smaller than a word, and their red zones, have bugs of the kernel's own. */
const SIZES = [64, 104, 312, 320];

interface RepresentativeRequest {
  readonly bug: BugName;
  readonly seed: bigint;
  /** The machine that the mistake is aimed at, where it is not the usual one of its class. */
  readonly machine?: MachineOverrides;
  /** The benign twin instead: the same program, with what is right in the place of the mistake. */
  readonly isTwin?: boolean;
}

/**
 * The shortest of some programs whose mistake is of the class, and comes to light if any does;
 * undefined if none of them makes it.
 */
export function representativeOf(request: RepresentativeRequest): Program | undefined {
  const { bug, seed, machine = machineOf(bug), isTwin = false } = request;
  const shape = { ...DEFAULT_SHAPE, bugs: [bug], opCountMax: OPS_MAX, sizes: SIZES };
  const options = { ...shape, target: "slub", machine, seed };
  const engine = new CaseEngine(options);
  const best = bestCase(engine, bug);
  if (best === undefined) return undefined;
  const maker = isTwin ? new CaseEngine({ ...options, twins: true }) : engine;
  const what = isTwin ? `the benign twin of ${bug}` : bug;
  return decode(maker.generate(best), engine.machine, [`${what}: case ${best} of seed ${seed}`]);
}

/** Classes of sheaves need a cache that has some, and one with debug letters has none. */
function machineOf(bug: BugName): MachineOverrides {
  const isOfAll = bugsOn("v6.1", [bug]).length > 0;
  return isOfAll ? { profile: "v6.1", slubDebug: "FZPU" } : { profile: "v7.3", slubDebug: "-" };
}

function bestCase(engine: CaseEngine, bug: BugName): number | undefined {
  let best: number | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let i = 0; i < CASES; i++) {
    engine.run(i);
    if (!isOf(engine, bug)) continue;
    const cost = costOf(engine);
    if (cost >= bestCost) continue;
    [best, bestCost] = [i, cost];
  }
  return best;
}

/** A clean program is any; a mistake counts if it did what its class does. */
function isOf({ result, verdict }: CaseEngine, bug: BugName): boolean {
  return bug === "none" ? verdict === "ok" : result?.judgement.cause === bug;
}

/** To be seen in time is worth more than brevity, and so is to be seen without a validate. */
function costOf({ verdict, signature, opCount }: CaseEngine): number {
  if (verdict === "ok") return opCount;
  if (verdict !== "detected") return opCount + 1_000_000;
  return signature.symptom.at === "validate" ? opCount + 1000 : opCount;
}
