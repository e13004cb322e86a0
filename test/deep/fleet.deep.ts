// A fleet under attack: workers that are killed a hundred times or stand still past their lease, a
// server that is killed, cut off or full, jobs that are delivered twice. What is collected in the
// end are the bytes that one machine makes of the same cases.
import type { ChildProcess } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { Queue } from "bullmq";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  vi,
} from "vitest";
import { BucketServer } from "../helper/bucket_server.ts";
import { CutProxy } from "../helper/cut_proxy.ts";
import { TestFleet } from "../helper/fleet.ts";
import type { Running } from "../helper/process.ts";
import { hasServer, RedisServer } from "../helper/redis_server.ts";

const KILLS = 100;
const CASES = ["--seed", "11", "--cases", "60000", "--bugs", "double-free,bit-flip", "--ops", "60"];
const SHARDS = ["--shard-cases", "1000"];
/** So many that a hundred workers, which live for a second or two each, have work. */
const LONG = ["--seed", "12", "--cases", "1500000", "--bugs", "none", "--ops", "60"];

type Files = Readonly<Record<string, string>>;

describe.skipIf(!hasServer)("a fleet under attack", () => {
  let server: RedisServer;
  let fleet: TestFleet;
  let alone: Files;

  beforeAll(async () => {
    server = await RedisServer.start();
    const reference = new TestFleet(server);
    alone = await reference.alone(...CASES);
    reference.end();
  });

  beforeEach(() => {
    fleet = new TestFleet(server);
  });

  afterEach(() => fleet.end());

  afterAll(() => server.end());

  /** Waits until a worker is at a shard. */
  async function atWork(worker: Running): Promise<void> {
    while (!worker.said().includes("working on it")) await wait(50);
    await wait(500);
  }

  async function expectSameBytes(campaign: string): Promise<void> {
    const collected = await fleet.collected(campaign);
    expect(Object.keys(collected)).toEqual(Object.keys(alone));
    for (const [name, text] of Object.entries(alone))
      expect([name, collected[name]]).toEqual([name, text]);
  }

  it(`survives ${KILLS} SIGKILLs of workers at random moments`, async () => {
    const campaign = await fleet.start(...LONG, "--shard-cases", "15000");
    for (let kills = 0; kills < KILLS; kills++) {
      const worker = fleet.work();
      await Promise.race([atWork(worker), worker.ended]);
      await wait(Math.random() * 1500);
      worker.child.kill("SIGKILL");
      await worker.ended;
    }
    const [{ done }] = (await fleet.status()).campaigns;
    console.log(`${done} shards were done at the last kill`);
    expect((await fleet.work().ended).code).toBe(0);
    expect((await fleet.status()).campaigns).toMatchObject([{ failed: [] }]);
    expect(await fleet.collected(campaign)).toEqual(await fleet.alone(...LONG));
  });

  it("counts a shard once whose worker stood still past its lease and went on", async () => {
    const campaign = await fleet.start(...CASES, ...SHARDS);
    const still = fleet.work();
    await atWork(still);
    still.child.kill("SIGSTOP");
    expect((await fleet.work().ended).code).toBe(0);
    still.child.kill("SIGCONT");
    expect((await still.ended).code).toBe(0);
    await expectSameBytes(campaign);
  });

  it("goes on after its server was killed and started again, three times", async () => {
    const campaign = await fleet.start(...CASES, ...SHARDS);
    const workers = [fleet.work(), fleet.work()];
    for (let times = 0; times < 3; times++) {
      await Promise.all(workers.map(atWork));
      await server.kill();
      await wait(1000);
      await server.startAgain();
    }
    const ends = await Promise.all(workers.map(({ ended }) => ended));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect(ends[0].error).toContain("is away; waiting for it");
    await expectSameBytes(campaign);
  });

  it("waits for a server that is away, and ends with exit code 3 after its patience", async () => {
    const campaign = await fleet.start(...CASES, ...SHARDS);
    const [patient, hasty] = [fleet.work(), fleet.work(undefined, "--patience", "2s")];
    await Promise.all([patient, hasty].map(atWork));
    await server.kill();
    const { code, error } = await hasty.ended;
    expect([code, error]).toEqual([3, expect.stringContaining("was away for 2 s")]);
    await server.startAgain();
    expect((await patient.ended).code).toBe(0);
    await expectSameBytes(campaign);
  });

  it("goes on after its connection was cut for a minute, three shards under way", async () => {
    const proxy = await CutProxy.before(server.port);
    const far = new TestFleet({ url: proxy.url }, fleet.prefix);
    const campaign = await fleet.start(...CASES, ...SHARDS);
    const workers = [far.work(), far.work(), far.work()];
    await Promise.all(workers.map(atWork));
    await proxy.cut();
    await wait(60_000);
    expect(workers.map(({ child }) => child.exitCode)).toEqual([null, null, null]);
    await proxy.mend();
    for (const { ended } of workers) {
      const { code, error } = await ended;
      expect([code, error]).toEqual([0, expect.stringContaining("is away; waiting for it")]);
      expect(error).toContain("is back");
    }
    await proxy.cut();
    far.end();
    await expectSameBytes(campaign);
  });

  it("waits for a server that is full, says why, and loses nothing", async () => {
    const campaign = await fleet.start(...CASES, ...SHARDS);
    const worker = fleet.work();
    await atWork(worker);
    const client = server.client();
    await client.config("SET", "maxmemory", "1mb");
    while (!worker.said().includes("has no memory left")) await wait(50);
    await wait(3000);
    await client.config("SET", "maxmemory", "0");
    client.disconnect();
    expect((await worker.ended).code).toBe(0);
    await expectSameBytes(campaign);
  });

  it("counts shards once that are delivered twice, in any order", async () => {
    const campaign = await fleet.start(...CASES, ...SHARDS);
    const { port } = server;
    const queue = new Queue(campaign, { connection: { port }, prefix: fleet.prefix });
    const shards = Array.from({ length: 2 * 60 }, (_, i) => (37 * i) % 60);
    await queue.addBulk(
      shards.map((shard, i) => ({
        name: "shard",
        data: { kind: "shard", shard },
        opts: { jobId: `again-${i}`, removeOnComplete: true },
      })),
    );
    const workers = [fleet.work(), fleet.work()];
    for (const { ended } of workers) expect((await ended).code).toBe(0);
    await queue.close();
    await expectSameBytes(campaign);
  });

  it("sets a case aside with which alone three workers died, and does all others", async () => {
    const words = ["--seed", "3", "--cases", "120", "--bugs", "none", "--ops", "20"];
    const campaign = await fleet.start(...words, "--shard-cases", "60");
    const killer = new URL("../fleet/killer.js", import.meta.url).href;
    let deaths = 0;
    for (; (await fleet.work(killer).ended).code !== 0; deaths++) expect(deaths).toBeLessThan(5);
    // One with a batch that has the case, and three with the case alone.
    expect(deaths).toBe(1 + 3);
    const summary = JSON.parse((await fleet.collected(campaign))["/summary.json"]);
    expect(summary.findings).toMatchObject([{ case: 77, count: 1, verdict: "invariant" }]);
    expect(summary.findings[0].signature).toContain("worker-died");
    expect([summary.cases, summary.verdicts.none.ok]).toEqual([120, 120 - 1]);
  });

  it("stores the same bytes where a bucket has its results", async () => {
    const bucket = await BucketServer.start();
    onTestFinished(() => {
      bucket.end();
      vi.unstubAllEnvs();
    });
    for (const [name, value] of Object.entries(bucket.environment)) vi.stubEnv(name, value);
    const campaign = await fleet.start(...CASES, ...SHARDS);
    const store = ["--store", "s3://results/of"];
    expect((await fleet.work(undefined, ...store, "--store-from", "1").ended).code).toBe(0);
    const client = server.client();
    const results = await client.hvals(`${fleet.prefix}:fleet:${campaign}:results`);
    client.disconnect();
    const references = results.filter((result) => /^object [0-9a-f]{64} \d+$/.test(result));
    expect(references).toHaveLength(60_000 / 1000);
    await expect(fleet.collected(campaign)).rejects.toThrow("lies in a store: say --store");
    expect(await fleet.collected(campaign, ...store)).toEqual(alone);
  });

  it("ends within ten seconds of SIGTERM, and at once at the second one", async () => {
    await fleet.start(...CASES, ...SHARDS);
    const endOf = async ({ child, ended }: Running, signals: number): Promise<number> => {
      const start = performance.now();
      for (let i = 0; i < signals; i++) {
        (child as ChildProcess).kill("SIGTERM");
        await wait(20);
      }
      await ended;
      return performance.now() - start;
    };
    const [one, two] = [fleet.work(), fleet.work()];
    await Promise.all([one, two].map(atWork));
    const [patientMs, hastyMs] = [await endOf(one, 1), await endOf(two, 2)];
    console.log(`after one signal: ${Math.round(patientMs)} ms, after two: ${Math.round(hastyMs)}`);
    expect((await one.ended).error).not.toContain("ended before the result was complete");
  });
});
