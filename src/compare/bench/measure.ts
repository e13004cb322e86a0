// How times are taken. All contenders of a group take turns, a short round each, in one run: what
// disturbs one of them disturbs its neighbours, too, and ratios between them mean something. The
// figure is the time below which a tenth of the rounds lie (p10), which other work on the machine
// reaches least. tinybench holds the turns: its tasks run side by side, and wait for each other
// between any two rounds.
import { Bench } from "tinybench";
import { nowMs } from "../../base/clock.ts";

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
