// What a fleet costs, and what its server carries. It starts a server of its own on loopback.
//
//   npx tsx bench/fleet.ts [--cases N] [--shards N]
//
// 1. Two workers beside `fuzz --jobs 2`: whole processes by turns, A B A B, on the same cases.
// 2. A fleet of a thousand workers, simulated: results of shards are recorded once and handed in
//    under other numbers, without fuzzing; then they are collected.
import "../src/targets/core_files.ts";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import type { Part } from "../src/campaign/part.ts";
import { FleetIndex } from "../src/fleet/ledger.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "400000" },
    shards: { type: "string", default: "100000" },
  },
});
const PORT = 7411;
const ROUNDS = 3;
const URL = `redis://127.0.0.1:${PORT}`;
const COMMAND = join(import.meta.dirname, "../bin/slabfuzz.js");
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-bench-fleet-"));

function slabfuzz(...words: readonly string[]): void {
  execFileSync(process.execPath, [COMMAND, ...words], { stdio: ["ignore", "ignore", "ignore"] });
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** Cases without a mistake: what is measured is running cases, not writing findings up. */
async function overhead(): Promise<void> {
  const campaign = (seed: number) => [
    ...["--seed", String(seed), "--cases", values.cases, "--bugs", "none", "--ops", "200"],
    ...["--slub-debug", "FZPU"],
  ];
  const times: { fuzz: number; fleet: number }[] = [];
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const out = join(folder, `fuzz-${seed}`);
    const fuzz = seconds(() => slabfuzz("fuzz", ...campaign(seed), "--jobs", "2", "--out", out));
    slabfuzz("fleet", "start", "--redis", URL, ...campaign(seed), "--shard-cases", "20000");
    const worker = ["fleet", "work", "--redis", URL, "--until-done"];
    const start = performance.now();
    const workers = [1, 2].map(() =>
      spawn(process.execPath, [COMMAND, ...worker], { stdio: "ignore" }),
    );
    await Promise.all(workers.map((child) => once(child, "close")));
    times.push({ fuzz, fleet: (performance.now() - start) / 1000 });
  }
  for (const { fuzz, fleet } of times) {
    console.log(
      `fuzz --jobs 2 ${fuzz.toFixed(1)} s, two workers ${fleet.toFixed(1)} s: ` +
        `${(fuzz / fleet).toFixed(3)} of its cases a second`,
    );
  }
  const ratios = times.map(({ fuzz, fleet }) => fuzz / fleet).sort((a, b) => a - b);
  console.log(`median ${ratios[ROUNDS >> 1].toFixed(3)} (wanted: at least 0.93)`);
}

async function manyShards(): Promise<void> {
  const shards = Number(values.shards);
  const redis = new Redis(PORT, "127.0.0.1");
  await redis.flushall();
  const index = new FleetIndex(redis, "slabfuzz");
  slabfuzz(
    "fleet",
    "start",
    "--redis",
    URL,
    "--seed",
    "1",
    "--cases",
    "1000",
    "--shard-cases",
    "1000",
    "--bugs",
    "none",
  );
  const [name] = await index.names();
  const { campaign, driver, timeoutMs } = await index.find(name);
  const large = { campaign, driver, timeoutMs, cases: 1000 * shards, shardCases: 1000 };
  await redis.flushall();
  await index.add(large);
  const ledger = index.ledgerOf(large);
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info("memory"))![1]);
  const before = await used();
  const start = performance.now();
  const AT_ONCE = 1000; // workers that hand in at the same time
  for (let first = 0; first < shards; first += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, shards - first) }, (_, i) => first + i);
    await Promise.all(numbers.map((shard) => ledger.settle(shard, resultOf(shard))));
  }
  const ms = performance.now() - start;
  const bytes = ((await used()) - before) / shards;
  console.log(
    `server: ${shards} results in ${(ms / 1000).toFixed(1)} s, ` +
      `${((1000 * shards) / ms).toFixed(0)} shards/s (wanted: 50), ` +
      `${bytes.toFixed(0)} bytes a shard (wanted: below 1024)`,
  );
  const out = join(folder, "collected");
  const words = [COMMAND, "fleet", "collect", "--redis", URL, "--out", out];
  const collected = spawnSync("/usr/bin/time", ["-f", "%e s, %M KiB", process.execPath, ...words], {
    encoding: "utf8",
  });
  console.log(`collect: ${collected.stderr.trim().split("\n").at(-1)} (wanted: below 512 MiB)`);
  redis.disconnect();
}

/** What a worker would hand in of a shard that showed nothing. */
function resultOf(shard: number): Part {
  const [first, end] = [1000 * shard, 1000 * shard + 1000];
  const digest = Math.imul(shard + 1, 0x9e3779b1) >>> 0;
  const tally = {
    ...{ cases: 1000, operations: 98_765, digestHigh: digest, digestLow: ~digest >>> 0 },
    verdicts: { none: { ok: 1000 } },
    findings: [],
  };
  return { ranges: [[first, end]], timeMs: 20_000, tally };
}

const server = spawn(
  "redis-server",
  [
    "--port",
    String(PORT),
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--save",
    "",
    "--appendonly",
    "yes",
  ],
  { stdio: "ignore" },
);
try {
  await wait(1000);
  await manyShards();
  await overhead();
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
