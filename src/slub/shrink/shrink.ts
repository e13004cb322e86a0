// Shrinking: the smallest program that shows the same bug. The loop is that of all targets
// (target/shrink.ts); here are its strategy, its interestingness test, and what is done with its
// outcome: a replay of the shrunk program must show the same bug.
//
// Candidates are made of operations and encoded anew each time: that is a tenth of what it takes to
// run and judge them. Nothing remembers which ones were tried. Three in four do come up again, but
// they are the small ones: remembering them saved one twentieth of the time, which goes into large
// candidates and into booting machines.
import { assert } from "../../base/assert.ts";
import { UserError } from "../../base/user_error.ts";
import type { MachineOverrides } from "../../target/options.ts";
import type { Shown } from "../../target/program.ts";
import type {
  InterestingnessTest,
  Key,
  ShrinkOutcome,
  ShrinkTask,
  TurnOptions,
} from "../../target/shrink.ts";
import { compareKeys, shrinkInTurns, shrinkToFixedPoint } from "../../target/shrink.ts";
import { VERDICTS, type Verdict } from "../../target/verdict.ts";
import { SlabHeap } from "../core/heap.ts";
import type { InvariantCadence } from "../oracle/violation.ts";
import { headerOf, machineFor } from "../program/boot.ts";
import type { Program } from "../program/op.ts";
import { parseScript, printScript } from "../program/text.ts";
import type { AnswerModel } from "../run/answer_model.ts";
import { CandidateRunner } from "./candidate_runner.ts";
import { keyOf, SMALLER_PROGRAMS } from "./strategy.ts";

/** Some ten thousand candidates: far more than almost any program needs. */
export const DEFAULT_EFFORT = 1_000_000;

/** What `shrink` takes beside the program; every field may be left out. */
export interface ShrinkOptions {
  /** Overrides what the program's own header says. */
  readonly machine?: MachineOverrides;
  /** Makes a heap of what is fuzzed; without it, one of the SLUB core. */
  readonly newHeap?: () => SlabHeap;
  /** A heap to try candidates on: so that one heap serves many programs. */
  readonly heap?: SlabHeap;
  /** How often rules are kept, where it is not as usual. */
  readonly invariants?: InvariantCadence;
  /** What the answers to clean programs are held against, if anything. */
  readonly model?: AnswerModel;
  /**
   * Operations that all candidates together may run, about: the same bound on any machine. Default
   * 1 000 000, far more than almost any program needs.
   */
  readonly effortMax?: number;
}

/** The smallest program that was found, and what it shows. */
export interface ShrinkResult extends Shown {
  /** Its header says all about the machine. */
  readonly program: Program;
  /** Sixteen hex digits over everything that the machine answered and printed. */
  readonly digest: string;
  /** Operations that the program had before. */
  readonly operationsBefore: number;
  /** Candidates that were run. */
  readonly tried: number;
  /** Nothing was left to try: neither the effort nor a signal ended it before. */
  readonly isComplete: boolean;
  /** Other bugs that candidates showed, each with its smallest program. */
  readonly slips: readonly Slip[];
}

export interface ShrinkInTurnsOptions extends ShrinkOptions, TurnOptions<Program> {}

/**
 * The smallest program with the same verdict and signature: shrinks to a fixed point, or until the
 * effort is spent. It blocks its thread until then. Throws a UserError for a program that shows no
 * finding.
 */
export function shrink(program: Program, options: ShrinkOptions = {}): ShrinkResult {
  const task = shrinkTaskOf(program, options);
  return resultOf(task, shrinkToFixedPoint(task), program, options);
}

/**
 * The same in turns of some 25 ms, so that other work runs in between. `onProgress` is called after
 * each turn; `signal` ends it with the smallest program so far, which is no error.
 */
export async function shrinkPatiently(
  program: Program,
  options: ShrinkInTurnsOptions = {},
): Promise<ShrinkResult> {
  const task = shrinkTaskOf(program, options);
  return resultOf(task, await shrinkInTurns(task, options), program, options);
}

interface SameBugTask extends ShrinkTask<Program> {
  readonly test: SameBugTest;
}

function shrinkTaskOf(program: Program, options: ShrinkOptions): SameBugTask {
  const { machine = {}, heap, invariants, model, effortMax = DEFAULT_EFFORT } = options;
  const runner = new CandidateRunner(heapMakerOf(options), heap, invariants, model);
  const start = onItsMachine(program, machine);
  const bug = runner.run(start);
  if (bug === undefined) throw new UserError("it shows no finding, there is nothing to shrink");
  return { start, strategy: SMALLER_PROGRAMS, test: new SameBugTest(runner, bug), effortMax };
}

function heapMakerOf({ newHeap = () => new SlabHeap() }: ShrinkOptions): () => SlabHeap {
  return newHeap;
}

/** The program with a header that says all about its machine. */
function onItsMachine(program: Program, overrides: MachineOverrides): Program {
  const machine = machineFor(program, overrides);
  const { target } = program.header;
  const header = target === undefined ? headerOf(machine) : { ...headerOf(machine), target };
  return { header, ops: program.ops };
}

function resultOf(
  { test: { bug, slips } }: SameBugTask,
  { best, tried, isComplete }: ShrinkOutcome<Program>,
  { ops }: Program,
  options: ShrinkOptions,
): ShrinkResult {
  const program = withWords(best, bug, ops.length);
  const digest = verify(program, bug, options);
  return { ...bug, program, digest, operationsBefore: ops.length, tried, isComplete, slips };
}

function withWords({ header, ops }: Program, bug: Shown, operations: number): Program {
  const comments = [
    `${bug.verdict}: ${bug.signature}`,
    `shrunk from ${operations} operations to ${ops.length}`,
  ];
  return { header: { ...header, comments }, ops };
}

/**
 * A replay of the text must show the same: it is run twice, on a heap in which nothing ever ran
 * and on that heap booted anew.
 */
function verify(program: Program, bug: Shown, options: ShrinkOptions): string {
  const read = parseScript(printScript(program), "shrunk.slab");
  const newHeap = heapMakerOf(options);
  const heap = newHeap();
  const digests = [0, 1].map(() => {
    const shown = new CandidateRunner(newHeap, heap, options.invariants, options.model).run(read);
    assert(shown !== undefined && isSameBug(shown, bug), "what was shrunk shows the same anew");
    return shown.digest;
  });
  assert(digests[0] === digests[1], "the same program on fresh memory gives the same digest");
  return digests[0];
}

/** Another bug that a candidate showed, by the smallest program that did. */
export interface Slip extends Shown {
  readonly program: Program;
}

class SameBugTest implements InterestingnessTest<Program> {
  readonly bug: Shown;
  readonly #runner: CandidateRunner;
  readonly #slips = new Map<string, { readonly slip: Slip; readonly key: Key }>();

  constructor(runner: CandidateRunner, bug: Shown) {
    this.#runner = runner;
    this.bug = bug;
  }

  isInteresting(candidate: Program): boolean {
    const shown = this.#runner.run(candidate);
    if (shown === undefined) return false;
    if (isSameBug(shown, this.bug)) return true;
    this.#keepSlip(shown, candidate);
    return false;
  }

  get effort(): number {
    return this.#runner.effort;
  }

  /** What needs attention comes first. */
  get slips(): readonly Slip[] {
    const slips = [...this.#slips.values()].map(({ slip }) => slip);
    return slips.sort((one, other) => rankOf(one) - rankOf(other));
  }

  #keepSlip(shown: Shown, program: Program): void {
    const name = `${shown.verdict} ${shown.signature}`;
    const key = keyOf(program);
    const known = this.#slips.get(name);
    if (known !== undefined && compareKeys(known.key, key) <= 0) return;
    this.#slips.set(name, { slip: { ...shown, program }, key });
  }
}

function rankOf({ verdict }: Shown): number {
  return VERDICTS.indexOf(verdict as Verdict);
}

/** The impact may differ: it is how far one example of a bug got. */
export function isSameBug(one: Shown, other: Shown): boolean {
  return one.verdict === other.verdict && one.signature === other.signature;
}
