// The only place that reads a clock. Nothing that a case does may depend on it; it limits campaigns
// and fills in dates that people read.

/** Milliseconds since some fixed point; never runs backwards. */
export function nowMs(): number {
  return performance.now();
}

/** How often a run clock looks, and how late it may come until no thread ran meanwhile. */
const LOOK_MS = 250;
const LATE_MS_MAX = 2000;

/**
 * Counts the time in which this process got to run. It looks again and again; where a look comes
 * late by seconds, the process was stopped, or the machine was, and that time does not count.
 */
export class RunClock {
  readonly #wallMs: () => number;
  readonly #timer: NodeJS.Timeout;
  #lookedMs: number;
  #ranMs = 0;

  constructor(wallMs = nowMs) {
    this.#wallMs = wallMs;
    this.#lookedMs = wallMs();
    this.#timer = setInterval(() => this.ms, LOOK_MS);
    this.#timer.unref();
  }

  /** Milliseconds since it was made. */
  get ms(): number {
    const now = this.#wallMs();
    const elapsedMs = now - this.#lookedMs;
    this.#lookedMs = now;
    this.#ranMs += elapsedMs > LATE_MS_MAX ? LOOK_MS : elapsedMs;
    return this.#ranMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** CPU time of all threads of this process, in milliseconds. */
export function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The day, as in 2027-03-01, by the clock of the prime meridian. */
export function today(): string {
  return daysFromToday(0);
}

/** The day so many days from now. */
export function daysFromToday(days: number): string {
  const DAY_MS = 86_400_000;
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, "2027-03-01".length);
}
