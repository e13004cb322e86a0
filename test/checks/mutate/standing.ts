// Takes down where the core stands after a whole mutation run, and writes it into docs/mutation.md.
//
//   npx slabfuzz mutate slub --jobs 2 --out FOLDER
//   npx tsx test/checks/mutate/standing.ts FOLDER
import "../../../src/targets/core_files.ts";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { today } from "../../../src/base/clock.ts";
import type { MutantResult } from "../../../src/checks/mutate/mutant_result.ts";
import { BEGIN, END, type Standing, standingPart } from "./standing_part.ts";

const [folder] = process.argv.slice(2);
const lines = readFileSync(join(folder, "mutants.jsonl"), "utf8").trim().split("\n").slice(1);
const results = lines.map((line): MutantResult => JSON.parse(line));
const { groups } = JSON.parse(readFileSync("slabfuzz.mutants.json", "utf8"));
const listed = new Set(groups.flatMap(({ mutants }: { mutants: string[] }) => mutants));

const killed: Record<string, number> = {};
for (const { killer } of results) if (killer) killed[killer] = (killed[killer] ?? 0) + 1;
const alive = results.filter(({ state, id }) => state !== "killed" && !listed.has(id));

const standing: Standing = {
  day: today(),
  ms: results.reduce((sum, { ms }) => sum + ms, 0),
  killed,
  equivalent: listed.size,
  survivors: alive
    .map(({ id, state }) => ({ id, isReached: state !== "not-reached" }))
    .sort((one, other) => (one.id < other.id ? -1 : 1)),
};
const page = readFileSync("docs/mutation.md", "utf8");
const before = page.slice(0, page.indexOf(BEGIN));
const after = page.slice(page.indexOf(END) + END.length);
writeFileSync("docs/mutation.md", `${before}${standingPart(standing)}${after}`);
