// The smallest program that shows the same on a foreign allocator. An operation whose block is not
// there is left out when a program runs, so whatever is cut out leaves a program: passes just cut.
//
// The passes run in rounds until a round changes nothing; each candidate that is taken is smaller:
// fewer operations first, then plainer ones, then smaller numbers.
import { lowered } from "../slub/shrink/pass.ts";
import { FUEL_SHORT } from "../wasm/fuel.ts";
import type { ForeignEngine } from "./engine.ts";
import { FIELDS, FOREIGN_OPS, type ForeignOp, imageOf } from "./program/op.ts";
import type { ForeignProgram } from "./program/text.ts";

type Ops = readonly ForeignOp[];

/** Proposes programs, and is told of each whether it was taken. */
type Proposals = Generator<Ops, void, boolean>;
type Pass = (ops: Ops) => Proposals;

/** Operations that all candidates together may run; a candidate costs some however short it is. */
const EFFORT_MAX = 20_000_000;
const TRIAL_EFFORT = 200;

export interface ForeignShrink {
  readonly program: ForeignProgram;
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
  readonly digest: string;
  readonly operationsBefore: number;
  readonly tried: number;
  /** Nothing was left to try. */
  readonly isComplete: boolean;
}

/** Shrinks a program; undefined if it shows no finding. */
export function shrinkForeign(
  engine: ForeignEngine,
  program: ForeignProgram,
): ForeignShrink | undefined {
  const problem = new Problem(engine, program);
  if (!problem.isFinding) return undefined;
  const isComplete = shrinkToTheEnd(engine, problem);
  const { wanted, tried } = problem;
  engine.runProgram(imageOf(problem.best), program.bug);
  // With the usual fuel a loop may turn out to have an end: then the program stays as it was.
  const best = engine.signature === wanted ? problem.best : program.ops;
  if (best === program.ops) engine.runProgram(imageOf(best), program.bug);
  const comments = [
    `${engine.verdict}: ${wanted}`,
    `shrunk from ${program.ops.length} operations to ${best.length}`,
  ];
  return {
    program: { ...program, comments, ops: best },
    verdict: engine.verdict,
    signature: wanted,
    impact: engine.impact,
    digest: engine.digest,
    operationsBefore: program.ops.length,
    tried,
    isComplete,
  };
}

/** Loops without an end are given up early. */
function shrinkToTheEnd(engine: ForeignEngine, problem: Problem): boolean {
  const { guest } = engine.ready;
  const { fuelFull } = guest;
  if (problem.isEndless) guest.fuelFull = FUEL_SHORT;
  try {
    return runRounds(problem);
  } finally {
    guest.fuelFull = fuelFull;
  }
}

class Problem {
  readonly wanted: string;
  readonly isFinding: boolean;
  readonly isEndless: boolean;
  readonly #engine: ForeignEngine;
  readonly #bug: string;
  best: Ops;
  tried = 0;
  effort = 0;

  constructor(engine: ForeignEngine, { ops, bug }: ForeignProgram) {
    this.#engine = engine;
    this.#bug = bug;
    this.best = ops;
    const { ran, violation } = engine.runProgram(imageOf(ops), bug);
    this.isFinding = engine.verdict !== "ok";
    this.isEndless = violation?.rule === "endless";
    this.wanted = engine.signature;
    // What came after it did not matter, unless it was seen at the end only.
    if (this.isFinding) this.consider(ops.slice(0, ran));
  }

  /** Takes a candidate if it is smaller than the best one and shows the same. */
  consider(ops: Ops): boolean {
    if (compareOps(ops, this.best) >= 0) return false;
    this.tried++;
    const { ran } = this.#engine.runProgram(imageOf(ops), this.#bug);
    this.effort += TRIAL_EFFORT + ran;
    if (this.#engine.signature !== this.wanted) return false;
    this.best = ops;
    return true;
  }
}

const PASSES: readonly Pass[] = [
  cutPieces,
  cutBlocks,
  cutPairs,
  sayPlainly,
  lowerNumbers,
  renumber,
];

function runRounds(problem: Problem): boolean {
  for (let before: Ops | undefined; before !== problem.best; ) {
    before = problem.best;
    for (const pass of PASSES) if (!runPass(problem, pass)) return false;
  }
  return true;
}

function runPass(problem: Problem, pass: Pass): boolean {
  const proposals = pass(problem.best);
  for (let next = proposals.next(false); next.done !== true; ) {
    if (problem.effort > EFFORT_MAX) return false;
    next = proposals.next(problem.consider(next.value));
  }
  return true;
}

/** Halves first, then ever shorter pieces, from the end: what comes late needs what came before. */
function* cutPieces(ops: Ops): Proposals {
  let kept = ops;
  for (let length = kept.length >> 1; length >= 1; length >>= 1) {
    for (let end = kept.length; end > 0; end -= length) {
      const start = Math.max(end - length, 0);
      const candidate = [...kept.slice(0, start), ...kept.slice(end)];
      if (yield candidate) kept = candidate;
    }
  }
}

/** Everything that is done with a block. */
function* cutBlocks(ops: Ops): Proposals {
  let kept = ops;
  for (const slot of new Set(ops.map((op) => op.slot))) {
    const candidate = kept.filter((op) => op.slot !== slot);
    if (candidate.length < kept.length && (yield candidate)) kept = candidate;
  }
}

const PAIRS_MAX = 40;

/** Two operations that are of no use without each other. */
function* cutPairs(ops: Ops): Proposals {
  let kept = ops;
  if (kept.length > PAIRS_MAX) return;
  for (let one = kept.length - 1; one > 0; one--) {
    for (let other = one - 1; other >= 0; other--) {
      const candidate = kept.filter((_, index) => index !== one && index !== other);
      if (!(yield candidate)) continue;
      kept = candidate;
      one = Math.min(one, kept.length);
      break;
    }
  }
}

/** Plain requests in place of others, and no alignment. */
function* sayPlainly(ops: Ops): Proposals {
  let kept = ops;
  for (let index = 0; index < kept.length; index++) {
    for (const plain of plainerThan(kept[index])) {
      const candidate = replaced(kept, index, plain);
      if (yield candidate) kept = candidate;
    }
  }
}

function replaced(ops: Ops, index: number, op: ForeignOp): Ops {
  return [...ops.slice(0, index), op, ...ops.slice(index + 1)];
}

function plainerThan(op: ForeignOp): readonly ForeignOp[] {
  const nothing = { slot: op.slot, b: 0, c: 0 };
  switch (op.op) {
    case "zalloc":
      return [
        { ...nothing, op: "alloc", a: op.a * op.b },
        { ...op, a: 1, b: op.a * op.b },
      ].filter(({ a, b }) => a <= 0xffffffff && b <= 0xffffffff) as readonly ForeignOp[];
    case "resize":
      return [{ ...nothing, op: "alloc", a: op.a }];
    case "cycle":
      return [{ ...op, c: 0 }];
    default:
      return [];
  }
}

function* lowerNumbers(ops: Ops): Proposals {
  let kept = ops;
  for (let index = 0; index < kept.length; index++) {
    for (const [i, name] of FIELDS[kept[index].op].entries()) {
      if (name === "mode" || name === "address") continue;
      const field = (["a", "b", "c"] as const)[i];
      const numbers = lowered(Math.abs(kept[index][field]), 0);
      for (let next = numbers.next(); next.done !== true; ) {
        const sign = kept[index][field] < 0 ? -1 : 1;
        const candidate = replaced(kept, index, { ...kept[index], [field]: sign * next.value });
        const isTaken = yield candidate;
        if (isTaken) kept = candidate;
        next = numbers.next(isTaken);
      }
    }
  }
}

/** Blocks numbered in the order in which they appear. */
function* renumber(ops: Ops): Proposals {
  const numbers = new Map<number, number>();
  const candidate = ops.map((op) => {
    if (op.slot < 0) return op;
    const slot = numbers.get(op.slot) ?? numbers.size;
    numbers.set(op.slot, slot);
    return { ...op, slot };
  });
  yield candidate;
}

/** Negative if the first one is smaller. */
export function compareOps(one: Ops, other: Ops): number {
  if (one.length !== other.length) return one.length - other.length;
  const keys = [one, other].map((ops) => ops.flatMap(keyOf));
  const at = keys[0].findIndex((value, i) => value !== keys[1][i]);
  return at < 0 ? 0 : keys[0][at] - keys[1][at];
}

function keyOf({ op, slot, a, b, c }: ForeignOp): number[] {
  return [FOREIGN_OPS.indexOf(op), Math.abs(a), Math.abs(b), Math.abs(c), slot];
}
