// A shard from where its last worker left it, and shards that failed for good.
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { identityOf } from "../../src/campaign/identity.ts";
import type { Part } from "../../src/campaign/part.ts";
import { failedCount, failedShards } from "../../src/fleet/feed.ts";
import { FleetIndex, type FleetLedger } from "../../src/fleet/ledger.ts";
import { runShard, type ShardWork } from "../../src/fleet/run_shard.ts";
import type { Finding } from "../../src/target/tally.ts";
import type { Target } from "../../src/target/target.ts";
import { targetFor } from "../../src/targets/targets.ts";
import { startWorkers } from "../../src/targets/workers.ts";
import { hasServer, RedisServer } from "../helper/redis_server.ts";

const CASES = 40;

describe.skipIf(!hasServer)("a shard", () => {
  let server: RedisServer;
  let redis: Redis;
  let target: Target;
  let ledgers = 0;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = server.client();
    target = await targetFor({ bugs: ["none"], seed: 5n, opCountMax: 20 });
  });

  afterAll(async () => {
    redis.disconnect();
    await server.end();
  });

  function newLedger(shardCases = CASES): FleetLedger {
    const limits = { cases: CASES, shardCases, timeoutMs: 10_000, node: 20, files: [] };
    return new FleetIndex(redis, `shard-${ledgers++}`).ledgerOf({
      ...identityOf(target),
      ...limits,
    });
  }

  /** Runs shard 0. */
  async function run(ledger: FleetLedger, how: Partial<ShardWork> = {}): Promise<void> {
    const pool = startWorkers(target.code, 1, 10_000);
    try {
      await runShard({
        ...{ ledger, target, pool, shard: 0, signal: new AbortController().signal },
        onFinding: async () => {},
        onCases: () => {},
        persist: (change) => change(),
        ...how,
      });
    } finally {
      await pool.close();
    }
  }

  /** Runs shard 0 and gives its result, and the findings on the way. */
  async function resultOf(ledger: FleetLedger): Promise<{ part: Part; found: Finding[] }> {
    const found: Finding[] = [];
    await run(ledger, { onFinding: async (finding) => void found.push(finding) });
    for await (const part of ledger.results()) return { part, found };
    throw new Error("there is no result");
  }

  it("counts a case once whose worker died after the case was stored", async () => {
    const whole = (await resultOf(newLedger())).part;
    const ledger = newLedger();
    const first = newLedger(10);
    await resultOf(first);
    for await (const part of first.results()) await ledger.savePart(0, part);
    // The third death with case 9 alone, which is done.
    await ledger.setMark(0, { first: 9, count: 1, deaths: 2 });
    const { part, found } = await resultOf(ledger);
    expect({ ...part, timeMs: 0 }).toEqual({ ...whole, timeMs: 0 });
    expect(found).toEqual([]);
  });

  it("sets the same case aside where it is not done", async () => {
    const ledger = newLedger();
    await ledger.setMark(0, { first: 9, count: 1, deaths: 2 });
    const { part, found } = await resultOf(ledger);
    expect(found.map(({ caseNumber, count }) => [caseNumber, count])).toEqual([[9, 1]]);
    expect(part.tally.cases).toBe(CASES);
  });

  it.each([
    ["once", (change: number) => change === 2],
    ["from then on", (change: number) => change >= 2],
  ])("fails with the reason where its second change cannot be made, %s", async (_, isRefused) => {
    const ledger = newLedger();
    // Five cases, each a batch of its own, of which the first is stored.
    await ledger.setMark(0, { first: 3, count: 5, deaths: 0 });
    let changes = 0;
    const persist: ShardWork["persist"] = async (change) => {
      if (isRefused(++changes)) throw new Error("the server is gone");
      return await change();
    };
    // A rejection that nobody hears of ends a process, and fails this test.
    await expect(run(ledger, { persist })).rejects.toThrow("the server is gone");
  });

  it("that is done is not among those that failed, though a job of it did", async () => {
    const ledger = newLedger(10);
    await resultOf(ledger);
    // Shard 1 twice, and one that the campaign does not have.
    const jobs = [0, 1, 1, 4, "1", undefined].map((shard) => {
      return { id: `shard-${shard}`, data: { kind: "shard", shard }, failedReason: "gone" };
    });
    const queue = {
      getJobs: async () => jobs,
      getJobCounts: async () => ({ failed: jobs.length }),
    } as unknown as Queue;
    expect(await failedShards(queue, ledger)).toEqual([
      { job: "shard-1", shard: 1, reason: "gone" },
    ]);
    expect(await failedCount(queue, ledger)).toBe(1);
  });
});
