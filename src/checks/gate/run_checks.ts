// The gate's checks, run on one target in this thread: no files, no clock, no worker. Call
// it where it can be ended if the target may never return.
//
//   for (const result of runChecks(target, fastChecks())) if (!result.passed) return result;
//
// A result says which check it was and what it saw; the caller may stop after any of them.

import { UserError } from "../../base/user_error.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import { CaseEngine } from "../../slub/engine.ts";
import { heapFor, type NamedCore, parseCore } from "../../slub/named_core.ts";
import { type CaseOutcome, failedCase, failureSignature } from "../../target/failure.ts";
import { bareSignature } from "../../target/signature.ts";
import { isTrap } from "../../wasm/trap.ts";
import {
  type Check,
  type CheckFinding,
  type CheckResult,
  findingOf,
  isForbidden,
} from "./check.ts";

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
  run: CheckRun,
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
      run.add(engine, number);
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
  run: CheckRun,
): CaseEngine | undefined {
  try {
    const options = { ...run.check.options, target: target.name };
    return new CaseEngine(options, { target, heap: heap ?? heapFor(target) });
  } catch (error) {
    run.addFailedBoot(error);
    return undefined;
  }
}

/** What a check has seen so far. */
class CheckRun {
  readonly check: Check;
  readonly #endsAtFinding: boolean;
  #cases = 0;
  #operations = 0;
  readonly #caught: Record<string, number> = {};
  readonly #findings = new Map<string, CheckFinding>();

  constructor(check: Check, endsAtFinding: boolean) {
    this.check = check;
    this.#endsAtFinding = endsAtFinding;
  }

  /** A target that eats memory does so in every case: one is enough. */
  get isOver(): boolean {
    if (this.#findings.has(failureSignature("memory").text)) return true;
    return this.#endsAtFinding && this.#findings.size > 0;
  }

  add(engine: CaseEngine, caseNumber: number): void {
    this.#cases++;
    this.#operations += engine.ran;
    const { bug, verdict } = engine;
    if (isForbidden(this.check.kind, verdict)) this.#addFinding(engine, caseNumber);
    const wasBound = engine.result?.judgement.expected !== undefined;
    if (wasBound && verdict === "detected") this.#caught[bug] = (this.#caught[bug] ?? 0) + 1;
  }

  /** A target that does not even boot fails with a program of no operations. */
  addFailedBoot(error: unknown): void {
    const isTheirs = isTrap(error) || error instanceof UserError;
    this.#cases++;
    this.#addFinding(failedCase(isTheirs ? "trap" : "stumble", { bug: "none", opCount: 0 }), 0);
  }

  get result(): CheckResult {
    const missed = this.isOver ? [] : this.#missed();
    const findings = [...this.#findings.values(), ...missed];
    return {
      check: this.check,
      passed: findings.length === 0 && this.#cases > 0,
      cases: this.#cases,
      operations: this.#operations,
      caught: this.#caught,
      findings,
    };
  }

  #addFinding(outcome: CaseOutcome, caseNumber: number): void {
    const found = findingOf(outcome, caseNumber);
    const known = this.#findings.get(found.signature);
    this.#findings.set(found.signature, known ? { ...known, count: known.count + 1 } : found);
  }

  /** Classes of which nothing was caught, though an option is in force that must. */
  #missed(): readonly CheckFinding[] {
    const left = this.check.caught.filter((bug) => this.#caught[bug] === undefined);
    return left.map((bug) => {
      const signature = bareSignature(bug, { note: "escaped", words: "no case was caught" });
      const missed = { bug, verdict: "escaped", signature, impact: "none", opCount: 0 } as const;
      return { ...findingOf(missed, 0), count: this.#cases };
    });
  }
}
