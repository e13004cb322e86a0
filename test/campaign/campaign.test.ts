import { describe, expect, it, vi } from "vitest";
import { runCampaign } from "../../src/campaign/campaign.ts";
import type { CampaignOptions } from "../../src/campaign/options.ts";
import { summarise } from "../../src/campaign/summarise.ts";
import { INJECTED_BUGS } from "../../src/gen/bug_names.ts";
import { DEFAULT_SHAPE } from "../../src/gen/options.ts";

vi.setConfig({ testTimeout: 60_000 });

const OPTIONS: CampaignOptions = {
  ...DEFAULT_SHAPE,
  target: "slub",
  machine: { profile: "v6.1", slubDebug: "FZP" },
  bugs: INJECTED_BUGS,
  seed: 7n,
  opCountMax: 60,
};

/** All of a campaign that does not depend on the clock. */
async function runOf(jobs: number, cases: number) {
  const { tally } = await runCampaign(OPTIONS, { cases, jobs });
  const { digest, operations, findings } = summarise(
    OPTIONS,
    { tally, timeMs: 0, interrupted: false },
    undefined,
  );
  return { digest, operations, findings };
}

describe("a campaign", () => {
  it("gives the same result on one thread and on two", async () => {
    const alone = await runOf(1, 1200);
    expect(await runOf(2, 1200)).toEqual(alone);
    expect(alone.findings.length).toBeGreaterThan(20);
  });

  it("runs as many cases as it was told, and no more", async () => {
    const { tally, interrupted } = await runCampaign(OPTIONS, { cases: 333, jobs: 1 });
    expect([tally.cases, interrupted]).toEqual([333, false]);
  });

  it("ends when its time is up", async () => {
    const { tally, timeMs } = await runCampaign(OPTIONS, { timeMs: 50, jobs: 1 });
    expect(timeMs).toBeGreaterThanOrEqual(50);
    expect(tally.cases).toBeGreaterThan(0);
  });

  it("ends after the batch at hand when it is told to stop", async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const hooks = { signal: controller.signal, onProgress };
    const { tally, interrupted } = await runCampaign(OPTIONS, { cases: 100_000, jobs: 1 }, hooks);
    expect([tally.cases, interrupted]).toEqual([250, true]);
  });
});
