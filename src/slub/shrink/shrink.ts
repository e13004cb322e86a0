// Shrinking: the smallest program that shows the same bug.
//
// The passes run in rounds until a round changes nothing. Within a round, leaving out comes first:
// each operation that goes makes every later candidate cheaper, and saves the trouble of making its
// numbers small. Then plainer words and places, because they make operations superfluous; then
// numbers, from the object's size down to single bytes. A pass that changed something may have made
// room for an earlier one, so the rounds go on; they end because every candidate that is taken is
// smaller (key.ts), and there are not infinitely many of those.
//
// The machine has a round of its own around them: to try another one it has to be booted, which
// takes as long as a hundred small candidates.
//
// Candidates are made of operations and encoded anew each time: that is a tenth of what it takes to
// run and judge them. Nothing remembers which ones were tried. Three in four do come up again, but
// they are the small ones: remembering them saved one twentieth of the time, which goes into large
// candidates and into booting machines.
import { assert } from "../../base/assert.ts";
import { UserError } from "../../base/user_error.ts";
import type { MachineOverrides } from "../../target/options.ts";
import { SlabHeap } from "../core/heap.ts";
import type { InvariantCadence } from "../oracle/violation.ts";
import { headerOf, machineFor } from "../program/boot.ts";
import type { Program } from "../program/op.ts";
import { parseScript, printScript } from "../program/text.ts";
import { Court, type Shown } from "./court.ts";
import type { Pass } from "./pass.ts";
import { dropBytes, plainBytes } from "./passes/bytes.ts";
import { cutCaches, cutOperations, cutPairs, cutPieces } from "./passes/cut.ts";
import { dropFlags } from "./passes/flags.ts";
import { useSmallSlabs } from "./passes/geometry.ts";
import { plainMachine } from "./passes/header.ts";
import { lowerNumbers } from "./passes/numbers.ts";
import { mergeCaches, useEarlierSlots } from "./passes/places.ts";
import { joinAllocations, joinFrees } from "./passes/rows.ts";
import { shrinkObjects } from "./passes/sizes.ts";
import { keepOneStory } from "./passes/stories.ts";
import { sayPlainly } from "./passes/words.ts";
import { isSameBug, Problem, type Slip } from "./problem.ts";

/** Some ten thousand candidates: far more than almost any program needs. */
export const DEFAULT_EFFORT = 1_000_000;

export interface ShrinkOptions {
  /** Overrides what the program's own header says. */
  readonly machine?: MachineOverrides;
  /** Makes a heap of what is fuzzed; without it, one of the SLUB core. */
  readonly newHeap?: () => SlabHeap;
  /** A heap to try candidates on; whoever shrinks many programs need not boot one for each. */
  readonly heap?: SlabHeap;
  /** How often rules are kept, where it is not as usual. */
  readonly invariants?: InvariantCadence;
  /** Operations that all candidates together may run, about: the same bound on any machine. */
  readonly effortMax?: number;
}

/** How far a shrinker has got. */
export interface ShrinkProgress {
  readonly pass: string;
  readonly best: Program;
  /** Candidates tried so far. */
  readonly tried: number;
}

export interface ShrinkResult extends Shown {
  readonly program: Program;
  /** Sixteen digits over everything that the machine answered and printed. */
  readonly digest: string;
  /** Operations that the program had before. */
  readonly operationsBefore: number;
  readonly tried: number;
  /** Nothing was left to try: neither the budget nor anybody else ended it before. */
  readonly isComplete: boolean;
  /** Other bugs that candidates showed, each with its smallest program. */
  readonly slips: readonly Slip[];
}

type Passes = Readonly<Record<string, Pass>>;
type Steps<T> = Generator<ShrinkProgress, T, boolean>;

/** In the order in which they run. */
export const PASSES: Passes = {
  "cut caches": cutCaches,
  "cut pieces": cutPieces,
  "cut operations": cutOperations,
  "cut pairs": cutPairs,
  "keep one story": keepOneStory,
  "merge caches": mergeCaches,
  "use earlier slots": useEarlierSlots,
  "say plainly": sayPlainly,
  "drop flags": dropFlags,
  "shrink objects": shrinkObjects,
  "lower numbers": lowerNumbers,
  "drop bytes": dropBytes,
  "plain bytes": plainBytes,
  "join allocations": joinAllocations,
  "join frees": joinFrees,
  "use small slabs": useSmallSlabs,
};

const MACHINE_PASSES: Passes = { "plain machine": plainMachine };

/** Shrinks a program to the end, or to the end of the budget. */
export function shrink(program: Program, options: ShrinkOptions = {}): ShrinkResult {
  const steps = shrinkSteps(program, options);
  for (;;) {
    const { done, value } = steps.next(true);
    if (done === true) return value;
  }
}

/**
 * The same, step by step: yields its progress before each candidate, and goes on as long as it is
 * answered with true.
 */
export function* shrinkSteps(program: Program, options: ShrinkOptions = {}): Steps<ShrinkResult> {
  const newHeap = options.newHeap ?? (() => new SlabHeap());
  const court = new Court(newHeap, options.heap, options.invariants);
  const start = onItsMachine(program, options.machine ?? {});
  const wanted = court.try(start);
  if (wanted === undefined) throw new UserError("it shows no finding, there is nothing to shrink");
  const problem = new Problem(court, start, wanted);
  const isComplete = yield* runRounds(problem, options.effortMax ?? DEFAULT_EFFORT);
  return { ...conclude(problem, program, { ...options, newHeap }), isComplete };
}

/** Runs everything until nothing changes; false if something else ended it. */
function* runRounds(problem: Problem, effortMax: number): Steps<boolean> {
  for (let before: Program | undefined; before !== problem.best; ) {
    before = problem.best;
    for (let earlier: Program | undefined; earlier !== problem.best; ) {
      earlier = problem.best;
      if (!(yield* runPasses(problem, PASSES, effortMax))) return false;
    }
    if (!(yield* runPasses(problem, MACHINE_PASSES, effortMax))) return false;
  }
  return true;
}

function* runPasses(problem: Problem, passes: Passes, effortMax: number): Steps<boolean> {
  for (const [pass, propose] of Object.entries(passes)) {
    const proposals = propose(problem.best);
    for (let next = proposals.next(false); next.done !== true; ) {
      const goesOn = yield { pass, best: problem.best, tried: problem.tried };
      if (!goesOn || problem.effort >= effortMax) return false;
      next = proposals.next(problem.consider(next.value));
    }
  }
  return true;
}

/** The program with a header that says all about its machine. */
function onItsMachine(program: Program, overrides: MachineOverrides): Program {
  const machine = machineFor(program, overrides);
  const { target } = program.header;
  const header = target === undefined ? headerOf(machine) : { ...headerOf(machine), target };
  return { header, ops: program.ops };
}

/** What candidates are tried with. */
type Bench = Required<Pick<ShrinkOptions, "newHeap">> & Pick<ShrinkOptions, "invariants">;

function conclude(
  problem: Problem,
  original: Program,
  bench: Bench,
): Omit<ShrinkResult, "isComplete"> {
  const { wanted, tried, slips } = problem;
  const program = withWords(problem.best, wanted, original.ops.length);
  const digest = verify(program, wanted, bench);
  return { ...wanted, program, digest, operationsBefore: original.ops.length, tried, slips };
}

function withWords({ header, ops }: Program, wanted: Shown, operations: number): Program {
  const comments = [
    `${wanted.verdict}: ${wanted.signature}`,
    `shrunk from ${operations} operations to ${ops.length}`,
  ];
  return { header: { ...header, comments }, ops };
}

/**
 * Whoever replays the text must see the same: asked twice, of a heap in which nothing ever ran and
 * of that heap booted anew.
 */
function verify(program: Program, wanted: Shown, { newHeap, invariants }: Bench): string {
  const read = parseScript(printScript(program), "shrunk.slab");
  const heap = newHeap();
  const digests = [0, 1].map(() => {
    const shown = new Court(newHeap, heap, invariants).try(read);
    assert(shown !== undefined && isSameBug(shown, wanted), "what was shrunk shows the same anew");
    return shown.digest;
  });
  assert(digests[0] === digests[1], "the same program on fresh memory gives the same digest");
  return digests[0];
}
