// `npm run bench -- --against FOLDER`: the rows of this checkout beside those of another one, built
// in FOLDER. The two contenders of a row follow each other, round by round, in one process: what
// disturbs the one disturbs the other, and the median of the ratios of their rounds means something
// where the times of two runs do not. `--against .` shows what is chance on the machine.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Contender, measure } from "../src/compare/bench/measure.ts";
import type { Group } from "./table.ts";

export interface PairedRow {
  readonly group: string;
  readonly name: string;
  /** Nanoseconds an operation (p10): there, and here. */
  readonly there: number;
  readonly here: number;
  /** Median over the rounds of the time here divided by the time there: 1.03 is 3 % slower. */
  readonly ratio: number;
}

type GroupsOf = (guests: readonly unknown[]) => Group[];

/** The groups of another checkout. Those that need guests get its own TLSF. */
export async function groupsOf(folder: string): Promise<readonly Group[]> {
  const bench = join(resolve(folder), "bench");
  if (!existsSync(join(bench, "allocators.ts")))
    throw new Error(`${folder}: no checkout of slabfuzz with a bench/ folder`);
  const load = (file: string) => import(pathToFileURL(join(bench, file)).href);
  // The other checkout reads its own build of the core, from where its own sources say.
  const reader = join(resolve(folder), "src/targets/core_files.ts");
  if (existsSync(reader)) await import(pathToFileURL(reader).href);
  const guests = [await (await load("heaps/tlsf.ts")).buildTlsf()];
  const sources: [string, string][] = [
    ["allocators.ts", "allocatorGroups"],
    ["caches.ts", "cacheGroups"],
    ["cases.ts", "caseGroups"],
    ["foreign.ts", "foreignGroups"],
  ];
  const groups: Group[] = [];
  for (const [file, name] of sources)
    groups.push(...((await load(file))[name] as GroupsOf)(guests));
  return groups;
}

/** Plays the contenders that both groups have, in pairs. */
export async function playInPairs(
  here: Group,
  there: Group,
  timeMs: number,
): Promise<readonly PairedRow[]> {
  const theirs = new Map(there.contenders().map((one) => [one.name, one]));
  const ours = here.contenders().filter(({ name }) => theirs.has(name));
  const rows: PairedRow[] = [];
  // Two at a time: more contenders would only spread the two rounds of a pair.
  for (const one of ours)
    rows.push(await playPair(here.name, theirs.get(one.name) as Contender, one, timeMs));
  return rows;
}

async function playPair(group: string, there: Contender, here: Contender, timeMs: number) {
  // The order changes half way, because the second of two finds other caches than the first.
  const first = await measure([renamed(there, "there"), renamed(here, "here")], timeMs / 2);
  const second = await measure([renamed(here, "here"), renamed(there, "there")], timeMs / 2);
  const ratios = [
    ...first[1].rounds.map((time, i) => time / first[0].rounds[i]),
    ...second[0].rounds.map((time, i) => time / second[1].rounds[i]),
  ].sort((one, other) => one - other);
  return {
    group,
    name: here.name,
    there: Math.min(first[0].p10, second[1].p10),
    here: Math.min(first[1].p10, second[0].p10),
    ratio: ratios[Math.floor(ratios.length / 2)],
  };
}

function renamed(contender: Contender, name: string): Contender {
  return { name, round: () => contender.round() };
}

export function formatPairs(rows: readonly PairedRow[]): string {
  const head = `${"there".padStart(34)} ${"here".padStart(9)} ${"ratio".padStart(7)}`;
  const lines = rows.map(({ name, there, here, ratio }) => {
    const cells = [there.toFixed(1).padStart(9), here.toFixed(1).padStart(9)];
    return `  ${name.padEnd(22)} ${cells.join(" ")} ${ratio.toFixed(3).padStart(7)}`;
  });
  return [rows[0].group, head, ...lines].join("\n");
}
