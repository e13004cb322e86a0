// How far a run is: programs done, how fast, how much longer, and what the last batch was.
import { nowMs } from "../../src/base/clock.ts";

export interface BatchReport {
  readonly done: number;
  readonly setup: string;
  readonly seconds: number;
  readonly differences: number;
}

export class Progress {
  readonly #total: number;
  readonly #started: number;

  constructor(total: number, started = nowMs()) {
    this.#total = total;
    this.#started = started;
  }

  /** One line about a batch that is over. */
  line({ done, setup, seconds, differences }: BatchReport, now = nowMs()): string {
    const elapsed = Math.max(now - this.#started, 1) / 1000;
    const left = ((this.#total - done) * elapsed) / Math.max(done, 1);
    const columns = [
      `${done}/${this.#total}`.padStart(2 * `${this.#total}`.length + 1),
      `${(done / elapsed).toFixed(1)}/s`.padStart(6),
      `${timeText(left)} left`.padStart(16),
      `${seconds.toFixed(1)} s`.padStart(7),
      setup,
    ];
    return columns.join("  ") + (differences === 0 ? "" : `: ${differences} differ`);
  }
}

/** Two figures are enough. */
export function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
