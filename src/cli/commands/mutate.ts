// slabfuzz mutate: how good are the checks? Each mutant of the target is a small slip; the checks
// ought to see every one.

import { existsSync } from "node:fs";
import type { Command } from "commander";
import { counted } from "../../base/count_text.ts";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { jsonOf } from "../../base/visible.ts";
import { writeWholeFile } from "../../base/whole_file.ts";
import { quickSampleText } from "../../checks/golden/quick_sample.ts";
import { type Equivalents, readEquivalents } from "../../checks/mutate/equivalents.ts";
import { locationText } from "../../checks/mutate/mutant.ts";
import {
  type MutateRequest,
  type MutateResult,
  type MutateStart,
  mutate,
  quickSampleOf,
  type TriedMutant,
} from "../../checks/mutate/mutate.ts";
import { mutationReport } from "../../checks/mutate/mutation_report.ts";
import {
  type MutationRow,
  mutationTables,
  scoreLine,
  scoreOf,
  survivorLines,
} from "../../checks/mutate/mutation_text.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { OPTIONS } from "../options/campaign_options.ts";
import { ownOption } from "../options/option.ts";
import { numberFrom, percentUpTo } from "../options/value.ts";
import { ProgressLine } from "../progress.ts";
import { clearScreen, note, print, printJson, setExitCode, shellLine } from "../terminal.ts";

const DEFAULT_LIST = "slabfuzz.mutants.json";
const DEFAULT_ANSWERS = "slabfuzz.incremental.json";
const SAMPLE_MAX = 1_000_000;
const DEFAULT_SEED = 1;

interface MutateOptions {
  readonly target?: string;
  readonly exports?: string;
  readonly sample?: number;
  readonly seed?: number;
  readonly function?: string;
  readonly file?: string;
  readonly jobs: number;
  readonly out?: string;
  readonly resume?: string;
  readonly incremental?: boolean;
  readonly incrementalFile?: string;
  readonly equivalents?: string;
  readonly cover?: string;
  readonly minScore: number;
  readonly report?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("mutate")
    .description("measure which small faults the checks notice")
    .argument("[target]", "slub, a .wasm file, or a package (default: slub)")
    .addOption(ownOption(OPTIONS, "target", "the same, as other commands have it"))
    .addOption(ownOption(OPTIONS, "exports", "how a module is called: malloc=NAME,free=NAME,..."))
    .option(
      "--sample <n>",
      "number of mutants, drawn by --seed (default: all)",
      numberFrom(1, SAMPLE_MAX),
    )
    .option(
      "--seed <seed>",
      `seed of the sample (default: ${DEFAULT_SEED})`,
      numberFrom(0, 2 ** 32 - 1),
    )
    .option("--function <name>", "only mutants in the function of that name (default: in all)")
    .option("--file <path>", "only mutants of that source file (default: of all)")
    .addOption(ownOption(OPTIONS, "jobs", "worker threads", 1))
    .option("--out <folder>", "write a journal to this folder (default: no journal)")
    .option("--resume <folder>", "continue the journal of this folder, with its sample")
    .option("--incremental", "keep answers of earlier runs where nothing changed (default: none)")
    .option(
      "--incremental-file <file>",
      `the same, with the answers in this file (default: ${DEFAULT_ANSWERS})`,
    )
    .option("--equivalents <file>", `mutants listed as equivalent (default: ${DEFAULT_LIST})`)
    .option(
      "--cover <file>",
      "choose the golden programs of a quick gate, and write them to this file",
    )
    .option("--min-score <percent>", "least score; exit code 1 below it", percentUpTo(100), 0)
    .option("--report <file>", "write a report for StrykerJS's viewers (default: none)")
    .option("--json", "print everything as JSON")
    .addHelpText("after", () => helpText("mutate", { "default-list": DEFAULT_LIST }))
    .action(run);
}

async function run(word: string | undefined, options: MutateOptions): Promise<void> {
  const target = targetFrom(word, options.target);
  const interruption = listenForInterrupt();
  const progress = new ProgressLine(options.json);
  try {
    const request = requestOf(target, options, progress, interruption.signal);
    if (options.cover === undefined) finish(await mutate(request), options);
    else writeSample(await quickSampleOf(request), options.cover, interruption.signal);
  } finally {
    progress.end();
    interruption.release();
  }
}

/** An argument, or the option of other commands. */
function targetFrom(word: string | undefined, option: string | undefined): string {
  if (word !== undefined && option !== undefined && word !== option) {
    throw new UserError(`${word} and --target ${option}: are two targets, name one`);
  }
  return word ?? option ?? "slub";
}

function requestOf(
  target: string,
  options: MutateOptions,
  progress: ProgressLine,
  signal: AbortSignal,
): MutateRequest {
  const { exports, sample, seed, jobs, resume } = options;
  let [total, killed] = [0, 0];
  const see = (done: number) =>
    progress.see({ what: `${killed} killed`, done, total, unit: "mutants" });
  return {
    ...{ target, exports, sample, seed, jobs, signal },
    ...{ function: options.function, file: options.file },
    out: resume ?? options.out,
    resume: resume !== undefined,
    incremental: answersFile(options),
    equivalents: listOf(target, options),
    onStart: (start) => {
      total = start.chosen;
      begin(target, options, start);
    },
    onResult: ({ state }, done) => {
      if (state === "killed") killed++;
      see(done);
    },
    onCovered: see,
  };
}

function writeSample(programs: readonly string[], file: string, signal: AbortSignal): void {
  clearScreen();
  if (signal.aborted) {
    setExitCode(ExitCode.INTERRUPTED);
    return;
  }
  writeWholeFile(file, quickSampleText(programs));
  print(
    `${file}: ${counted(programs.length, "program")}; slabfuzz golden --update takes their digests`,
  );
}

function answersFile({ incremental, incrementalFile }: MutateOptions): string | undefined {
  return incrementalFile ?? (incremental === true ? DEFAULT_ANSWERS : undefined);
}

/** The usual list may be of another target; one that is named is meant. */
function listOf(target: string, { equivalents }: MutateOptions): Equivalents | undefined {
  if (equivalents !== undefined) return readEquivalents(equivalents);
  return existsSync(DEFAULT_LIST) ? readEquivalents(DEFAULT_LIST, target) : undefined;
}

function begin(target: string, options: MutateOptions, start: MutateStart): void {
  const { mutants, chosen, programs, selection } = start;
  const { seed = DEFAULT_SEED } = selection;
  const part = chosen === mutants ? `${mutants}` : `${chosen} of ${mutants}, seed ${seed}`;
  const say = options.json === true ? note : print;
  say(
    `slabfuzz ${slabfuzzVersion()}: mutate ${target}, mutants ${part}, ` +
      `programs ${programs}, jobs ${options.jobs}`,
  );
}

function finish(result: MutateResult, options: MutateOptions): void {
  clearScreen();
  const rows = result.tried.map(rowOf);
  if (options.json === true) printJson(recordOf(result, rows));
  else if (rows.length > 0) print(linesOf(result, rows));
  const { report } = options;
  if (report !== undefined) writeWholeFile(report, `${jsonOf(mutationReport(result))}\n`);
  for (const complaint of result.complaints) note(complaint);
  const say = options.json === true ? note : print;
  if (result.isInterrupted) say(`interrupted; ${goOnOf(result, options)}`);
  say(`repeat: ${repeatOf(result, options)}`);
  if (result.unstored !== undefined) throw result.unstored;
  if (result.isInterrupted) setExitCode(ExitCode.INTERRUPTED);
  else if (result.complaints.length > 0 || scoreOf(rows).score < options.minScore / 100) {
    setExitCode(ExitCode.FINDINGS);
  }
}

function linesOf(result: MutateResult, rows: readonly MutationRow[]): readonly string[] {
  const survivors = survivorLines(rows);
  const seconds = (result.timeMs / 1000).toFixed(0);
  const { kept } = result;
  return [
    "",
    ...mutationTables(rows),
    "",
    ...(survivors.length === 0 ? [] : ["survivors", ...survivors, ""]),
    `${scoreLine(rows)}, in ${seconds} s${kept === 0 ? "" : `; ${kept} answers were kept`}`,
  ];
}

function rowOf({ mutant, result, equivalent }: TriedMutant): MutationRow {
  const { source, operator, text } = mutant;
  const { state, killer, check, programs, ms, stumble } = result;
  return {
    ...{ place: locationText(mutant), source, function: mutant.function, operator, text },
    ...{ state, killer, check, programs, ms, stumble, equivalent },
  };
}

function recordOf(result: MutateResult, rows: readonly MutationRow[]): unknown {
  const { target, mutants, programs, complaints, isInterrupted, timeMs, tried, kept } = result;
  return {
    ...{ target, programs, all: mutants, ...scoreOf(rows) },
    ...{ kept, complaints, isInterrupted },
    seconds: timeMs / 1000,
    rows: rows.map((row, i) => ({
      id: tried[i].mutant.id,
      ...row,
      signature: tried[i].result.signature,
    })),
  };
}

function repeatOf(result: MutateResult, options: MutateOptions): string {
  const folder = options.resume ?? options.out;
  return lineOf(result, options, folder === undefined ? [] : ["--out", folder]);
}

function goOnOf(result: MutateResult, options: MutateOptions): string {
  const folder = options.resume ?? options.out;
  if (folder === undefined) return "with --out a run keeps a journal, and can be resumed";
  return `resume: ${lineOf(result, options, ["--resume", folder])}`;
}

function lineOf(
  { target, selection }: MutateResult,
  options: MutateOptions,
  end: readonly string[],
): string {
  const { exports, jobs } = options;
  const { sample, seed = DEFAULT_SEED } = selection;
  const words = ["slabfuzz", "mutate", target];
  if (exports !== undefined) words.push("--exports", exports);
  if (sample !== undefined) words.push("--sample", String(sample), "--seed", String(seed));
  if (selection.function !== undefined) words.push("--function", selection.function);
  if (selection.file !== undefined) words.push("--file", selection.file);
  const answers = answersFile(options);
  if (answers !== undefined) words.push("--incremental-file", answers);
  return shellLine([...words, "--jobs", String(jobs), ...end]);
}
