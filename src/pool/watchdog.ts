// When a worker counts as hung: it has used up the CPU time that it may take between two
// heartbeats, or it has stood still, without any CPU time at all, for so long that it will never go
// on.
import type { Elapsed } from "./cpu_time.ts";

export interface Limits {
  /** CPU time between two heartbeats. */
  readonly cpuMs: number;
  /** Time without CPU time, during which this process itself ran: the last resort. */
  readonly stillMs: number;
}

/** A worker that had less of the time that elapsed stood still. */
const STILL_SHARE = 0.01;

/** How a worker has used up its limits. */
export type Exceeded = "cpu" | "still";

/** Watches one job. */
export class Watchdog {
  #beats: number;
  #cpuMs = 0;
  #stillMs = 0;

  /** `beats`: how often the worker's heart has beaten before. */
  constructor(beats: number) {
    this.#beats = beats;
  }

  /** Looks at the worker; undefined while all is well. */
  look(beats: number, { cpuMs, wallMs }: Elapsed, limits: Limits): Exceeded | undefined {
    const isStill = cpuMs < STILL_SHARE * wallMs;
    const hasBeaten = beats !== this.#beats;
    this.#beats = beats;
    this.#stillMs = isStill && !hasBeaten ? this.#stillMs + wallMs : 0;
    this.#cpuMs = hasBeaten ? 0 : this.#cpuMs + cpuMs;
    if (this.#cpuMs > limits.cpuMs) return "cpu";
    return this.#stillMs > limits.stillMs ? "still" : undefined;
  }
}
