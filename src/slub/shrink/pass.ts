// What a pass is: it proposes programs, one at a time, and is told of each whether it was taken. It
// knows programs only, neither the machine nor what they are wanted for.
import type { Program, ProgramOp } from "../program/op.ts";

/** Proposals for a program; the answer to each is whether the shrinker goes on with it. */
export type Proposals = Generator<Program, void, boolean>;

export type Pass = (program: Program) => Proposals;

/** The program with another operation in a place. */
export function withOp(program: Program, index: number, op: ProgramOp): Program {
  return withOps(program, index, [op]);
}

/** The program with one operation replaced by some. */
export function withOps(program: Program, index: number, ops: readonly ProgramOp[]): Program {
  const before = program.ops.slice(0, index);
  return { header: program.header, ops: [...before, ...ops, ...program.ops.slice(index + 1)] };
}

/** Ways to write one operation, each to be tried in place of what stands there then. */
export type Rewrites = (op: ProgramOp) => Iterable<ProgramOp>;

/** A pass that tries the rewrites of each operation until none of them is taken any more. */
export function rewriting(rewrites: Rewrites): Pass {
  return function* (program: Program): Proposals {
    let kept = program;
    for (let index = 0; index < kept.ops.length; index++) {
      const at = index;
      const candidates = (from: Program) =>
        mapped(rewrites(from.ops[at]), (op) => withOp(from, at, op));
      kept = yield* untilNoneIsTaken(kept, candidates);
    }
  };
}

/** Proposes what can be made of a program, and what can be made of that, until nothing is taken. */
export function* untilNoneIsTaken(
  program: Program,
  candidatesFor: (program: Program) => Iterable<Program>,
): Generator<Program, Program, boolean> {
  let kept = program;
  for (let isTaken = true; isTaken; ) {
    isTaken = false;
    for (const candidate of candidatesFor(kept)) {
      isTaken = yield candidate;
      if (!isTaken) continue;
      kept = candidate;
      break;
    }
  }
  return kept;
}

function* mapped<T, U>(items: Iterable<T>, change: (item: T) => U): Iterable<U> {
  for (const item of items) yield change(item);
}

/**
 * Smaller numbers than `value`, down to `least`: the least one outright, then ever smaller steps,
 * for as long as they are taken. Returns the last one that was.
 */
export function* lowered(value: number, least: number): Generator<number, number, boolean> {
  if (value <= least) return value;
  if (yield least) return least;
  let kept = value;
  for (let step = 2 ** Math.floor(Math.log2(value - least)); step >= 1; step /= 2) {
    // A step that was taken may be taken again; one that was not fits a smaller number no better.
    while (kept - step > least && (yield kept - step)) kept -= step;
  }
  return kept;
}
