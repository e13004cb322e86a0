import { describe, expect, it } from "vitest";
import { type FuzzRequest, fuzz } from "../../src/campaign/fuzz.ts";

const CAMPAIGN: FuzzRequest = {
  machine: { profile: "v6.1", slubDebug: "FZP" },
  seed: 7n,
  opCountMax: 60,
};

/** All of a campaign that does not depend on the clock. */
async function resultOf(request: FuzzRequest) {
  const { seconds: _, ...rest } = (await fuzz({ ...CAMPAIGN, ...request })).summary;
  return rest;
}

describe("a campaign", () => {
  it("gives the same result on one thread and on two", async () => {
    const alone = await resultOf({ cases: 200, jobs: 1 });
    expect(await resultOf({ cases: 200, jobs: 2 })).toEqual(alone);
    expect(alone.findings.length).toBeGreaterThan(10);
  });

  it("runs as many cases as it was told, and no more", async () => {
    const { summary, interrupted, isFinished, done } = await fuzz({
      ...CAMPAIGN,
      bugs: ["none"],
      cases: 333,
    });
    expect([summary.cases, interrupted, isFinished]).toEqual([333, false, true]);
    expect(done.ranges).toEqual([[0, 333]]);
  });

  it("ends when its time is up, and leaves out no case on the way", async () => {
    const { summary, done, isFinished } = await fuzz({ ...CAMPAIGN, timeMs: 300, jobs: 2 });
    expect(summary.seconds).toBeGreaterThanOrEqual(0.3);
    expect(done.ranges).toEqual([[0, summary.cases]]);
    expect([summary.cases > 0, isFinished]).toEqual([true, true]);
  });

  it("ends after the current batch when it is told to stop", async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const hooks = { signal: controller.signal, onProgress };
    const { summary, interrupted, isFinished } = await fuzz({
      ...CAMPAIGN,
      cases: 100_000,
      ...hooks,
    });
    expect([interrupted, isFinished]).toEqual([true, false]);
    expect(summary.cases).toBeGreaterThan(0);
    expect(summary.cases).toBeLessThan(1000);
  });

  it("gets the same result when it runs a finding again", async () => {
    const { findings } = await resultOf({ cases: 200 });
    expect(findings.length).toBeGreaterThan(10);
    expect(findings.filter(({ stable }) => !stable)).toEqual([]);
  });
});
