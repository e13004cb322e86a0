// A thread's own account of the CPU time that it had.
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { processCpuMs } from "../../src/base/clock.ts";
import { cpuMsOfThread, ownCpuDeadline, ownThread } from "../../src/pool/cpu_time.ts";

const LIMIT_MS = 100;

function burn(ms: number): void {
  const endMs = processCpuMs() + ms;
  while (processCpuMs() < endMs);
}

describe("a deadline of CPU time", () => {
  it("is over once the thread has worked for so long", () => {
    const isOver = ownCpuDeadline(LIMIT_MS);
    expect(isOver()).toBe(false);
    for (let turns = 0; !isOver() && turns < 100; turns++) burn(LIMIT_MS);
    expect(isOver()).toBe(true);
  });

  it.skipIf(cpuMsOfThread(ownThread()) === undefined)("is not over after a sleep", async () => {
    const isOver = ownCpuDeadline(2 * LIMIT_MS);
    await sleep(4 * LIMIT_MS);
    expect(isOver()).toBe(false);
  });
});
