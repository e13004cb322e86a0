// The second try of a case whose worker was lost, with a pool that loses chosen jobs.
import { describe, expect, it } from "vitest";
import { runCampaign } from "../../src/campaign/campaign.ts";
import type { LostJob } from "../../src/pool/job.ts";
import { Tally } from "../../src/target/tally.ts";
import type { Batch } from "../../src/targets/batch.ts";
import { targetFor } from "../../src/targets/targets.ts";
import type { TargetPool } from "../../src/targets/workers.ts";

const CULPRIT = 5;
const HUNG: LostJob = {
  ...{ kind: "lost", how: "hung", index: 0, reason: "it hung" },
  ...{ isConfirmed: false, stoodStill: false },
};
const STILL: LostJob = { ...HUNG, reason: "it slept 120000 ms", stoodStill: true };

/** A pool that loses case 5 in these ways, one after the other, and records the tries. */
function poolLosing(ways: readonly LostJob[]) {
  const left = [...ways];
  const tries: string[] = [];
  const run = (kind: string, { first, count }: Batch) => {
    const hasCulprit = first <= CULPRIT && CULPRIT < first + count;
    if (hasCulprit) tries.push(kind);
    const lost = hasCulprit ? left.shift() : undefined;
    if (lost !== undefined) return { ...lost, index: CULPRIT - first };
    const tally = { ...new Tally().data, cases: count, verdicts: { none: { ok: count } } };
    return { kind: "done", answer: { first, count, tally } };
  };
  const pool = {
    isClosed: false,
    tryOnce: async (_: string, batch: Batch) => run("beside others", batch),
    tryAgain: async (_: string, batch: Batch) => run("alone", batch),
    each: async <T>(take: () => T | undefined, work: (item: T) => Promise<void>) => {
      for (let item = take(); item !== undefined; item = take()) await work(item);
    },
  };
  return { pool: pool as unknown as TargetPool, tries };
}

async function resultOf(ways: readonly LostJob[]) {
  const target = await targetFor({ seed: 1n, bugs: ["none"] });
  const { pool, tries } = poolLosing(ways);
  const { tally } = await runCampaign(target, pool, { range: [0, 20] });
  const findings = tally.findings.map(({ signature }) => signature.text);
  return { tries, cases: tally.cases, findings };
}

describe("a case whose worker was lost", () => {
  it("is no finding when its second try succeeds", async () => {
    const { tries, cases, findings } = await resultOf([HUNG]);
    expect([tries, cases, findings]).toEqual([["beside others", "alone"], 20, []]);
  });

  it("is a finding when its second try fails", async () => {
    const { cases, findings } = await resultOf([HUNG, HUNG]);
    expect([cases, findings]).toEqual([20, ["none|-|-|invariant hung"]]);
  });

  it.each([1, 2, 4])(
    "and that stood still %d times is no finding when it is done in the end",
    async (times) => {
      const { tries, cases, findings } = await resultOf(Array(times).fill(STILL));
      expect([tries.length, cases, findings]).toEqual([times + 1, 20, []]);
    },
  );

  it("and that stood still and then hung is a finding", async () => {
    expect((await resultOf([STILL, HUNG])).findings).toEqual(["none|-|-|invariant hung"]);
  });

  it("and that stands still for ever ends the campaign in one sentence", async () => {
    await expect(resultOf(Array(9).fill(STILL))).rejects.toThrow(
      "case 5 could not be run: it slept 120000 ms",
    );
  });
});
