// npx tsx bench/guided.ts: operations until a bug is found, blind beside guided; edges that both
// reach with as many operations; and the time of a core that counts edges beside the same one
// without. Found is a bug when the oracle blames the allocator.
import "../src/targets/core_files.ts";
import { parseArgs } from "node:util";
import { hostLine } from "../src/cli/commands/bench.ts";
import { MISTAKES } from "../test/foreign/historical/mistakes.ts";
import { moduleWith } from "../test/foreign/historical/modules.ts";
import {
  type EdgeRow,
  type GuidedRow,
  type GuidedRun,
  ratioText,
  targetLines,
  writeGuidedPage,
} from "./guided_page.ts";
import { medianOf, type Search, searched, type Way } from "./guided_search.ts";
import { countingRatio } from "./guided_time.ts";

const HELP = `npx tsx bench/guided.ts [options]
  --seeds N|A..B  searches for each bug and way, with the seeds 1 to N, or A to B (default 1..20)
  --budget N      operations of a search, at most (default 1000000)
  --edges N       operations after which edges are compared (default 1000000; 0: not at all)
  --lengths N,N   instead: blind searches with programs of at most so many operations each
  --filter TEXT   only the bugs whose name contains this
  --historical    mistakes of modules (docs/historical.md), instead of planted bugs of our core
  --update-docs   writes docs/search-curves.html, or with --historical docs/search-modules.html`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1..20" },
    budget: { type: "string", default: "1000000" },
    edges: { type: "string", default: "1000000" },
    lengths: { type: "string" },
    filter: { type: "string", default: "" },
    historical: { type: "boolean", default: false },
    "update-docs": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** Where each bug shows: kernel, variant, slub_debug, and classes of mistakes. */
const BUGS: Readonly<Record<string, Omit<Search, "target">>> = {
  "inuse-not-decremented": { slubDebug: "-", bugs: "none" },
  "free-pointer-not-written": { slubDebug: "-", bugs: "none" },
  "slab-freed-while-in-use": { slubDebug: "FZPU", bugs: "none" },
  "red-zone-one-byte-short": { slubDebug: "FZ", bugs: "all" },
  "poison-check-skips-last-byte": { slubDebug: "FP", bugs: "all" },
  "merge-ignores-alignment": { slubDebug: "-", bugs: "none" },
  "alloc-leaves-object-free": { slubDebug: "-", bugs: "none" },
  "zeroing-one-word-short": { slubDebug: "-", bugs: "none" },
  "double-free-checks-head-only": { slubDebug: "F", bugs: "all" },
  "empty-slab-lost": { slubDebug: "-", bugs: "none" },
  "poison-one-byte-long": { slubDebug: "P", bugs: "none" },
  "one-object-too-many": { slubDebug: "-", bugs: "none" },
  "left-red-zone-unchecked": { slubDebug: "FZ", bugs: "all" },
  "constructor-skips-last-object": { slubDebug: "-", bugs: "none" },
  "third-name-traps": { slubDebug: "-", bugs: "none" },
  "spare-not-swapped": { slubDebug: "-", bugs: "none", profile: "v7.3", boot: "smp" },
  "flush-loses-an-object": { slubDebug: "-", bugs: "none", profile: "v7.3", boot: "smp" },
  "capacity-one-too-many": { slubDebug: "-", bugs: "none", profile: "v7.3", boot: "smp" },
  "free-on-cpu-1-goes-to-cpu-0": { slubDebug: "-", bugs: "none", profile: "v7.3", boot: "smp" },
  "refill-from-bad-slab": { slubDebug: "-", bugs: "none", profile: "v7.3", boot: "smp" },
  "barn-limit-ignored": { slubDebug: "-", bugs: "none", profile: "v7.3" },
};

/** Planted bugs of our core, or mistakes of modules, by name. */
function bugsToFind(): ReadonlyMap<string, Search> {
  if (values.historical) {
    return new Map(
      MISTAKES.map((mistake) => [mistake.source, { target: moduleWith(mistake), bugs: "none" }]),
    );
  }
  return new Map(
    Object.entries(BUGS).map(([name, where]) => [name, { target: `canary:${name}`, ...where }]),
  );
}

/** `20` or `1..20`. */
function seedsOf(text: string): readonly bigint[] {
  const [, from, to] = /^(?:(\d+)\.\.)?(\d+)$/.exec(text) ?? [];
  if (to === undefined) throw new Error(`--seeds ${text}: say N or A..B`);
  const first = Number(from ?? 1);
  return Array.from({ length: Number(to) - first + 1 }, (_, i) => BigInt(first + i));
}

/** A search that found nothing counts as one that took infinitely long. */
async function rowOf(
  name: string,
  search: Search,
  seeds: readonly bigint[],
  budget: number,
): Promise<GuidedRow> {
  const foundBy = async (way: Way) => {
    const found: number[] = [];
    for (const seed of seeds) found.push((await searched(way, search, seed, budget)).found);
    return found;
  };
  const row = { name, blind: await foundBy("blind"), guided: await foundBy("guided") };
  console.log(rowText(row));
  return row;
}

function rowText(row: GuidedRow): string {
  const count = (found: readonly number[]) => {
    const median = medianOf(found);
    return (Number.isFinite(median) ? String(median) : "not found").padStart(10);
  };
  return `${row.name.padEnd(34)} ${count(row.blind)} ${count(row.guided)}  ${ratioText(row)}`;
}

async function edgeRows(seeds: readonly bigint[], operations: number): Promise<EdgeRow[]> {
  const searches: readonly Search[] = [
    { target: "slub", slubDebug: "-", bugs: "none" },
    { target: "slub", slubDebug: "FZPU", bugs: "all" },
    { target: "slub", slubDebug: "-", bugs: "none", profile: "v7.3", boot: "smp" },
  ];
  const rows: EdgeRow[] = [];
  for (const search of searches) {
    const reachedBy = async (way: Way) => {
      const edges: number[] = [];
      for (const seed of seeds) edges.push((await searched(way, search, seed, operations)).edges);
      return medianOf(edges);
    };
    const where = `${search.profile ?? "v6.1"} ${search.slubDebug}, bugs ${search.bugs}`;
    const row = { where, blind: await reachedBy("blind"), guided: await reachedBy("guided") };
    console.log(`edges, ${where}: blind ${row.blind}, guided ${row.guided} (wanted: 1.10 times)`);
    rows.push(row);
  }
  return rows;
}

/** Median operations until found, by the length of programs. */
async function printLengths(lengths: readonly number[], seeds: readonly bigint[], budget: number) {
  console.log(`${"operations of a program, at most".padEnd(34)} ${cells(lengths)}`);
  for (const [name, search] of bugsToFind()) {
    if (!name.includes(values.filter)) continue;
    const medians: number[] = [];
    for (const opCountMax of lengths) {
      const found: number[] = [];
      for (const seed of seeds)
        found.push((await searched("blind", { ...search, opCountMax }, seed, budget)).found);
      medians.push(medianOf(found));
    }
    console.log(`${name.padEnd(34)} ${cells(medians)}`);
  }
}

function cells(numbers: readonly number[]): string {
  return numbers.map((n) => (Number.isFinite(n) ? String(n) : "-").padStart(8)).join("");
}

function pageName(): string {
  return values.historical ? "search-modules.html" : "search-curves.html";
}

async function main(): Promise<void> {
  const seeds = seedsOf(values.seeds);
  const [budget, edgesAfter] = [Number(values.budget), Number(values.edges)];
  const machine = hostLine();
  console.log(machine);
  if (values.lengths !== undefined)
    return printLengths(values.lengths.split(",").map(Number), seeds, budget);
  let edges: readonly EdgeRow[] = [];
  if (!values.historical && edgesAfter > 0) {
    for (const slubDebug of ["-", "FZPU"]) {
      const ratio = countingRatio(slubDebug).toFixed(2);
      console.log(`time of a core that counts edges, ${slubDebug}: ${ratio} (wanted: 1.60)`);
    }
    edges = await edgeRows(seeds.slice(0, 3), edgesAfter);
  }
  console.log(`\nmedian operations until found, ${seeds.length} seeds, at most ${budget} each`);
  const rows: GuidedRow[] = [];
  const run: GuidedRun = { machine, seeds, budget, edgesAfter, edges, rows };
  for (const [name, search] of bugsToFind()) {
    if (!name.includes(values.filter)) continue;
    rows.push(await rowOf(name, search, seeds, budget));
    // A run takes hours: the page is of what is done at any time.
    if (values["update-docs"]) writeGuidedPage(pageName(), run);
  }
  console.log(`\n${targetLines(rows).join("\n")}`);
}

if (values.help) console.log(HELP);
else await main();
