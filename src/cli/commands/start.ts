// slabfuzz start: the first minute. The crash that slabfuzz began with, told from a replay; a short
// campaign; and what to do next.
import type { Command } from "commander";
import { packagePath } from "../../base/package_file.ts";
import { freshSeed } from "../../base/prng.ts";
import { wrapped } from "../../base/text_lines.ts";
import { readTextFile } from "../../base/whole_file.ts";
import { machineFor } from "../../slub/program/boot.ts";
import type { Program } from "../../slub/program/op.ts";
import { parseScript } from "../../slub/program/text.ts";
import { type KeySentence, keySentences } from "../../slub/words/key_sentences.ts";
import { helpText } from "../help_text.ts";
import { OPTIONS, type Settings } from "../options/campaign_options.ts";
import { ownOption } from "../options/option.ts";
import { print } from "../terminal.ts";
import { runAndShow } from "./fuzz.ts";

const CRASH = "examples/seed.slab";
/** The debug options that look at every byte around an object. */
const LETTERS = "FZ";
const TIME_MS = 10_000;
const JOBS = 2;
/** Pages of all findings would take as long as the campaign. */
const PAGES = 40;

const NEXT = [
  "next:  slabfuzz replay findings/FOLDER     one finding, operation by operation",
  `       slabfuzz matrix ${CRASH}  the crash under each debug option`,
  "       slabfuzz --help                     everything else",
];

export function register(program: Command): void {
  program
    .command("start")
    .description("explain the first crash, and fuzz for ten seconds")
    .addOption(ownOption(OPTIONS, "time", "how long the campaign runs (default: 10s)"))
    .addOption(ownOption(OPTIONS, "jobs", "worker threads (default: 2)"))
    .addOption(ownOption(OPTIONS, "seed"))
    .addHelpText("after", () => helpText("start"))
    .action(run);
}

async function run({ time = TIME_MS, jobs = JOBS, seed = shortSeed() }: Settings): Promise<void> {
  print([...crashLines(), ""]);
  const request = { slubDebug: "FZP", time, jobs, seed, pages: true };
  const index = await runAndShow(request, { isOneLine: true, pagesMax: PAGES });
  const look =
    index === undefined ? [] : [`look:  ${index.padEnd(35)} findings as pages, step by step`];
  print([...NEXT, ...look]);
}

/** The lines that replay a finding then fit a terminal. */
function shortSeed(): bigint {
  return freshSeed() % 100_000n;
}

/** What happened in the crash, and which debug option would have stopped it. */
function crashLines(): readonly string[] {
  const program = parseScript(readTextFile(packagePath(CRASH)), CRASH);
  const machine = machineFor(program);
  return [
    `The crash that slabfuzz began with, on Linux ${machine.profile} (${CRASH}):`,
    ...keySentences(program, machine).flatMap(sentenceLines),
    ...wrapped(preventionText(program), WIDTH, INDENT),
  ];
}

const WIDTH = 78;
const INDENT = " ".repeat(7);

function sentenceLines({ op, says }: KeySentence): readonly string[] {
  return wrapped(`op ${String(op).padStart(2)}  ${says}`, WIDTH, INDENT);
}

function preventionText(program: Program): string {
  const machine = machineFor(program, { slubDebug: LETTERS });
  const report = keySentences(program, machine).find(({ isReport }) => isReport);
  const outcome = report === undefined ? "nothing is reported" : `op ${report.op}: ${report.says}`;
  return `With slub_debug=${LETTERS}, ${outcome}.`;
}
