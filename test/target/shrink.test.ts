// The shrink loop on programs that are lists of numbers.
import { describe, expect, it } from "vitest";
import {
  candidatesFor,
  compareKeys,
  type InterestingnessTest,
  type Pass,
  type ShrinkStrategy,
  type ShrinkTask,
  shrinkInTurns,
  shrinkToFixedPoint,
} from "../../src/target/shrink.ts";
import {
  cuttingPairs,
  cuttingPieces,
  itemsOfList,
  loweringNumbers,
  partsOfList,
  rewriting,
} from "../../src/target/shrink_passes.ts";

type Numbers = readonly number[];

const keyOf = (program: Numbers) => [program.length, ...program];
const isSmaller = (one: Numbers, other: Numbers) => compareKeys(keyOf(one), keyOf(other)) < 0;

const cutPieces = cuttingPieces(partsOfList<number>(), Math.ceil);
const lowerNumbers = loweringNumbers(itemsOfList<number>(), (value) => [
  { value, least: 0, put: (_, lower) => lower },
]);
const STRATEGY: ShrinkStrategy<Numbers> = {
  keyOf,
  stages: [{ "cut pieces": cutPieces, "lower numbers": lowerNumbers }],
};

/** Remembers what it was asked. */
class Recorder implements InterestingnessTest<Numbers> {
  readonly asked: Numbers[] = [];
  readonly taken: Numbers[] = [];
  readonly #isInteresting: (program: Numbers) => boolean;

  constructor(isInteresting: (program: Numbers) => boolean) {
    this.#isInteresting = isInteresting;
  }

  get effort(): number {
    return this.asked.length;
  }

  isInteresting(candidate: Numbers): boolean {
    this.asked.push(candidate);
    const isTaken = this.#isInteresting(candidate);
    if (isTaken) this.taken.push(candidate);
    return isTaken;
  }
}

/** A large number somewhere before one that two divides and five does not. */
function showsTheBug(program: Numbers): boolean {
  const large = program.findIndex((value) => value >= 30);
  return large >= 0 && program.slice(large + 1).some((value) => value % 2 === 0 && value % 5 > 0);
}

const START = Array.from({ length: 50 }, (_, index) => (index * 37 + 11) % 97);

function task(
  change: Partial<ShrinkTask<Numbers>> = {},
): ShrinkTask<Numbers> & { readonly test: Recorder } {
  const test = new Recorder(showsTheBug);
  return { start: START, strategy: STRATEGY, effortMax: Infinity, ...change, test };
}

describe("the shrink loop", () => {
  it("ends with the smallest program that is interesting", () => {
    expect(shrinkToFixedPoint(task())).toMatchObject({ best: [30, 2], isComplete: true });
  });

  it("ends at a fixed point: shrinking once more tries candidates and takes none", () => {
    const { best } = shrinkToFixedPoint(task());
    const again = task({ start: best });
    expect(shrinkToFixedPoint(again)).toMatchObject({ best, isComplete: true });
    expect(again.test.asked.length).toBeGreaterThan(0);
    expect(again.test.taken).toEqual([]);
  });

  it("takes only candidates that are interesting and smaller than the one before", () => {
    const one = task();
    const { best, tried } = shrinkToFixedPoint(one);
    const { taken, asked } = one.test;
    expect(taken.every(showsTheBug)).toBe(true);
    for (const [index, program] of taken.entries()) {
      expect(isSmaller(program, taken[index - 1] ?? START)).toBe(true);
    }
    expect(best).toBe(taken.at(-1));
    expect(tried).toBe(asked.length);
  });

  it("never tries a proposal that is larger than the best program, or as large", () => {
    const growing: Pass<Numbers> = function* (program) {
      expect(yield [...program, 0]).toBe(false);
      expect(yield program.map((value) => value + 1)).toBe(false);
      expect(yield [...program]).toBe(false);
    };
    const strategy = { keyOf, stages: [{ growing, ...STRATEGY.stages[0] }] };
    const one = task({ strategy });
    const plain = task();
    expect(shrinkToFixedPoint(one)).toEqual(shrinkToFixedPoint(plain));
    expect(one.test.asked).toEqual(plain.test.asked);
  });

  it("stops when the effort is spent, with the best program so far", () => {
    const effortMax = 10;
    const one = task({ effortMax });
    const outcome = shrinkToFixedPoint(one);
    expect(outcome).toMatchObject({ tried: effortMax, isComplete: false });
    expect(outcome.best).toBe(one.test.taken.at(-1));
  });

  it("returns the first program when there is no effort to spend", () => {
    const outcome = shrinkToFixedPoint(task({ effortMax: 0 }));
    expect(outcome).toEqual({ best: START, tried: 0, isComplete: false });
  });

  it("tries no further candidate once its time is over", () => {
    const timed = task();
    const outcome = shrinkToFixedPoint({ ...timed, isOver: () => timed.test.asked.length >= 7 });
    expect(outcome).toEqual({ best: timed.test.taken.at(-1), tried: 7, isComplete: false });
    const whole = shrinkToFixedPoint(task({ isOver: () => false }));
    expect(whole).toEqual(shrinkToFixedPoint(task()));
  });

  it("runs a later stage once the earlier ones change nothing, and starts over if it did", () => {
    const runs: string[] = [];
    const named = (name: string, pass: Pass<Numbers>): Pass<Numbers> =>
      function* (program) {
        runs.push(name);
        yield* pass(program);
      };
    const early = named("early", cuttingPieces(partsOfList<number>(), Math.ceil));
    const late = named("late", lowerNumbers);
    const strategy: ShrinkStrategy<Numbers> = { keyOf, stages: [{ early }, { late }] };
    const { best } = shrinkToFixedPoint(task({ strategy, start: [41, 8] }));
    expect(best).toEqual([30, 2]);
    expect(runs).toEqual(["early", "late", "early", "late"]);
  });
});

describe("the loop that awaits its test", () => {
  const awaited = (test: Recorder): InterestingnessTest<Numbers, Promise<boolean>> => ({
    isInteresting: async (candidate) => test.isInteresting(candidate),
    get effort() {
      return test.effort;
    },
  });

  it.each([Infinity, 25])("gives the other loop's result, with effort %d", async (effortMax) => {
    const [atOnce, inTurns] = [task({ effortMax }), task({ effortMax })];
    const expected = shrinkToFixedPoint(atOnce);
    expect(await shrinkInTurns({ ...inTurns, test: awaited(inTurns.test) })).toEqual(expected);
    expect(inTurns.test.asked).toEqual(atOnce.test.asked);
  });

  it("tries no candidate if its signal was aborted before", async () => {
    const outcome = await shrinkInTurns(task(), { signal: AbortSignal.abort() });
    expect(outcome).toEqual({ best: START, tried: 0, isComplete: false });
  });

  it("stops at the next candidate once its signal is aborted", async () => {
    const stop = new AbortController();
    const test = new Recorder((candidate) => {
      if (test.asked.length === 7) stop.abort();
      return showsTheBug(candidate);
    });
    const outcome = await shrinkInTurns({ ...task(), test }, { signal: stop.signal });
    expect(outcome).toMatchObject({ tried: 7, isComplete: false });
    expect(outcome.best).toBe(test.taken.at(-1));
  });

  it("tells its progress when its test takes long", async () => {
    const steps: { readonly pass: string; readonly tried: number }[] = [];
    const slow = async (candidate: Numbers) => {
      await new Promise((resume) => setTimeout(resume, 30));
      return showsTheBug(candidate);
    };
    const test = { isInteresting: slow, effort: 0 };
    const start = [41, 8];
    const onProgress = ({ pass, tried }: (typeof steps)[number]) => steps.push({ pass, tried });
    const { tried } = await shrinkInTurns({ ...task({ start }), test }, { onProgress });
    expect(steps.at(-1)).toEqual({ pass: "lower numbers", tried });
  });
});

it("a round in which no candidate is taken proposes every one from the same program", () => {
  const candidates = candidatesFor([5, 6], { keyOf, stages: [{ "cut pieces": cutPieces }] });
  const proposed: Numbers[] = [];
  for (let next = candidates.next(false); next.done !== true; next = candidates.next(false)) {
    proposed.push(next.value.program);
  }
  expect(proposed).toEqual([[5], [6]]);
});

describe("a pass for lists", () => {
  const strategyOf = (pass: Pass<Numbers>) => ({ keyOf, stages: [{ pass }] });
  const smallest = (pass: Pass<Numbers>, start: Numbers, isWanted: (list: Numbers) => boolean) =>
    shrinkToFixedPoint({
      start,
      strategy: strategyOf(pass),
      test: new Recorder(isWanted),
      effortMax: Infinity,
    }).best;

  it("leaves the needed entries when it cuts pieces, in whatever way halves are rounded", () => {
    for (const round of [Math.ceil, Math.floor]) {
      const pass = cuttingPieces(partsOfList<number>(), round);
      const needs = (list: Numbers) => list.includes(3) && list.includes(31);
      expect(smallest(pass, [...Array(40).keys()], needs)).toEqual([3, 31]);
    }
  });

  it("leaves out two entries that need each other when it cuts pairs", () => {
    const isBalanced = (list: Numbers) => list.includes(1) === list.includes(2);
    const pass = cuttingPairs(partsOfList<number>(), 10);
    expect(smallest(pass, [1, 8, 2], isBalanced)).toEqual([8]);
    expect(smallest(pass, [...Array(11).keys()], isBalanced)).toHaveLength(11);
  });

  it("rewrites an entry until none of its rewrites is taken", () => {
    const pass = rewriting(itemsOfList<number>(), (value) => [value - 3, value - 1]);
    expect(smallest(pass, [20, 9], ([one, other]) => one >= 11 && other >= 2)).toEqual([11, 2]);
  });

  it("makes numbers small on their own side of zero", () => {
    const magnitudes = (list: Numbers) => [list.length, ...list.map(Math.abs)];
    const strategy = { keyOf: magnitudes, stages: [{ lowerNumbers }] };
    const test = new Recorder(([one, other]) => one <= -5 && other >= 9);
    const task = { start: [-100, 100], strategy, test, effortMax: Infinity };
    expect(shrinkToFixedPoint(task).best).toEqual([-5, 9]);
  });
});
