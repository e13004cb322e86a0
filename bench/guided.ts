// npx tsx bench/guided.ts: operations until a planted bug of the SLUB core is found, blind beside
// guided; edges that both reach with as many operations; and the time of a core that counts edges
// beside the same one without. Found is a bug when the oracle blames the allocator.
import "../src/targets/core_files.ts";
import { parseArgs } from "node:util";
import { hostLine } from "../src/cli/commands/bench.ts";
import { medianOf, type Search, searchBlind, searchGuided } from "./guided_search.ts";
import { countingRatio } from "./guided_time.ts";

const HELP = `npx tsx bench/guided.ts [options]
  --seeds N       searches for each bug and way, with the seeds 1 to N (default 20)
  --budget N      operations of a search, at most (default 1000000)
  --edges N       operations after which edges are compared (default 1000000; 0: not at all)
  --filter TEXT   only the bugs whose name contains this`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    budget: { type: "string", default: "1000000" },
    edges: { type: "string", default: "1000000" },
    filter: { type: "string", default: "" },
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

interface Row {
  readonly name: string;
  readonly blind: number;
  readonly guided: number;
}

/** A search that found nothing counts as one that took infinitely long. */
function rowOf(name: string, seeds: readonly bigint[], budget: number): Row {
  const search = { target: `canary:${name}`, ...BUGS[name] };
  const blind = medianOf(seeds.map((seed) => searchBlind(search, seed, budget).found));
  const guided = medianOf(seeds.map((seed) => searchGuided(search, seed, budget).found));
  console.log(rowText({ name, blind, guided }));
  return { name, blind, guided };
}

function rowText({ name, blind, guided }: Row): string {
  const count = (median: number) =>
    (Number.isFinite(median) ? String(median) : "not found").padStart(10);
  return `${name.padEnd(30)} ${count(blind)} ${count(guided)}  ${(guided / blind).toFixed(2)}`;
}

/** The targets, and what was measured; a bug that neither way finds says nothing. */
function targetLines(rows: readonly Row[]): string[] {
  const known = rows.filter(({ blind, guided }) => Number.isFinite(Math.min(blind, guided)));
  const byRarity = [...known].sort((one, other) => other.blind - one.blind);
  const rarest = byRarity.slice(0, Math.ceil(known.length / 3));
  const rest = byRarity.slice(rarest.length);
  const worst = (some: readonly Row[]) =>
    Math.max(0, ...some.map(({ blind, guided }) => guided / blind));
  const silent = rows.length - known.length;
  return [
    `the rarest third (${rarest.map(({ name }) => name).join(", ")}):`,
    `  guided / blind at most ${worst(rarest).toFixed(2)} (wanted: 0.33)`,
    `the rest: guided / blind at most ${worst(rest).toFixed(2)} (wanted: 1.50)`,
    `found by neither: ${silent}`,
  ];
}

function edgeLines(seeds: readonly bigint[], operations: number): string[] {
  const searches: readonly Search[] = [
    { target: "slub", slubDebug: "-", bugs: "none" },
    { target: "slub", slubDebug: "FZPU", bugs: "all" },
    { target: "slub", slubDebug: "-", bugs: "none", profile: "v7.3", boot: "smp" },
  ];
  return searches.map((search) => {
    const blind = medianOf(seeds.map((seed) => searchBlind(search, seed, operations).edges));
    const guided = medianOf(seeds.map((seed) => searchGuided(search, seed, operations).edges));
    const where = `${search.profile ?? "v6.1"} ${search.slubDebug}, bugs ${search.bugs}`;
    const ratio = (guided / blind).toFixed(2);
    return `edges, ${where}: blind ${blind}, guided ${guided}, ${ratio} (wanted: 1.10)`;
  });
}

function main(): void {
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => BigInt(i + 1));
  const budget = Number(values.budget);
  console.log(hostLine());
  for (const slubDebug of ["-", "FZPU"]) {
    const ratio = countingRatio(slubDebug).toFixed(2);
    console.log(`time of a core that counts edges, ${slubDebug}: ${ratio} (wanted: 1.60)`);
  }
  const few = seeds.slice(0, 3);
  if (Number(values.edges) > 0) console.log(edgeLines(few, Number(values.edges)).join("\n"));
  const names = Object.keys(BUGS).filter((name) => name.includes(values.filter));
  console.log(`\nmedian operations until found, ${seeds.length} seeds, at most ${budget} each`);
  console.log(`${"".padEnd(30)} ${"blind".padStart(10)} ${"guided".padStart(10)}  ratio`);
  const rows = names.map((name) => rowOf(name, seeds, budget));
  console.log(`\n${targetLines(rows).join("\n")}`);
}

if (values.help) console.log(HELP);
else main();
