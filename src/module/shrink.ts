// The smallest program that shows the same on a foreign allocator. An operation whose block is not
// there is left out when a program runs, so whatever is cut out leaves a program: a program is a
// list, and the passes for lists fit. The loop is that of all targets (target/shrink.ts).
//
// A program is smaller if it has fewer operations, then plainer ones, then smaller numbers.
import {
  type InterestingnessTest,
  type Passes,
  type Proposals,
  type ShrinkOutcome,
  type ShrinkStrategy,
  shrinkToFixedPoint,
} from "../target/shrink.ts";
import {
  cuttingPairs,
  cuttingPieces,
  itemsOfList,
  type Lens,
  loweringNumbers,
  partsOfList,
  rewriting,
} from "../target/shrink_passes.ts";
import { PAGE_BYTES } from "../wasm/cap.ts";
import { FUEL_SHORT } from "../wasm/fuel.ts";
import type { ForeignEngine } from "./engine.ts";
import { CYCLE_MODES, callsOf } from "./judge/cycle.ts";
import { PAINT_BYTES_MAX } from "./judge/judge.ts";
import { RULE_IMPACT } from "./judge/rule.ts";
import { FIELDS, FOREIGN_OPS, type ForeignOp, imageOf } from "./program/op.ts";
import type { ForeignProgram } from "./program/text.ts";

type Ops = readonly ForeignOp[];

/**
 * All candidates together may cost as much as so many operations: well under a minute. A candidate
 * costs some however short it is; and as long as one operation takes, so many bytes of large blocks
 * are handled, and loops make so many turns.
 */
const EFFORT_MAX = 20_000_000;
/** The same for leaks: their programs are long, and fill memory. */
const LEAK_EFFORT_MAX = 50_000_000;
const CANDIDATE_EFFORT = 200;
const BYTES_PER_EFFORT = 256;
/** An instance has a memory, of which most is never touched. */
const FRESH_BYTES_PER_EFFORT = 2048;
const TURNS_PER_EFFORT = 64;

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

/** How long a program may be shrunk; as long as it is worth it, where nothing is said. */
interface ShrinkLimits {
  readonly effortMax?: number | undefined;
  /** Asked before each candidate. */
  readonly isOver?: (() => boolean) | undefined;
  /** The program is what the engine has run last. */
  readonly hasRun?: boolean;
}

/** Shrinks a program, or undefined if it shows no finding. */
export function shrinkForeign(
  engine: ForeignEngine,
  program: ForeignProgram,
  { effortMax, isOver, hasRun = false }: ShrinkLimits = {},
): ForeignShrink | undefined {
  const { bug, ops } = program;
  const { ran } = (hasRun && engine.outcome) || engine.runProgram(imageOf(ops), bug);
  if (engine.verdict === "ok") return undefined;
  const test = new SameSignatureTest(engine, bug);
  const most = effortMax ?? (test.isLeak ? LEAK_EFFORT_MAX : EFFORT_MAX);
  const work = { ops, ran, effortMax: most, isOver };
  const { best, tried, isComplete } = smallestOf(engine, test, work);
  const shrunk = lastRunOf(engine, bug, test.signature, [best, ops]);
  const comments = [
    `${engine.verdict}: ${test.signature}`,
    `shrunk from ${ops.length} operations to ${shrunk.length}`,
  ];
  return {
    program: { ...program, comments, ops: shrunk },
    verdict: engine.verdict,
    signature: test.signature,
    impact: engine.impact,
    digest: engine.digest,
    operationsBefore: ops.length,
    tried,
    isComplete,
  };
}

/** Loops without an end are given up early; large blocks are painted only where that matters. */
function smallestOf(
  engine: ForeignEngine,
  test: SameSignatureTest,
  work: Work,
): ShrinkOutcome<Ops> {
  const fuel = test.isEndless ? FUEL_SHORT : Number.POSITIVE_INFINITY;
  return engine.withLessFuel(fuel, () => smallestWithin(engine, test, work));
}

interface Work extends ShrinkLimits {
  readonly ops: Ops;
  /** Operations of it that ran. */
  readonly ran: number;
  readonly effortMax: number;
}

function smallestWithin(
  { judge }: ForeignEngine,
  test: SameSignatureTest,
  { ops, ran, ...limits }: Work,
): ShrinkOutcome<Ops> {
  try {
    judge.paintMax = 0;
    if (!test.isInteresting(ops)) judge.paintMax = PAINT_BYTES_MAX;
    // What comes behind the last operation that ran matters only to what is seen at the end.
    const beginning = ops.slice(0, ran);
    const start = ran < ops.length && test.isInteresting(beginning) ? beginning : ops;
    const strategy = limits.isOver === undefined ? STRATEGY : BRIEF_STRATEGY;
    return shrinkToFixedPoint({ start, strategy, test, ...limits });
  } finally {
    judge.paintMax = PAINT_BYTES_MAX;
  }
}

/**
 * Runs the best program, or the whole one if the best one does not show the signature, and returns
 * it: with the usual fuel a loop that was given up early may turn out to have an end.
 */
function lastRunOf(
  engine: ForeignEngine,
  bug: string,
  signature: string,
  [best, whole]: readonly [Ops, Ops],
): Ops {
  engine.runProgram(imageOf(best), bug);
  if (engine.signature.text === signature) return best;
  engine.runProgram(imageOf(whole), bug);
  return whole;
}

/**
 * A candidate is interesting if it shows the signature that the engine's last run showed. One
 * without a mistake must also be answered rightly by an allocator that is right.
 */
class SameSignatureTest implements InterestingnessTest<Ops> {
  readonly signature: string;
  /** It shows a loop without an end. */
  readonly isEndless: boolean;
  /** It shows memory that was given back and cannot be had again. */
  readonly isLeak: boolean;
  readonly #engine: ForeignEngine;
  readonly #bug: string;
  effort = 0;

  constructor(engine: ForeignEngine, bug: string) {
    this.#engine = engine;
    this.#bug = bug;
    this.signature = engine.signature.text;
    const rule = engine.outcome?.violation?.rule;
    this.isEndless = rule === "endless";
    this.isLeak = rule !== undefined && RULE_IMPACT[rule] === "lost";
  }

  isInteresting(ops: Ops): boolean {
    const { guest } = this.#engine.ready;
    const before = guest.turns;
    const image = imageOf(ops);
    const { judged, handledBytes } = this.#engine.runProgram(image, this.#bug);
    guest.refuel();
    const freshBytes = guest.plan.memory.initial * PAGE_BYTES;
    this.effort += CANDIDATE_EFFORT + judged + freshBytes / FRESH_BYTES_PER_EFFORT;
    this.effort += handledBytes / BYTES_PER_EFFORT + (guest.turns - before) / TURNS_PER_EFFORT;
    if (this.#engine.signature.text !== this.signature) return false;
    if (this.#bug !== "none") return true;
    this.effort += judged;
    return this.#engine.isAnsweredRightlyElsewhere(image);
  }
}

const PARTS = partsOfList<ForeignOp>();
const ITEMS = itemsOfList<ForeignOp>();
const PAIRS_MAX = 40;
const JOINED_MAX = 40;

const CUT_PAIRS = cuttingPairs(PARTS, PAIRS_MAX);
/** Longer programs have too many pairs to try a free in all places. */
const FREED_MAX = 10;
/** No powers of two, which are the sizes that size classes are right about. */
const CYCLE_SIZES = [60, 1000, 8000] as const;
const LARGE_CYCLE_SIZES = [130_000, 200_000, 300_000] as const;
const CYCLE_CALLS = 1 << 14;
const MANY_CYCLE_CALLS = 1 << 16;

const PASSES: Passes<Ops> = {
  "one cycle": oneCycle,
  "cut pieces": cuttingPieces(PARTS, Math.floor),
  "cut blocks": cutBlocks,
  "cycle first": cycleFirst,
  "join blocks": joinBlocks,
  "cut pairs": CUT_PAIRS,
  "say plainly": rewriting(ITEMS, plainerThan),
  "lower numbers": loweringNumbers(ITEMS, lensesOf),
  "lower alignments": rewriting(ITEMS, lessAligned),
  renumber: renumber,
};

const STRATEGY: ShrinkStrategy<Ops> = {
  keyOf,
  stages: [PASSES, { "free earlier": freeEarlier }],
};

/** Where time is limited, rounds of traffic wait for what most programs become shorter by. */
const BRIEF_STRATEGY: ShrinkStrategy<Ops> = {
  keyOf,
  stages: [
    { "cut pieces": cuttingPieces(PARTS, Math.floor), "cut blocks": cutBlocks },
    ...STRATEGY.stages,
  ],
};

/** Everything that is done with a block. */
function* cutBlocks(ops: Ops): Proposals<Ops> {
  let kept = ops;
  for (const slot of new Set(ops.map((op) => op.slot))) {
    const candidate = kept.filter((op) => op.slot !== slot);
    if (candidate.length < kept.length && (yield candidate)) kept = candidate;
  }
}

/**
 * One block of two, so long: several that fill memory are mostly there for their bytes, or for what
 * their alignments leave between them.
 */
function* joinBlocks(ops: Ops): Proposals<Ops> {
  let kept = ops;
  const isPlain = ({ op }: ForeignOp): boolean => op === "alloc";
  for (const taken of ops.filter(isPlain).slice(0, JOINED_MAX)) {
    const at = kept.findIndex((op) => isPlain(op) && op.slot !== taken.slot);
    if (at < 0 || !kept.includes(taken)) continue;
    const bytes = kept[at].a + taken.a;
    for (const a of new Set([bytes, bytes + kept[at].b + taken.b])) {
      const joined = { ...kept[at], a: Math.min(a, 0xffffffff) };
      const candidate = kept
        .map((op, index) => (index === at ? joined : op))
        .filter(({ slot }) => slot !== taken.slot);
      if (candidate.length === kept.length || !(yield candidate)) continue;
      kept = candidate;
      break;
    }
  }
}

/**
 * Most leaks show in rounds of the same traffic, and so does what goes wrong with many blocks at a
 * time: then one operation tells of them. Some leaks only show in what can be had afterwards.
 */
function* oneCycle(ops: Ops): Proposals<Ops> {
  const settled = ops.filter(({ op }) => op === "settle").slice(0, 1);
  const seeksLeaks = settled.length > 0 || ops.some(({ op }) => op === "cycle");
  if (ops.length < 2 || (ops.length <= FEW && !seeksLeaks)) return;
  for (const cycle of cyclesOf(CYCLE_SIZES, CYCLE_CALLS)) if (yield [cycle]) return;
  if (settled.length === 0) return;
  for (const cycle of cyclesOf(LARGE_CYCLE_SIZES, MANY_CYCLE_CALLS)) {
    if (yield [cycle, ...settled]) return;
  }
}

function* cyclesOf(sizes: readonly number[], calls: number): Iterable<ForeignOp> {
  for (const [c, mode] of CYCLE_MODES.entries()) {
    const b = Math.ceil(calls / callsOf(mode));
    for (const a of sizes) yield { op: "cycle", slot: -1, a, b, c };
  }
}

/**
 * Rounds in place of all that comes before the last operations: what goes wrong at the n-th call
 * needs the calls, and not their blocks.
 */
function* cycleFirst(ops: Ops): Proposals<Ops> {
  if (ops.length <= FEW) return;
  for (let kept = 1; kept < FEW; kept++) {
    const [before, last] = [ops.slice(0, -kept), ops.slice(-kept)];
    for (const a of new Set([...sizesIn(last), ...CYCLE_SIZES])) {
      for (const b of roundsFor(before)) {
        if (yield [{ op: "cycle", slot: -1, a, b, c: 0 }, ...last]) return;
      }
    }
  }
}

/** Operations that nobody wants fewer of. */
const FEW = 5;
const MANY_ROUNDS = [1 << 9, 1 << 13] as const;

function sizesIn(ops: Ops): readonly number[] {
  return ops.flatMap(({ op, a }) => (op === "alloc" && a > 0 ? [a] : []));
}

/** As many as there are blocks that come, or that go; or a lot. */
function roundsFor(ops: Ops): ReadonlySet<number> {
  const count = (...names: readonly string[]): number =>
    ops.filter(({ op }) => names.includes(op)).length;
  return new Set([Math.max(1, count("free")), count("alloc", "zalloc") + 1, ...MANY_ROUNDS]);
}

/** A free takes the place of two other operations: of realloc, which moves blocks away, too. */
function* freeEarlier(ops: Ops): Proposals<Ops> {
  let kept = ops;
  if (ops.length > FREED_MAX) return;
  for (let at = 1; at < kept.length; at++) {
    for (const slot of new Set(kept.slice(0, at).map((op) => op.slot))) {
      if (slot < 0) continue;
      const free: ForeignOp = { op: "free", slot, a: 0, b: 0, c: 0 };
      const smaller = CUT_PAIRS([...kept.slice(0, at), free, ...kept.slice(at)]);
      for (let next = smaller.next(false); next.done !== true; ) {
        const isTaken = yield next.value;
        if (isTaken) kept = next.value;
        next = smaller.next(isTaken);
      }
    }
  }
}

/** Plain requests in place of others, and no alignment. */
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

function* lensesOf(op: ForeignOp): Iterable<Lens<ForeignOp>> {
  for (const [index, name] of FIELDS[op.op].entries()) {
    if (name === "mode" || name === "address" || name === "align") continue;
    const field = (["a", "b", "c"] as const)[index];
    const least = op.op === "cycle" ? 1 : 0;
    yield { value: op[field], least, put: (now, value) => ({ ...now, [field]: value }) };
  }
}

/** Alignments stay powers of two: an allocator may answer any other request as it likes. */
function lessAligned(op: ForeignOp): readonly ForeignOp[] {
  if (op.op !== "alloc" || op.b === 0) return [];
  const lower = Array.from({ length: Math.floor(Math.log2(op.b)) }, (_, power) => 2 ** power);
  return [0, ...lower].map((b) => ({ ...op, b }));
}

/** Blocks numbered in the order in which they appear. */
function* renumber(ops: Ops): Proposals<Ops> {
  const numbers = new Map<number, number>();
  yield ops.map((op) => {
    if (op.slot < 0) return op;
    const slot = numbers.get(op.slot) ?? numbers.size;
    numbers.set(op.slot, slot);
    return { ...op, slot };
  });
}

function keyOf(ops: Ops): number[] {
  const key = [ops.length];
  for (const { op, slot, a, b, c } of ops) {
    key.push(FOREIGN_OPS.indexOf(op), Math.abs(a), Math.abs(b), Math.abs(c), slot);
  }
  return key;
}
