// The shrink loop, for programs of any kind: passes propose candidates, an interestingness test
// says which of them still show what the first program shows, and the loop takes those.
//
// Every candidate that is tried is smaller than the best program so far (in shortlex order, by its
// key). So the loop ends: there are not infinitely many smaller programs. It ends at a fixed point,
// where a round of all passes changes nothing: a pass that changed something may have made room for
// an earlier one.
//
// The loop itself is a generator that yields candidates and is answered with whether each one is
// interesting. The caller decides how: `shrinkToFixedPoint` asks a test at once, `shrinkInTurns`
// awaits each answer and lets other work run in between.
import { nowMs } from "../base/clock.ts";

/** The size of a program: numbers that are compared from the left. */
export type Key = readonly number[];

/** Proposes programs, one at a time, and learns of each whether the loop took it. */
export type Proposals<P> = Generator<P, void, boolean>;

/** A pass knows programs only: neither what runs them nor what they are for. */
export type Pass<P> = (program: P) => Proposals<P>;

/** Passes by name, in the order in which they run. */
export type Passes<P> = Readonly<Record<string, Pass<P>>>;

/** How programs of one kind become smaller. */
export interface ShrinkStrategy<P> {
  readonly keyOf: (program: P) => Key;
  /**
   * The first stage runs until it changes nothing, then the second one runs once, and so on; a
   * later stage that changed something starts the earlier ones again. Costly passes come late.
   */
  readonly stages: readonly Passes<P>[];
}

/** Says which candidates show what the first program shows. */
export interface InterestingnessTest<P, Answer = boolean> {
  isInteresting(candidate: P): Answer;
  /** What all answers cost so far, in a unit of the test's own that no clock has a part in. */
  readonly effort: number;
}

export interface ShrinkTask<P, Answer = boolean> {
  /** A program that is interesting. */
  readonly start: P;
  readonly strategy: ShrinkStrategy<P>;
  readonly test: InterestingnessTest<P, Answer>;
  /** No candidate is tried once the test's effort has come this far. */
  readonly effortMax: number;
  /** Nor once there is no time left; asked before each candidate. By default there always is. */
  readonly isOver?: () => boolean;
}

/** A program that is smaller than the best one, and the pass that proposed it. */
export interface Candidate<P> {
  readonly pass: string;
  readonly program: P;
}

/** How far the loop has got. */
export interface ShrinkStep<P> {
  readonly pass: string;
  readonly best: P;
  /** Candidates tried so far. */
  readonly tried: number;
}

export interface ShrinkOutcome<P> {
  readonly best: P;
  readonly tried: number;
  /** Nothing was left to try: no lack of effort or time, and no signal ended the loop before. */
  readonly isComplete: boolean;
}

export interface TurnOptions<P> {
  /** Ends the loop; the outcome is what was reached by then. */
  readonly signal?: AbortSignal;
  /** Called some forty times a second. */
  readonly onProgress?: (step: ShrinkStep<P>) => void;
}

/** Signals are heard this often. */
const TURN_MS = 25;

/** Tries candidates until none is left, or until the effort is spent. */
export function shrinkToFixedPoint<P>(task: ShrinkTask<P>): ShrinkOutcome<P> {
  const run = new ShrinkRun(task);
  for (let next = run.next; next !== undefined; next = run.next) {
    run.answer(task.test.isInteresting(next.program));
  }
  return run.outcome;
}

/** The same for a test that takes its time, or for a caller who has other things to do as well. */
export async function shrinkInTurns<P>(
  task: ShrinkTask<P, boolean | Promise<boolean>>,
  { signal, onProgress }: TurnOptions<P> = {},
): Promise<ShrinkOutcome<P>> {
  const run = new ShrinkRun(task);
  let turnEnds = nowMs() + TURN_MS;
  for (let next = run.next; next !== undefined && !signal?.aborted; next = run.next) {
    run.answer(await task.test.isInteresting(next.program));
    if (nowMs() < turnEnds) continue;
    onProgress?.({ pass: next.pass, best: run.best, tried: run.tried });
    await new Promise<void>((resume) => afterOtherWork(resume));
    turnEnds = nowMs() + TURN_MS;
  }
  return run.outcome;
}

/**
 * Yields candidates until a round of all passes changes nothing. Answer each with whether it is
 * interesting: then the next ones are smaller than it.
 */
export function candidatesFor<P>(
  start: P,
  strategy: ShrinkStrategy<P>,
): Generator<Candidate<P>, void, boolean> {
  return new Descent(start, strategy).candidates();
}

/** The candidates of a task, and what came of them so far. */
class ShrinkRun<P> {
  readonly #task: Omit<ShrinkTask<P, unknown>, "start">;
  readonly #candidates: Generator<Candidate<P>, void, boolean>;
  #step: IteratorResult<Candidate<P>, void>;
  best: P;
  tried = 0;

  constructor({ start, ...task }: ShrinkTask<P, unknown>) {
    this.#task = task;
    this.best = start;
    this.#candidates = candidatesFor(start, task.strategy);
    this.#step = this.#candidates.next(false);
  }

  /** The candidate that waits for an answer; undefined if there is none, or none may be tried. */
  get next(): Candidate<P> | undefined {
    const { test, effortMax, isOver } = this.#task;
    if (this.#step.done === true || test.effort >= effortMax || isOver?.()) return undefined;
    return this.#step.value;
  }

  answer(isInteresting: boolean): void {
    if (this.#step.done === true) return;
    this.tried++;
    if (isInteresting) this.best = this.#step.value.program;
    this.#step = this.#candidates.next(isInteresting);
  }

  get outcome(): ShrinkOutcome<P> {
    return { best: this.best, tried: this.tried, isComplete: this.#step.done === true };
  }
}

/** The way down from a program to smaller ones. */
class Descent<P> {
  readonly #strategy: ShrinkStrategy<P>;
  #best: P;
  #bestKey: Key;

  constructor(start: P, strategy: ShrinkStrategy<P>) {
    this.#strategy = strategy;
    this.#best = start;
    this.#bestKey = strategy.keyOf(start);
  }

  *candidates(stages = this.#strategy.stages): Generator<Candidate<P>, void, boolean> {
    const earlier = stages.slice(0, -1);
    let before: P;
    do {
      before = this.#best;
      if (earlier.length > 0) yield* this.candidates(earlier);
      yield* this.#round(stages[stages.length - 1]);
    } while (this.#best !== before);
  }

  *#round(passes: Passes<P>): Generator<Candidate<P>, void, boolean> {
    for (const [pass, propose] of Object.entries(passes)) {
      const proposals = propose(this.#best);
      for (let next = proposals.next(false); next.done !== true; ) {
        next = proposals.next(yield* this.#offer({ pass, program: next.value }));
      }
    }
  }

  /** Whether a proposal is taken; one that is not smaller is refused without a run. */
  *#offer(candidate: Candidate<P>): Generator<Candidate<P>, boolean, boolean> {
    const key = this.#strategy.keyOf(candidate.program);
    if (compareKeys(key, this.#bestKey) >= 0) return false;
    if (!(yield candidate)) return false;
    this.#best = candidate.program;
    this.#bestKey = key;
    return true;
  }
}

/** Negative if the first one is smaller, 0 if they are equal. */
export function compareKeys(one: Key, other: Key): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) if (one[i] !== other[i]) return one[i] - other[i];
  return one.length - other.length;
}

/** Browsers have no setImmediate; what they have waits a little longer. */
function afterOtherWork(work: () => void): void {
  if (typeof setImmediate === "function") setImmediate(work);
  else setTimeout(work);
}
