// What counts against a worker, with clocks that the tests turn.
import { describe, expect, it } from "vitest";
import { cpuMsOfThread, ownThread, WorkerClock } from "../../src/pool/cpu_time.ts";
import { Watchdog } from "../../src/pool/watched_worker.ts";

const PERIOD_MS = 100;

/** Clocks that stand where they are put. */
function turned(threadMs: number | undefined, busyWorkers = 1) {
  const at = { wallMs: 0, processMs: 0, threadMs };
  const clock = new WorkerClock({
    wallMs: () => at.wallMs,
    processMs: () => at.processMs,
    threadMs: () => at.threadMs,
    busyWorkers: () => busyWorkers,
  });
  return { at, clock };
}

describe("the clock of a worker", () => {
  it("counts the CPU time of its thread, whatever else the process does", () => {
    const { at, clock } = turned(50);
    Object.assign(at, { wallMs: 100, processMs: 200, threadMs: 80 });
    expect(clock.elapsed(PERIOD_MS)).toEqual({ cpuMs: 30, wallMs: 100 });
  });

  it("counts a share of the process's CPU time where no thread's is known", () => {
    const { at, clock } = turned(undefined, 4);
    Object.assign(at, { wallMs: 100, processMs: 200 });
    expect(clock.elapsed(PERIOD_MS).cpuMs).toBe(50);
  });

  it("counts at most the elapsed time of that share", () => {
    const { at, clock } = turned(undefined);
    Object.assign(at, { wallMs: 100, processMs: 200 });
    expect(clock.elapsed(PERIOD_MS).cpuMs).toBe(100);
  });

  it("does not count the time by which a look comes late", () => {
    const { at, clock } = turned(undefined);
    Object.assign(at, { wallMs: 60_000, processMs: 10 });
    expect(clock.elapsed(PERIOD_MS)).toEqual({ cpuMs: 10, wallMs: PERIOD_MS });
  });
});

describe("a watchdog", () => {
  const LIMITS = { cpuMs: 300, stillMs: 500 };
  const runs = { cpuMs: 100, wallMs: 100 };
  const stands = { cpuMs: 0, wallMs: 100 };
  /** What it says of looks in their order: each is a count of beats and what elapsed. */
  const saysOf = (looks: readonly (readonly [number, typeof runs])[]) => {
    const watchdog = new Watchdog(0);
    return looks.map(([beats, elapsed]) => watchdog.look(beats, elapsed, LIMITS));
  };
  const times = (count: number, look: readonly [number, typeof runs]) => Array(count).fill(look);

  it("gives up a worker that takes more CPU time than its limit without a beat", () => {
    expect(saysOf(times(4, [0, runs]))).toEqual([undefined, undefined, undefined, "cpu"]);
  });

  it("counts anew with each beat", () => {
    expect(saysOf([...times(3, [0, runs]), ...times(3, [1, runs])]).at(-1)).toBeUndefined();
  });

  it("gives up a worker that stands still for too long", () => {
    expect(saysOf(times(6, [0, stands])).at(-1)).toBe("still");
  });

  it("counts standing still anew when the worker gets to run", () => {
    const looks = [...times(5, [0, stands]), [0, runs] as const, ...times(5, [0, stands])];
    expect(saysOf(looks).at(-1)).toBeUndefined();
  });
});

describe("the CPU time of a thread", () => {
  it("grows while the thread works, where the system tells it", () => {
    const before = cpuMsOfThread(ownThread());
    const end = performance.now() + 100;
    while (performance.now() < end);
    const now = cpuMsOfThread(ownThread());
    if (before === undefined || now === undefined) expect(process.platform).not.toBe("linux");
    else expect(now).toBeGreaterThanOrEqual(before);
  });

  it("is unknown for a thread that does not exist", () => {
    expect([cpuMsOfThread(0), cpuMsOfThread(2 ** 30)]).toEqual([undefined, undefined]);
  });
});
