// How times are taken. All contenders take turns, one short round each, in one run: what disturbs
// one of them disturbs its neighbours, too, and ratios between them mean something. The figure is
// the time below which a tenth of the rounds lie (p10), which other work on the machine reaches
// least.
import { nowMs } from "../base/clock.ts";

export interface Contender {
  readonly name: string;
  /** Plays one round and returns the nanoseconds of one operation. */
  round(): number;
}

/** However little time there is. */
export const ROUNDS_MIN = 30;

export interface Turns {
  /** Time for each contender; a fifth as much goes before, uncounted. */
  readonly timeMs: number;
  readonly signal?: AbortSignal;
}

/** Lets all contenders take turns for so long; of each the times of its rounds, in their order. */
export function takeTurns(contenders: readonly Contender[], { timeMs, signal }: Turns): number[][] {
  const samples = contenders.map((): number[] => []);
  warmUp(contenders, timeMs / 5);
  const end = nowMs() + timeMs * contenders.length;
  for (let round = 0; round < ROUNDS_MIN || nowMs() < end; round++) {
    if (signal?.aborted === true && round > 0) break;
    for (let i = 0; i < contenders.length; i++) samples[i].push(contenders[i].round());
  }
  return samples;
}

/** V8 compiles what is hot in the background; until it has, rounds do not count. */
function warmUp(contenders: readonly Contender[], timeMs: number): void {
  const end = nowMs() + timeMs * contenders.length;
  for (let round = 0; round < ROUNDS_MIN || nowMs() < end; round++) {
    for (const contender of contenders) contender.round();
  }
}

/** The time of a piece of work, in nanoseconds for each of its operations. */
export function timed(operations: number, work: () => void): number {
  const start = nowMs();
  work();
  return ((nowMs() - start) * 1e6) / operations;
}

export interface Pace {
  /** Nanoseconds an operation. */
  readonly p10: number;
  readonly median: number;
  /** How far the median lies above p10: 0.5 means that the machine was busy. */
  readonly spread: number;
}

export function paceOf(samples: readonly number[]): Pace {
  const sorted = [...samples].sort((one, other) => one - other);
  const p10 = sorted[Math.floor(sorted.length * 0.1)];
  const median = sorted[Math.floor(sorted.length * 0.5)];
  return { p10, median, spread: median / p10 - 1 };
}
