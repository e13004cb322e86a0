// How times are taken. All contenders of a group take turns, a short round each, in one run: what
// disturbs one of them disturbs its neighbours, too, and ratios between them mean something. The
// figure is the time below which a tenth of the rounds lie (p10), which other work on the machine
// reaches least. tinybench holds the turns: its tasks run side by side, and wait for each other
// between any two rounds.
//
// A machine's speed changes from day to day, so a run does not compare nanoseconds with those
// of an older one but multiples of a yardstick: the simplest allocator there is, a stack of free
// places in a typed array, written in JavaScript and driven by uniform traffic. The yardstick takes
// its turns among the contenders, and is none.
import { Bench } from "tinybench";
import { Op, SLOT_MAX } from "../../abi.ts";
import { nowMs } from "../../base/clock.ts";
import type { ProgramImage } from "../../slub/program/image.ts";
import { ROUND, Stream } from "./stream.ts";

export interface Contender {
  readonly name: string;
  /** Plays one round and returns the nanoseconds of one operation. */
  round(): number;
}

export interface Measured {
  readonly name: string;
  /** Nanoseconds an operation. */
  readonly p10: number;
  readonly median: number;
  /** How far the median lies above p10: 0.5 means that the machine was busy. */
  readonly spread: number;
  /** Nanoseconds an operation, round by round: round n of all contenders lies side by side. */
  readonly rounds: readonly number[];
}

/** However little time there is. */
const ROUNDS_MIN = 30;
const PROBE_ROUNDS = 3;
/** V8 compiles what is hot in the background; until it has, rounds do not count. */
const WARM_UP_PART = 1 / 5;

/** Lets all contenders of a group take turns, for so many milliseconds each. */
export async function measure(
  contenders: readonly Contender[],
  timeMs: number,
): Promise<readonly Measured[]> {
  const budget = timeMs * contenders.length;
  await takeTurns(contenders, await roundsIn(contenders, WARM_UP_PART * budget));
  const times = await takeTurns(contenders, await roundsIn(contenders, budget));
  return contenders.map(({ name }, i) => summariseTimes(name, times[i]));
}

/** How many rounds of all contenders fit. */
async function roundsIn(contenders: readonly Contender[], budgetMs: number): Promise<number> {
  const start = nowMs();
  await takeTurns(contenders, PROBE_ROUNDS);
  const roundMs = (nowMs() - start) / PROBE_ROUNDS;
  return Math.max(ROUNDS_MIN, Math.floor(budgetMs / roundMs));
}

/** So many rounds of each; nanoseconds an operation, by contender and round. */
async function takeTurns(
  contenders: readonly Contender[],
  iterations: number,
): Promise<readonly (readonly number[])[]> {
  const turns = { concurrency: "bench", iterations, time: 0, warmup: false, throws: true } as const;
  const bench = new Bench(turns);
  const times = contenders.map((): number[] => []);
  for (const [i, contender] of contenders.entries()) {
    bench.add(contender.name, async () => {
      const nanoseconds = contender.round();
      times[i].push(nanoseconds);
      return { overriddenDuration: nanoseconds / 1e6 };
    });
  }
  await bench.run();
  return times;
}

export function summariseTimes(name: string, rounds: readonly number[]): Measured {
  const sorted = [...rounds].sort((one, other) => one - other);
  const p10 = sorted[Math.floor(sorted.length * 0.1)];
  const median = sorted[Math.floor(sorted.length * 0.5)];
  return { name, p10, median, spread: median / p10 - 1, rounds };
}

/** The time of a piece of work, in nanoseconds for each of its operations. */
export function timed(operations: number, work: () => void): number {
  const start = nowMs();
  work();
  return ((nowMs() - start) * 1e6) / operations;
}

/** A round of a program whose machine takes long to start anew has fewer repeats. */
const ROUND_MS = 1;

/**
 * A contender that plays one program, as often as fits a round. `play` gives the nanoseconds of one
 * operation: to start anew does not count.
 */
export function playedRepeatedly(name: string, opCount: number, play: () => number): Contender {
  const start = nowMs();
  play();
  const most = Math.ceil(ROUND / Math.max(1, opCount));
  const repeats = Math.max(1, Math.min(most, Math.floor(ROUND_MS / (nowMs() - start))));
  const round = (): number => {
    let sum = 0;
    for (let i = 0; i < repeats; i++) sum += play();
    return sum / repeats;
  };
  return { name, round };
}

export const YARDSTICK = "yardstick";

const RECORD_WORDS = 4;

/** The same for all groups. */
const LIVE = 512;

export function yardstick(): Contender {
  const mix = { sizes: [64], weights: [1] };
  const stream = new Stream({ workload: "uniform", live: LIVE, mix, cpus: 1 });
  const places = new Places(2 * LIVE);
  stream.begin((image) => places.run(image));
  return {
    name: YARDSTICK,
    round: () => {
      const image = stream.next();
      return timed(ROUND, () => places.run(image));
    },
  };
}

class Places {
  readonly #free: Int32Array;
  #top: number;
  readonly #slots = new Int32Array(SLOT_MAX);

  constructor(count: number) {
    this.#free = Int32Array.from({ length: count }, (_, i) => i);
    this.#top = count;
  }

  run({ words, opCount }: ProgramImage): void {
    for (let i = 0; i < opCount; i++) {
      const slot = words[RECORD_WORDS * i + 1] & 0xffff;
      if ((words[RECORD_WORDS * i] & 0xff) === Op.ALLOC)
        this.#slots[slot] = this.#free[--this.#top];
      else this.#free[this.#top++] = this.#slots[slot];
    }
  }
}
