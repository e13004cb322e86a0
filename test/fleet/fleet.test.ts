// A fleet of processes that die, stand still and come back: what is collected is what one machine
// makes of the same cases. The long attacks are in test/deep/fleet.deep.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestFleet } from "../helper/fleet.ts";
import { hasServer, RedisServer } from "../helper/redis_server.ts";

const CASES = ["--seed", "5", "--cases", "600", "--bugs", "double-free", "--ops", "30"];
const SHARDS = ["--shard-cases", "50"];

describe.skipIf(!hasServer)("a fleet", () => {
  let server: RedisServer;
  const root = mkdtempSync(join(tmpdir(), "slabfuzz-fleet-test-"));
  const fleets: TestFleet[] = [];
  let alone: Awaited<ReturnType<TestFleet["alone"]>>;
  const newFleet = (prefix?: string): TestFleet => {
    const fleet = new TestFleet(server, prefix);
    fleets.push(fleet);
    return fleet;
  };

  beforeAll(async () => {
    server = await RedisServer.start();
    alone = await newFleet().alone(...CASES);
  });

  afterAll(async () => {
    for (const fleet of fleets) fleet.end();
    rmSync(root, { recursive: true });
    await server.end();
  });

  it("stores the same bytes as one machine, with a worker killed and one told to end", async () => {
    const fleet = newFleet();
    const campaign = await fleet.start(...CASES, ...SHARDS);
    const [killed, told, last] = [fleet.work(), fleet.work(), fleet.work()];
    while (!killed.said().includes("working on it")) await wait(20);
    killed.child.kill("SIGKILL");
    while (!told.said().includes("working on it")) await wait(20);
    told.child.kill("SIGTERM");
    expect((await told.ended).error).toContain("shards go back to the fleet");
    expect((await last.ended).code).toBe(0);
    expect(await fleet.collected(campaign)).toEqual(alone);
    const [{ done, failed, casesDone, shards }] = (await fleet.status()).campaigns;
    expect({ done, failed, casesDone, shards }).toEqual({
      done: 600 / 50,
      failed: [],
      casesDone: 600,
      shards: 600 / 50,
    });
  });

  it("has one campaign where it is started twice, and sees no other fleet's", async () => {
    const [one, other] = [newFleet(), newFleet()];
    const [first, second] = [await one.start(...CASES, ...SHARDS), await one.start(...CASES)];
    expect(second).toBe(first);
    await other.start(...CASES, "--shard-cases", "100");
    const shards = (fleet: { campaigns: readonly Record<string, unknown>[] }) =>
      fleet.campaigns.map((campaign) => campaign["shards"]);
    expect(shards(await one.status())).toEqual([600 / 50]);
    expect(shards(await other.status())).toEqual([600 / 100]);
  });

  it("ends with exit code 3 where a shard failed, and with 0 once it is done", async () => {
    const fleet = newFleet();
    const campaign = await fleet.start(...CASES, ...SHARDS);
    const client = server.client();
    const parts = `${fleet.prefix}:fleet:${campaign}:parts`;
    await client.hset(parts, "3", "nothing that was packed");
    const { code, error } = await fleet.work().ended;
    expect([code, error]).toEqual([3, expect.stringContaining("1 shard failed for good")]);
    expect(error).toContain("--requeue");
    const [{ failed, done }] = (await fleet.status()).campaigns;
    expect([done, failed]).toEqual([
      600 / 50 - 1,
      [{ job: "shard-3", shard: 3, reason: expect.stringContaining("shard 3: is damaged") }],
    ]);
    await client.hdel(parts, "3");
    client.disconnect();
    await fleet.status("--requeue");
    expect((await fleet.work().ended).code).toBe(0);
    expect((await fleet.status()).campaigns).toMatchObject([{ done: 600 / 50, failed: [] }]);
  });
});
