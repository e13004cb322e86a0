// What lies in Redis: it counts once, in any order, and nothing of it is believed unseen.

import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Part } from "../../src/campaign/part.ts";
import { FleetIndex, type FleetLedger } from "../../src/fleet/ledger.ts";
import { packed } from "../../src/fleet/packing.ts";
import {
  campaignName,
  type FleetCampaign,
  shardCount,
  shardRange,
} from "../../src/fleet/record.ts";
import { hasServer, RedisServer } from "../helper/redis_server.ts";

const CAMPAIGN: FleetCampaign = {
  campaign: "sf1:anything",
  driver: "0123abcd",
  cases: 250,
  shardCases: 100,
  timeoutMs: 10_000,
  node: 20,
  files: [],
};

/** A part in which no case showed anything. */
function quietPart(first: number, end: number, digestLow = 0): Part {
  const cases = end - first;
  const verdicts = { none: { ok: cases } };
  const tally = { cases, operations: 2 * cases, digestHigh: 0, digestLow, verdicts, findings: [] };
  return { ranges: [[first, end]], timeMs: 1, tally };
}

it("a campaign's last shard has what is left of its cases", () => {
  const ranges = [0, 1, 2].map((shard) => shardRange(CAMPAIGN, shard));
  expect(shardCount(CAMPAIGN)).toBe(3);
  expect(ranges).toEqual([
    [0, 100],
    [100, 200],
    [200, 250],
  ]);
});

describe.skipIf(!hasServer)("the ledger of a campaign", () => {
  let server: RedisServer;
  let redis: Redis;
  let index: FleetIndex;
  let ledger: FleetLedger;
  const key = (kind: string) => `test:fleet:${campaignName(CAMPAIGN)}:${kind}`;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = server.client();
  });

  beforeEach(async () => {
    await redis.flushall();
    index = new FleetIndex(redis, "test");
    await index.add(CAMPAIGN);
    ledger = index.ledgerOf(CAMPAIGN);
  });

  afterAll(async () => {
    redis.disconnect();
    await server.end();
  });

  async function results(): Promise<readonly Part[]> {
    const parts: Part[] = [];
    for await (const part of ledger.results()) parts.push(part);
    return parts;
  }

  it("takes each shard's first result, in any order, and drops a late one", async () => {
    const [first, second, late] = [quietPart(0, 100), quietPart(100, 200), quietPart(0, 100, 7)];
    expect(await ledger.settle(1, second)).toBe(true);
    expect(await ledger.settle(0, first)).toBe(true);
    expect(await ledger.settle(0, late)).toBe(false);
    expect(await results()).toEqual([first, second]);
    expect(await ledger.totals()).toEqual({ cases: 200, operations: 2 * 200 });
    expect(await ledger.missing(3, 10)).toEqual([2]);
  });

  it("lets one worker at a time put shards into the queue", async () => {
    let fed = 0;
    const feed = () =>
      ledger.feeding(async () => {
        fed++;
        await redis.ping();
      });
    await Promise.all([feed(), feed(), feed()]);
    expect(fed).toBe(1);
    await feed();
    expect(fed).toBe(2);
  });

  it("takes less than a KiB of memory for a shard without findings", async () => {
    const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info("memory"))![1]);
    const many = { ...CAMPAIGN, cases: 1e6 };
    const large = index.ledgerOf(many);
    const before = await used();
    for (let shard = 0; shard < 2000; shard++) {
      await large.settle(shard, quietPart(100 * shard, 100 * shard + 100, shard));
    }
    expect((await used()) - before).toBeLessThan(2000 * 1024);
  });

  it.each([
    ["bytes that are not packed", Buffer.from("hello"), /shard 0: is damaged/],
    ["text that is no journal line", packed("{}"), /shard 0: is damaged/],
    ["a bomb", packed("x".repeat(17 * 1024 * 1024)), /shard 0: is damaged, or larger/],
  ])("refuses %s as a result in one sentence", async (_, bytes, sentence) => {
    await redis.hset(key("results"), "0", bytes);
    await expect(results()).rejects.toThrow(sentence);
  });

  it("refuses a result with the cases of another shard", async () => {
    await ledger.settle(0, quietPart(100, 200));
    await expect(results()).rejects.toThrow("shard 0: has other cases than it should");
  });

  it("refuses a record that is none, and names the campaigns where one is missing", async () => {
    await redis.hset("test:fleet:campaigns", "0123456789ab", '{"version":1}');
    await expect(index.find("0123456789ab")).rejects.toThrow(
      "campaign 0123456789ab: campaign: is missing",
    );
    const known = `there are 0123456789ab ${campaignName(CAMPAIGN)}`.split(" ").slice(2);
    await expect(index.find("nothing")).rejects.toThrow(known.sort().join(" "));
  });
});
