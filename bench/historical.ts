// npm run bench -- historical: whether mistakes of test/foreign/historical/ are found, how soon,
// and how short the programs are that show them. docs/historical.md is written by such a run.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hostLine } from "../src/cli/commands/bench.ts";
import { HEAPS, type HeapName } from "../test/foreign/historical/heaps.ts";
import { MISTAKES, type Mistake } from "../test/foreign/historical/mistakes.ts";
import { mendedModule, moduleWith } from "../test/foreign/historical/modules.ts";
import { executedIn, type Search, search } from "../test/foreign/historical/search.ts";

/** What is wanted: found in so many CPU-seconds, and shown by so few operations. */
export const SECONDS_WANTED = 60;
const OPERATIONS_WANTED = 6;

export interface HistoricalRequest {
  /** CPU-seconds for each mistake, and for each heap without one. */
  readonly budgetSeconds: number;
  readonly isWanted: (source: string) => boolean;
  readonly say: (text: string) => void;
}

export interface HistoricalResult {
  readonly machine: string;
  readonly budgetSeconds: number;
  readonly rows: readonly Row[];
  readonly twins: readonly Twin[];
}

interface Row extends Search {
  readonly mistake: Mistake;
  /** Instructions until it was found, as the meter counts them. */
  readonly executed: number;
}

interface Twin extends Search {
  readonly heap: HeapName;
}

export function playHistorical(request: HistoricalRequest): HistoricalResult {
  const { budgetSeconds, isWanted, say } = request;
  const rows = MISTAKES.filter(({ source }) => isWanted(source)).map((mistake) => {
    const path = moduleWith(mistake);
    const found = search(path, { seconds: budgetSeconds }, mistake.told);
    const row = { ...found, mistake, executed: executedIn(path, found.cases) };
    say(rowText(row));
    return row;
  });
  const heaps = (Object.keys(HEAPS) as HeapName[]).filter((heap) =>
    rows.some(({ mistake }) => mistake.heap === heap),
  );
  const twins = heaps.map((heap) => {
    const twin = { ...search(mendedModule(heap), { seconds: budgetSeconds }), heap };
    say(`mended: ${heap}: ${twinText(twin)}`);
    return twin;
  });
  const result = { machine: hostLine(), budgetSeconds, rows, twins };
  say(summaryOf(result));
  return result;
}

function rowText({ mistake, cases, seconds, executed, finding }: Row): string {
  const head = `${mistake.source}: ${mistake.about}`;
  const until = `${cases} cases, ${executed.toFixed(0)} executed, ${seconds.toFixed(1)} CPU-s`;
  if (finding === undefined) return `${head}\n  not found: ${until}`;
  const { rule, program, operationsBefore, shrinkSeconds, message } = finding;
  const shrunk = `${operationsBefore} operations shrunk to ${program.length}`;
  return [
    head,
    `  found (${rule}): ${until}; ${shrunk} in ${shrinkSeconds.toFixed(1)} CPU-s`,
    ...program.map((line) => `    ${line}`),
    ...message.map((line) => `  ${line}`),
  ].join("\n");
}

function twinText({ cases, seconds, finding }: Twin): string {
  const long = `${cases} cases in ${seconds.toFixed(1)} CPU-s`;
  return finding === undefined ? `quiet, ${long}` : `${finding.rule} after ${long}`;
}

/** How many of what is wanted was reached. */
function summaryOf({ rows, twins }: HistoricalResult): string {
  const inTime = rows.filter(isFoundInTime).length;
  const short = rows.filter(isShort).length;
  const quiet = twins.filter(({ finding }) => finding === undefined).length;
  return [
    `${inTime} of ${rows.length} mistakes found within ${SECONDS_WANTED} CPU-seconds`,
    `${short} shown by at most ${OPERATIONS_WANTED} operations`,
    `${quiet} of ${twins.length} mended heaps quiet`,
  ].join(", ");
}

function isFoundInTime({ finding, seconds }: Row): boolean {
  return finding !== undefined && seconds <= SECONDS_WANTED;
}

function isShort({ finding }: Row): boolean {
  return finding !== undefined && finding.program.length <= OPERATIONS_WANTED;
}

const PAGE = fileURLToPath(new URL("../docs/historical.md", import.meta.url));

export function writeHistoricalPage(result: HistoricalResult): void {
  writeFileSync(PAGE, pageOf(result));
}

function pageOf(result: HistoricalResult): string {
  const { machine, budgetSeconds, rows, twins } = result;
  return `${INTRODUCTION}
Measured on ${machine}, with ${budgetSeconds} CPU-seconds for each module: ${summaryOf(result)}.

| reported as | what goes wrong | heap | found by | cases | executed | CPU-s | operations |
|---|---|---|---|---|---|---|---|
${rows.map(tableRow).join("\n")}

## Without the mistake

| heap | |
|---|---|
${twins.map((twin) => `| ${twin.heap} | ${twinText(twin)} |`).join("\n")}

## The smallest programs, and what a user is told

${rows.map(sectionOf).join("\n\n")}
`;
}

const INTRODUCTION = `# Mistakes that allocators really made

Each row is a mistake that somebody reported of an allocator in use, made again in a small heap of
our own, which has nothing of the original but how it goes wrong. The repository writes this page
with \`npm run bench -- historical --update-docs\`; no number on it is typed.

A mistake is found when a case breaks a rule of the family under which a user has to be told of it
([targets.md](targets.md#what-is-judged)). The cases are those of \`slabfuzz fuzz\` without options,
from one seed. *Cases* and *executed* (loads, stores, blocks of code and calls of the module until
then) are the same on every machine; *CPU-s*, the processor time until then, is not. *Operations*
are those of the smallest program that shows the same.
`;

function tableRow({ mistake, cases, seconds, executed, finding }: Row): string {
  const found = finding === undefined ? "not found" : `\`${finding.rule}\``;
  const operations = finding === undefined ? "" : String(finding.program.length);
  const cells = [mistake.source, mistake.about, mistake.heap, found, String(cases)];
  const rest = [executed.toFixed(0), seconds.toFixed(1), operations];
  return `| ${[...cells, ...rest].join(" | ")} |`;
}

function sectionOf({ mistake, finding }: Row): string {
  const lines =
    finding === undefined ? ["not found"] : [...finding.program, "", ...finding.message];
  const block = lines.map((line) => `    ${line}`.trimEnd());
  return [`${mistake.source}: ${mistake.about}.`, "", ...block].join("\n");
}
