// The gate's checks, run on one target in this thread: no files, no clock, no worker. Call
// it where it can be ended if the target may never return.
//
//   for (const result of runChecks(target, fastChecks())) if (!result.passed) return result;
//
// A result says which check it was and what it saw; the caller may stop after any of them.

import type { SlabHeap } from "../../slub/core/heap.ts";
import { CaseEngine } from "../../slub/engine.ts";
import { heapFor, type NamedCore, parseCore } from "../../slub/named_core.ts";
import type { SlubOptions } from "../../slub/options.ts";
import type { Check, CheckResult } from "./check.ts";
import { CheckRun } from "./check_run.ts";

/** A heap that outlives checks: a caller with many checks makes it once. */
export interface Bench {
  heap?: SlabHeap;
}

export interface RunChecksOptions {
  readonly bench?: Bench;
  /** A check ends at its first finding. */
  readonly endsAtFinding?: boolean;
  /** Called before each case: the check by its index, the case by its number. */
  readonly onCase?: (check: number, caseNumber: number) => void;
}

/**
 * Runs checks in their order, in the calling thread, and yields what came of each. The caller may
 * stop after any of them. A target that hangs hangs the caller: `runGate` watches it from outside.
 * `target` names the core: `{ name: "slub", core: "release", planted: 0 }` is ours.
 */
export function* runChecks(
  target: NamedCore | string,
  checks: readonly Check[],
  options: RunChecksOptions = {},
): Generator<CheckResult, void> {
  const core = typeof target === "string" ? parseCore(target) : target;
  const bench = options.bench ?? {};
  for (const [index, check] of checks.entries()) {
    const run = new CheckRun(check, options.endsAtFinding === true);
    const onCase = (caseNumber: number) => options.onCase?.(index, caseNumber);
    bench.heap = runCases(core, bench.heap, run, onCase);
    yield run.result;
  }
}

/** Runs the cases of one check; returns the heap for the next one, undefined if none survived. */
function runCases(
  target: NamedCore,
  heap: SlabHeap | undefined,
  run: CheckRun<SlubOptions>,
  onCase: (caseNumber: number) => void,
): SlabHeap | undefined {
  const { first = 0, cases } = run.check;
  onCase(first);
  const engine = engineFor(target, heap, run);
  if (engine === undefined) return undefined;
  try {
    for (let number = first; number < first + cases && !run.isOver; number++) {
      if (number > first) onCase(number);
      engine.run(number);
      run.add(engine, number, engine.result?.judgement.expected !== undefined);
    }
    return engine.heap;
  } catch (error) {
    // A case failed, and so did booting a fresh heap for the next one.
    run.addFailedBoot(error);
    return undefined;
  }
}

function engineFor(
  target: NamedCore,
  heap: SlabHeap | undefined,
  run: CheckRun<SlubOptions>,
): CaseEngine | undefined {
  try {
    const options = { ...run.check.options, target: target.name };
    return new CaseEngine(options, { target, heap: heap ?? heapFor(target) });
  } catch (error) {
    run.addFailedBoot(error);
    return undefined;
  }
}
