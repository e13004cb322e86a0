// How times are taken. All contenders of a group take turns, one short round each, in one run: what
// disturbs one of them disturbs its neighbours, too, and ratios between them mean something. The
// figure is the time below which a tenth of the rounds lie (p10), which other work on the machine
// reaches least.
import { nowMs } from "../src/base/clock.ts";

export interface Contender {
  readonly name: string;
  /** Plays one round and returns the nanoseconds of one operation. */
  round(): number;
}

export interface Measured {
  readonly name: string;
  /** Nanoseconds an operation. */
  readonly p10: number;
  /** How far the median lies above p10: 0.5 means that the machine was busy. */
  readonly spread: number;
}

/** However little time there is. */
const ROUNDS_MIN = 30;

/** Lets all contenders of a group take turns for so long. */
export function measure(contenders: readonly Contender[], timeMs: number): Measured[] {
  warmUp(contenders, timeMs / 5);
  const samples = contenders.map((): number[] => []);
  const end = nowMs() + timeMs * contenders.length;
  for (let round = 0; round < ROUNDS_MIN || nowMs() < end; round++) {
    for (let i = 0; i < contenders.length; i++) samples[i].push(contenders[i].round());
  }
  return contenders.map(({ name }, i) => summarise(name, samples[i]));
}

/** V8 compiles what is hot in the background; until it has, rounds do not count. */
function warmUp(contenders: readonly Contender[], timeMs: number): void {
  const end = nowMs() + timeMs * contenders.length;
  for (let round = 0; round < ROUNDS_MIN || nowMs() < end; round++) {
    for (const contender of contenders) contender.round();
  }
}

function summarise(name: string, samples: number[]): Measured {
  samples.sort((one, other) => one - other);
  const p10 = samples[Math.floor(samples.length * 0.1)];
  const median = samples[Math.floor(samples.length * 0.5)];
  return { name, p10, spread: median / p10 - 1 };
}

/** The time of a piece of work, in nanoseconds for each of its operations. */
export function timed(operations: number, work: () => void): number {
  const start = performance.now();
  work();
  return ((performance.now() - start) * 1e6) / operations;
}
