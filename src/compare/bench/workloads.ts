// The workloads that allocators are compared on, by name: when to allocate, and what to free. Each
// goes on for ever, with about as many objects alive as were asked for.
import type { Prng } from "../../base/prng.ts";

export const BENCH_WORKLOAD_ABOUT = {
  uniform: "a table of places: one drawn at random is filled if empty, emptied if full",
  lifo: "the youngest objects go first, in bursts",
  fifo: "the oldest objects go first, in bursts",
  grow: "grows to twice as many objects, then shrinks to none, in any order",
  phases: "fills up, gives nine tenths of it back, fills up with another size",
  larson: "replaces objects at random, and moves to another CPU now and then",
  xmalloc: "one CPU allocates in batches, another frees them in the same order",
} as const;

export type BenchWorkload = keyof typeof BENCH_WORKLOAD_ABOUT;

export const BENCH_WORKLOADS = Object.keys(BENCH_WORKLOAD_ABOUT) as readonly BenchWorkload[];

export function isBenchWorkload(name: string): name is BenchWorkload {
  return Object.hasOwn(BENCH_WORKLOAD_ABOUT, name);
}

/** The next step of a workload. */
export const Step = {
  ALLOC: 0,
  FREE_OLDEST: 1,
  FREE_NEWEST: 2,
  FREE_ANY: 3,
  /** From here on another CPU runs. */
  NEXT_CPU: 4,
  /** From here on objects have another size. */
  NEXT_SIZE: 5,
} as const;

export type StepName = (typeof Step)[keyof typeof Step];

/** The next operation, given how many objects live. */
export type Pattern = (live: number, prng: Prng) => StepName;

/** The pattern of a workload around so many living objects. */
export function patternOf(workload: BenchWorkload, around: number): Pattern {
  return PATTERNS[workload](around);
}

const PATTERNS: Readonly<Record<BenchWorkload, (around: number) => Pattern>> = {
  uniform: (around) => (live, prng) => (prng.below(2 * around) < live ? Step.FREE_ANY : Step.ALLOC),
  lifo: (around) => burstsOf(around, Step.FREE_NEWEST),
  fifo: (around) => burstsOf(around, Step.FREE_OLDEST),
  grow: (around) => tideOf(0, 2 * around, false),
  phases: (around) => tideOf(Math.floor(around / 5), 2 * around, true),
  larson: () => replacing(),
  xmalloc: (around) => batchesOf(Math.max(1, Math.min(64, around >> 1))),
};

const BURST_MAX = 32;

/** Bursts of allocations and of frees, never far from where they began. */
function burstsOf(around: number, free: StepName): Pattern {
  let left = 0;
  let grows = true;
  return (live, prng) => {
    if (left-- === 0) {
      left = prng.below(BURST_MAX);
      grows = prng.oneIn(2);
    }
    if (live * 2 <= around || live === 0) grows = true;
    else if (live * 2 >= around * 3) grows = false;
    return grows ? Step.ALLOC : free;
  };
}

/** Up to `high`, down to `low`, and up again. */
function tideOf(low: number, high: number, changesSize: boolean): Pattern {
  let rises = true;
  return (live) => {
    const turns = rises ? live >= high : live <= low;
    if (turns) rises = !rises;
    if (turns && rises && changesSize) return Step.NEXT_SIZE;
    return rises ? Step.ALLOC : Step.FREE_ANY;
  };
}

const STAY = 1024;

function replacing(): Pattern {
  let turn = 0;
  return () => {
    turn = (turn + 1) % (2 * STAY + 1);
    if (turn === 0) return Step.NEXT_CPU;
    return turn % 2 === 1 ? Step.FREE_ANY : Step.ALLOC;
  };
}

/** A batch is allocated here; the oldest one is freed there. */
function batchesOf(size: number): Pattern {
  let turn = -1;
  return () => {
    turn = (turn + 1) % (2 * size + 2);
    if (turn === size || turn === 2 * size + 1) return Step.NEXT_CPU;
    return turn < size ? Step.ALLOC : Step.FREE_OLDEST;
  };
}
