// How fast a worker is: what it did over the last seconds.
import { nowMs } from "../base/clock.ts";

const WINDOW_MS = 10_000;

export class Pace {
  #entries: { readonly atMs: number; readonly cases: number; readonly operations: number }[] = [];
  readonly #startMs = nowMs();

  add(cases: number, operations: number): void {
    this.#entries.push({ atMs: nowMs(), cases, operations });
  }

  get casesPerSecond(): number {
    return this.#perSecond(({ cases }) => cases);
  }

  get operationsPerSecond(): number {
    return this.#perSecond(({ operations }) => operations);
  }

  #perSecond(value: (entry: { cases: number; operations: number }) => number): number {
    const now = nowMs();
    this.#entries = this.#entries.filter(({ atMs }) => now - atMs < WINDOW_MS);
    const ms = Math.min(WINDOW_MS, now - this.#startMs);
    const sum = this.#entries.reduce((total, entry) => total + value(entry), 0);
    return Math.round((1000 * sum) / Math.max(ms, 1));
  }
}
