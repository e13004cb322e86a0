// What a fleet costs, and what its server carries. It starts a server of its own on loopback.
//
//   npx tsx bench/fleet.ts [--cases N] [--shards N] [--rounds N] [--short] [--write]
//
// 1. Two workers beside `fuzz --jobs 2`: whole processes by turns, A B A B, on the same cases.
// 2. A fleet of a thousand workers, simulated: the results of a few shards are recorded once, and
//    handed in under other numbers without fuzzing, through the queue as workers do it; then they
//    are collected.
//
// --short has numbers that show that it runs, and nothing else. --write puts the table into
// docs/fleet.md.
import "../src/targets/core_files.ts";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { today } from "../src/base/clock.ts";
import { counted } from "../src/base/count_text.ts";
import type { Part } from "../src/campaign/part.ts";
import { hostLine } from "../src/cli/commands/bench.ts";
import { feed } from "../src/fleet/feed.ts";
import { FleetIndex, type FleetLedger } from "../src/fleet/ledger.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string" },
    shards: { type: "string" },
    rounds: { type: "string" },
    short: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const usual = values.short
  ? { cases: 20_000, shards: 2000, rounds: 1 }
  : { cases: 1_200_000, shards: 100_000, rounds: 3 };
const CASES = Number(values.cases ?? usual.cases);
const SHARDS = Number(values.shards ?? usual.shards);
const ROUNDS = Number(values.rounds ?? usual.rounds);

const PORT = 20_000 + (process.pid % 10_000);
const SERVER = ["--redis", `redis://127.0.0.1:${PORT}`];
const COMMAND = join(import.meta.dirname, "../bin/slabfuzz.js");
const PROBE = join(import.meta.dirname, "../test/helper/usage_probe.mjs");
const PAGE = join(import.meta.dirname, "../docs/fleet.md");
const BEGIN = "<!-- sizes: npx tsx bench/fleet.ts --write -->";
const END = "<!-- end of sizes -->";
const MIB = 1 << 20;

/** Workers that have a shard at the same time. */
const WORKERS = 1000;
const SHARD_CASES = 1000;
/** Shards that are recorded, and handed in again and again. */
const RECORDED = 4;
const PROGRAMS = ["--ops", "200", "--slub-debug", "FZPU"];

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-bench-fleet-"));
let prefixes = 0;

function slabfuzz(...words: readonly string[]): void {
  execFileSync(process.execPath, [COMMAND, ...words], { stdio: ["ignore", "ignore", "inherit"] });
}

function newFleet(): { readonly prefix: string; readonly words: readonly string[] } {
  const prefix = `bench-${prefixes++}`;
  return { prefix, words: [...SERVER, "--prefix", prefix] };
}

async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[numbers.length >> 1];
}

/** A row of the table: what was measured, what came of it, and what was wanted. */
type Row = readonly [what: string, measured: string, wanted: string];

/** Cases without a mistake: what is measured is running cases, not writing findings up. */
async function overhead(): Promise<readonly Row[]> {
  const ratios: number[] = [];
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const campaign = ["--seed", `${seed}`, "--cases", `${CASES}`, "--bugs", "none", ...PROGRAMS];
    const out = join(folder, `fuzz-${seed}`);
    const fuzz = await seconds(() => slabfuzz("fuzz", ...campaign, "--jobs", "2", "--out", out));
    const { words } = newFleet();
    slabfuzz("fleet", "start", ...words, ...campaign, "--shard-cases", "10000");
    const fleet = await seconds(() => Promise.all([workerOf(words), workerOf(words)]));
    console.log(
      `fuzz --jobs 2: ${(CASES / fuzz).toFixed(0)} cases/s, two workers: ` +
        `${(CASES / fleet).toFixed(0)} cases/s, ${(fuzz / fleet).toFixed(3)} of it`,
    );
    ratios.push(fuzz / fleet);
  }
  const spread = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
  const what = `${counted(ROUNDS, "round")} of ${CASES} cases`;
  const measured = `${median(ratios).toFixed(3)} (${spread}, ${what})`;
  return [["two workers beside `fuzz --jobs 2`, cases a second", measured, "0.93 or more"]];
}

/** A worker of its own, from its start to its end. */
async function workerOf(words: readonly string[]): Promise<void> {
  const all = [COMMAND, "fleet", "work", ...words, "--until-done"];
  const [code] = await once(spawn(process.execPath, all, { stdio: "ignore" }), "close");
  if (code !== 0) throw new Error(`a worker ended with ${code}`);
}

interface Recording {
  readonly ledger: FleetLedger;
  readonly prefix: string;
  readonly parts: readonly Part[];
}

/** What a worker hands in of a few shards, and a larger campaign of the same kind. */
async function recorded(redis: Redis, bugs: string, shards: number): Promise<Recording> {
  const { prefix, words } = newFleet();
  const cases = ["--seed", "1", "--cases", `${RECORDED * SHARD_CASES}`, "--bugs", bugs];
  slabfuzz("fleet", "start", ...words, ...cases, ...PROGRAMS, "--shard-cases", `${SHARD_CASES}`);
  await workerOf(words);
  const small = new FleetIndex(redis, prefix);
  const [name] = await small.names();
  const campaign = await small.find(name);
  const parts: Part[] = [];
  for await (const part of small.ledgerOf(campaign).results()) parts.push(part);
  const large = newFleet();
  const index = new FleetIndex(redis, large.prefix);
  const asked = { ...campaign, cases: shards * SHARD_CASES };
  await index.add(asked);
  return { ledger: index.ledgerOf(asked), prefix: large.prefix, parts };
}

/** A recorded result, as if another shard had come to it. */
function resultOf(shard: number, parts: readonly Part[]): Part {
  const { timeMs, tally, ranges } = parts[shard % parts.length];
  const first = shard * SHARD_CASES;
  const shift = first - ranges[0][0];
  const findings = tally.findings.map((finding) => {
    return { ...finding, caseNumber: finding.caseNumber + shift };
  });
  // Another digest, as no two shards have the same.
  const digestLow = (tally.digestLow ^ Math.imul(shard + 1, 0x9e3779b1)) >>> 0;
  const moved = { ...tally, digestLow, findings };
  return { ranges: [[first, first + SHARD_CASES]], timeMs, tally: moved };
}

/** Hands all shards in, as a thousand workers would that need no time for a shard. */
async function handIn({ ledger, prefix, parts }: Recording): Promise<void> {
  const connection = { host: "127.0.0.1", port: PORT, maxRetriesPerRequest: null };
  const queue = new Queue(ledger.name, { connection, prefix });
  await feed(queue, ledger);
  const run = async ({ data: { shard } }: { data: { shard: number } }): Promise<void> => {
    await ledger.setMark(shard, { first: shard * SHARD_CASES, count: SHARD_CASES, deaths: 0 });
    await ledger.settle(shard, resultOf(shard, parts));
    await feed(queue, ledger);
  };
  const worker = new Worker(ledger.name, run, { connection, prefix, concurrency: WORKERS });
  while ((await ledger.doneCount()) < ledger.shards) await once(worker, "completed");
  await worker.close();
  await queue.close();
}

interface Many {
  readonly what: string;
  readonly bugs: string;
  readonly shards: number;
}

/** Targets are for shards without findings: what findings come to depends on how many there are. */
async function manyShards({ what, bugs, shards }: Many): Promise<readonly Row[]> {
  const redis = new Redis(PORT, "127.0.0.1");
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info("memory"))![1]);
  const recording = await recorded(redis, bugs, shards);
  const before = await used();
  const time = await seconds(() => handIn(recording));
  const bytes = ((await used()) - before) / shards;
  redis.disconnect();
  const rate = (shards / time).toFixed(0);
  const collected = collect(recording);
  const wantedBytes = bugs === "none" ? "below 1024" : "";
  const million = ((bytes * 1e6) / MIB).toFixed(0);
  const rows: readonly Row[] = [
    [`${what}: shards a second, by the queue into the server`, rate, "50 or more"],
    [`${what}: bytes of the server's memory for a shard`, bytes.toFixed(0), wantedBytes],
    [`${what}: the same for 10^6 shards`, `${million} MiB`, ""],
    [`${what}: seconds of \`collect\`, write-ups included`, collected.time.toFixed(0), ""],
    [`${what}: memory of \`collect\``, `${collected.mib.toFixed(0)} MiB`, "below 512 MiB"],
  ];
  if (bugs !== "none") return rows;
  const read = (shards / collected.time).toFixed(0);
  return [...rows, [`${what}: shards a second that \`collect\` reads`, read, "50 or more"]];
}

/** The command, with what its process needed in the end. */
function collect({ prefix }: Recording): { readonly time: number; readonly mib: number } {
  const out = join(folder, `collected-${prefix}`);
  const words = ["fleet", "collect", ...SERVER, "--prefix", prefix, "--out", out];
  const all = ["--import", PROBE, COMMAND, ...words, "--fail-on", "none", "--json"];
  const start = performance.now();
  const { stderr, status } = spawnSync(process.execPath, all, {
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  const time = (performance.now() - start) / 1000;
  const usage = /^usage \d+ (\d+)$/m.exec(stderr);
  if (status !== 0 || usage === null) throw new Error(`collect ended with ${status}: ${stderr}`);
  return { time, mib: Number(usage[1]) / 1024 };
}

/** A server takes a moment to start. */
async function untilReady(): Promise<void> {
  const redis = new Redis(PORT, "127.0.0.1", { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  await redis.ping();
  redis.disconnect();
}

function tableOf(rows: readonly Row[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(["what", "measured", "wanted"]), line(["---", "---", "---"]), ...rows.map(line)];
}

function writePage(lines: readonly string[]): void {
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${PAGE}: lacks ${BEGIN} or ${END}`);
  const part = [BEGIN, "", ...lines, "", END].join("\n");
  writeFileSync(PAGE, `${page.slice(0, begin)}${part}${page.slice(end + END.length)}`);
}

const server = spawn(
  "redis-server",
  [
    ...["--port", `${PORT}`, "--bind", "127.0.0.1", "--dir", folder],
    ...["--save", "", "--appendonly", "yes"],
  ],
  { stdio: "ignore" },
);
try {
  await untilReady();
  const few = Math.ceil(SHARDS / 10);
  const rows = [
    ...(await overhead()),
    ...(await manyShards({
      what: `${SHARDS} shards without findings`,
      bugs: "none",
      shards: SHARDS,
    })),
    ...(await manyShards({
      what: `${few} with findings of all classes`,
      bugs: "all",
      shards: few,
    })),
  ];
  const lines = [`${hostLine()}, ${today()}:`, "", ...tableOf(rows)];
  console.log(["", ...lines].join("\n"));
  if (values.write) writePage(lines);
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0); // connections to the server that is gone
