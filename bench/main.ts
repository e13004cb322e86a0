// npm run bench: measures group after group, and prints the targets with what became of them.
import "../src/targets/core_files.ts";
import { parseArgs } from "node:util";
import { hostLine } from "../src/cli/commands/bench.ts";
import { measure } from "../src/compare/bench/measure.ts";
import { allocatorGroups } from "./allocators.ts";
import { cacheGroups } from "./caches.ts";
import { caseGroups } from "./cases.ts";
import { foreignGroups } from "./foreign.ts";
import { buildEmmalloc } from "./heaps/emmalloc.ts";
import type { Guest } from "./heaps/guest.ts";
import { buildTlsf } from "./heaps/tlsf.ts";
import { formatGroup, type Group, type GroupResult } from "./table.ts";
import { formatTargets, type Measurements, targetsOf } from "./targets.ts";
import { measureMemory, measureWorkers } from "./workers.ts";

const HELP = `npm run bench -- [options]
  --filter TEXT   only the groups whose name contains this
  --time MS       time for each contender of a group (default 500)
  --json          data instead of tables
  --help          this`;

const { values } = parseArgs({
  options: {
    filter: { type: "string", default: "" },
    time: { type: "string", default: "500" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const timeMs = Number(values.time);
const isWanted = ({ name }: { name: string }): boolean => name.includes(values.filter);
const say = (text: string): void => {
  if (!values.json) console.log(`${text}\n`);
};

function guests(): Guest[] {
  const emmalloc = buildEmmalloc();
  if (emmalloc === undefined) say("no emcc on the PATH: the rows of emmalloc are left out");
  const tlsf = buildTlsf();
  return emmalloc === undefined ? [tlsf] : [tlsf, emmalloc];
}

async function play(group: Group): Promise<GroupResult> {
  const { name, baseline } = group;
  const result = { name, baseline, rows: await measure(group.contenders(), timeMs) };
  say(formatGroup(result));
  return result;
}

function workers() {
  if (!isWanted({ name: "workers" })) return [];
  const found = measureWorkers(8 * timeMs);
  const rates = found.map(({ jobs, opsPerSecond }) => {
    return `${jobs === 1 ? "1 worker" : `${jobs} workers`} ${(opsPerSecond / 1e6).toFixed(2)}`;
  });
  say(`million operations a second, target workload: ${rates.join(", ")}`);
  return found;
}

function memory() {
  if (!isWanted({ name: "memory" })) return [];
  const found = measureMemory(8 * timeMs);
  const shown = found.map((one) => one.toFixed(0)).join(", ");
  say(`MiB resident, quarter by quarter of a long run: ${shown}`);
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
  const wanted = allocatorGroups([]).filter(isWanted);
  const hasAllocators = wanted.some(({ name }) => name.startsWith("alloc"));
  const others = hasAllocators ? guests() : [];
  const all = [...allocatorGroups(others), ...cacheGroups(), ...caseGroups(), ...foreignGroups()];
  const groups: GroupResult[] = [];
  for (const group of all.filter(isWanted)) groups.push(await play(group));
  const measurements = { groups, workers: workers(), memoryMiB: memory() };
  const targets = targetsOf(measurements);
  say(formatTargets(targets));
  const data = { machine: hostLine(), ...withoutRounds(measurements), targets };
  if (values.json) console.log(JSON.stringify(data, null, 2));
}

if (values.help) console.log(HELP);
else await main();
