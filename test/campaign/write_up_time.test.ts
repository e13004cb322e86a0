// Write-ups that share a time, with workers that only note what they are told.
import { describe, expect, it } from "vitest";
import { type FindingWriters, finishCampaign, writersIn } from "../../src/campaign/finish.ts";
import { fuzz } from "../../src/campaign/fuzz.ts";
import { identityOf } from "../../src/campaign/identity.ts";
import { moduleSignature } from "../../src/module/judge/verdict.ts";
import { type Finding, Tally } from "../../src/target/tally.ts";
import { targetFor } from "../../src/targets/targets.ts";
import type { DescribeRequest, TargetPool } from "../../src/targets/workers.ts";

const COUNT = 4;

function findingOf(caseNumber: number): Finding {
  const signature = moduleSignature("none", `m${caseNumber}`, "invariant", "corrupt");
  const example = { verdict: "invariant", class: "none", impact: "none" } as const;
  return { ...example, signature, caseNumber, count: COUNT - caseNumber, opCount: 1 };
}

/** Each job is done at once, or lost. */
async function writtenUp(writeUpMs: number | undefined, isLost = false) {
  const jobs: DescribeRequest[] = [];
  const limits: number[] = [];
  const target = await targetFor({ seed: 1n, bugs: ["none"] });
  const tally = new Tally();
  const findings = Array.from({ length: COUNT }, (_, number) => findingOf(number));
  tally.merge({ ...new Tally().data, findings });
  const writers: FindingWriters = {
    isClosed: false,
    map: async (items, work) => {
      const results = [];
      for (const [index, item] of items.entries()) results.push(await work(item, index));
      return results;
    },
    describe: async (job, limitMs) => {
      jobs.push(job);
      limits.push(limitMs);
      const lost = { kind: "lost", how: "hung", index: 0, reason: "", isConfirmed: false } as const;
      if (isLost) return { ...lost, stoodStill: false };
      const cause = { needs: [], operations: ["alloc b0 1"] };
      return { kind: "done", answer: { token: "made again", files: {}, isStable: true, cause } };
    },
  };
  const result = { tally, timeMs: 0 };
  const campaign = { target, identity: identityOf(target), result };
  const output = { store: undefined, onFolder: () => {}, onFailure: () => {}, writeUpMs };
  const summary = await finishCampaign(campaign, writers, output);
  return { jobs, limits, tokens: summary.findings.map(({ token }) => token), summary };
}

describe("write-ups with a time", () => {
  it("get equal shares of it, and what the ones before them left", async () => {
    const { jobs, limits } = await writtenUp(4000);
    expect(jobs.map(({ timeMs }) => timeMs)).toEqual(limits);
    expect(limits[0]).toBe(4000 / COUNT);
    // Those that are done at once leave nearly everything to the last one.
    for (const [index, limit] of limits.entries()) {
      expect(limit).toBeGreaterThanOrEqual(4000 / COUNT);
      expect(limit).toBeLessThanOrEqual(4000 / (COUNT - index));
    }
  });

  it("and that are lost have a token, and no smallest program", async () => {
    const { tokens, summary } = await writtenUp(4000, true);
    expect(tokens).not.toContain("made again");
    expect(summary.findings.map(({ shrunk }) => shrunk)).toEqual(Array(COUNT).fill(undefined));
    expect(summary.findings.every(({ stable }) => stable)).toBe(true);
  });
});

it("cases leave an eighth of a long time to write-ups, and nothing of a short one", async () => {
  const timeOf = async (wholeMs: number) => {
    const { start } = await fuzz({ seed: 1n, bugs: ["none"], cases: 1, wholeMs });
    return start.header.timeMs;
  };
  expect(await Promise.all([1000, 3000, 8000].map(timeOf))).toEqual([
    1000,
    3000 - (3000 / 4 - 500),
    8000 * (7 / 8),
  ]);
});

it("write-ups without a time have none, and are made again", async () => {
  const { jobs, tokens } = await writtenUp(undefined);
  expect(jobs.map(({ timeMs }) => timeMs)).toEqual(Array(COUNT).fill(undefined));
  expect(new Set(tokens)).toEqual(new Set(["made again"]));
});

it("a write-up that was lost is tried again only where there is no time for all", async () => {
  const tries: string[] = [];
  const pool = {
    run: async () => tries.push("twice"),
    tryOnce: async () => tries.push("once"),
  };
  const writers = writersIn(pool as unknown as TargetPool);
  const job = { finding: findingOf(0), shrinks: false };
  await writers.describe(job, 100);
  await writers.describe({ ...job, timeMs: 100 }, 100);
  expect(tries).toEqual(["twice", "once"]);
});
