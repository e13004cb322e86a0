import { afterEach, describe, expect, it, vi } from "vitest";
import { RunClock } from "../../src/base/clock.ts";

afterEach(() => vi.useRealTimers());

/** A clock on a wall that the test turns. */
function turned() {
  vi.useFakeTimers();
  const wall = { ms: 1000 };
  const clock = new RunClock(() => wall.ms);
  /** Lets time go by in which the process runs: its timers do, too. */
  const run = (ms: number): void => {
    for (const end = wall.ms + ms; wall.ms < end; ) {
      wall.ms += 50;
      vi.advanceTimersByTime(50);
    }
  };
  return { wall, clock, run };
}

describe("a run clock", () => {
  it("counts the time in which its process runs, whether the clock is read or not", () => {
    const { clock, run } = turned();
    run(60_000);
    expect(clock.ms).toBe(60_000);
  });

  it("counts no more than a moment of a pause", () => {
    const { wall, clock, run } = turned();
    run(1000);
    wall.ms += 120_000;
    run(1000);
    expect(clock.ms).toBeGreaterThanOrEqual(2000);
    expect(clock.ms).toBeLessThan(2500);
  });

  it("counts the time for which a busy machine keeps the process waiting", () => {
    const { wall, clock, run } = turned();
    wall.ms += 1500;
    run(500);
    expect(clock.ms).toBe(2000);
  });

  it("takes no further look once it was stopped", () => {
    const { clock } = turned();
    clock.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
