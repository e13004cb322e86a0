// npm run bench: measures group after group, and prints the targets with what became of them.
import "../src/targets/core_files.ts";
import { parseArgs } from "node:util";
import { parseDuration } from "../src/base/option_text.ts";
import { hostLine } from "../src/cli/commands/bench.ts";
import { measure } from "../src/compare/bench/measure.ts";
import { formatPairs, groupsOf, type PairedRow, playInPairs } from "./against.ts";
import { exhaustText, measureExhaust } from "./exhaust.ts";
import { groupsWanted } from "./groups.ts";
import { playHistorical, writeHistoricalPage } from "./historical.ts";
import { formatPeers, measurePeers } from "./peers.ts";
import { formatGroup, type Group, type GroupResult } from "./table.ts";
import { formatTargets, type Measurements, targetsOf } from "./targets.ts";
import { measureLongCampaign, measureMemory, measureWarmUp, measureWorkers } from "./workers.ts";

const HELP = `npm run bench -- [historical | peers] [options]
  historical      whether mistakes that allocators really made are found, instead of how fast
                  anything is; --filter then chooses by where they were reported
  peers           judged operations beside those of libFuzzer with ASan, where clang is installed
  --budget TIME   processor time for each mistake, and for each heap without one (default 60s)
  --update-docs   writes docs/historical.md from the run
  --filter TEXT   only the groups whose name contains this
  --time TIME     for each contender of a group: 300ms, 2s (default 500ms)
  --against FOLDER  the rows of the checkout in FOLDER (installed and built) beside the
                  same rows here, by turns: is one of them slower here?
  --json          data instead of tables
  --help          this`;

const HISTORICAL = "historical";
const PEERS = "peers";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    budget: { type: "string", default: "60s" },
    "update-docs": { type: "boolean", default: false },
    filter: { type: "string", default: "" },
    time: { type: "string", default: "500ms" },
    against: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const timeMs = timeOf("time");
const isWanted = (name: string): boolean => name.includes(values.filter);
const say = (text: string): void => {
  if (!values.json) console.log(`${text}\n`);
};

function timeOf(option: "time" | "budget"): number {
  try {
    return parseDuration(values[option]);
  } catch (error) {
    return refuse(`--${option} ${values[option]}: ${(error as Error).message}`);
  }
}

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}

async function play(group: Group): Promise<GroupResult> {
  const { name, baseline } = group;
  const result = { name, baseline, rows: await measure(group.contenders(), timeMs) };
  say(formatGroup(result));
  return result;
}

function workers() {
  if (!isWanted("workers")) return [];
  const found = measureWorkers(8 * timeMs);
  const rates = found.map(({ jobs, opsPerSecond }) => {
    return `${jobs === 1 ? "1 worker" : `${jobs} workers`} ${(opsPerSecond / 1e6).toFixed(2)}`;
  });
  say(`million operations a second, target workload: ${rates.join(", ")}`);
  return found;
}

function memory() {
  if (!isWanted("memory")) return [];
  const found = measureMemory(8 * timeMs);
  const shown = found.map((one) => one.toFixed(0)).join(", ");
  say(`MiB resident, quarter by quarter of a long run: ${shown}`);
  return found;
}

function exhaust() {
  if (!isWanted("exhaust")) return [];
  const found = measureExhaust();
  say(exhaustText(found));
  return found;
}

/** How fast a long campaign is, its start counted, and how soon its worker is warm. */
function longCampaign() {
  if (!isWanted("long campaign")) return { longCampaign: undefined, warmUp: undefined };
  const found = { longCampaign: measureLongCampaign(), warmUp: measureWarmUp() };
  const { longCampaign: rate, warmUp: seconds } = found;
  say(`long campaign: ${rate.toFixed(0)} cases a second; warm after ${seconds.toFixed(2)} CPU-s`);
  return found;
}

/** Each round's time says nothing to who reads the data. */
function withoutRounds(measurements: Measurements) {
  const groups = measurements.groups.map((group) => ({
    ...group,
    rows: group.rows.map(({ rounds: _, ...row }) => row),
  }));
  return { ...measurements, groups };
}

async function main(): Promise<void> {
  say(hostLine());
  const groups: GroupResult[] = [];
  for (const group of groupsWanted(isWanted, say)) groups.push(await play(group));
  const rest = {
    ...{ workers: workers(), memoryMiB: memory(), exhaust: exhaust() },
    ...longCampaign(),
  };
  const measurements = { groups, ...rest };
  const targets = targetsOf(measurements);
  say(formatTargets(targets));
  const data = { machine: hostLine(), ...withoutRounds(measurements), targets };
  if (values.json) console.log(JSON.stringify(data, null, 2));
}

/** Rows of two checkouts, pair by pair; no targets: what is asked for is the ratio. */
async function compareWith(folder: string): Promise<void> {
  say(hostLine());
  const theirs = new Map((await groupsOf(folder)).map((group) => [group.name, group]));
  const rows: PairedRow[] = [];
  for (const group of groupsWanted(isWanted, say)) {
    const there = theirs.get(group.name);
    if (there === undefined) {
      say(`${group.name}: ${folder} has no such group`);
      continue;
    }
    const pairs = await playInPairs(group, there, timeMs);
    say(formatPairs(pairs));
    rows.push(...pairs);
  }
  const slowest = rows.reduce((one, other) => (other.ratio > one.ratio ? other : one));
  say(
    `the row that is slowest here: ${slowest.group}, ${slowest.name}: ${slowest.ratio.toFixed(3)}`,
  );
  if (values.json) console.log(JSON.stringify({ machine: hostLine(), rows }, null, 2));
}

/** Mistakes that allocators made, one after the other. */
function lookForMistakes(): void {
  say(hostLine());
  const budgetSeconds = timeOf("budget") / 1000;
  const result = playHistorical({ budgetSeconds, isWanted, say });
  if (values["update-docs"]) writeHistoricalPage(result);
  if (values.json) console.log(JSON.stringify(result, null, 2));
}

/** Another fuzzer, on another slab. */
function comparePeers(): void {
  say(hostLine());
  const rows = measurePeers(10 * timeMs);
  say(rows === undefined ? "no clang on the PATH: there is no peer to measure" : formatPeers(rows));
  if (values.json) console.log(JSON.stringify({ machine: hostLine(), rows }, null, 2));
}

const unknown = positionals.find((word) => word !== HISTORICAL && word !== PEERS);
if (unknown !== undefined)
  refuse(`${unknown}: there is no such benchmark, only ${HISTORICAL} and ${PEERS}`);
if (values.help) console.log(HELP);
else if (positionals.includes(HISTORICAL)) lookForMistakes();
else if (positionals.includes(PEERS)) comparePeers();
else if (values.against !== undefined) await compareWith(values.against);
else await main();
