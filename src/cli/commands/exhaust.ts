// slabfuzz exhaust: every program of a small scope.
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { agoText } from "../../campaign/quantity_text.ts";
import { parseShard } from "../../campaign/ranges.ts";
import { parseOptionSets } from "../../compare/option_sets.ts";
import type { Estimate } from "../../search/estimate.ts";
import { type ExhaustProgress, exhaust } from "../../search/exhaust.ts";
import { estimateText, exhaustLines, exhaustRecord, scopeText } from "../../search/exhaust_text.ts";
import { MISTAKE_CLASSES } from "../../search/mistake_forms.ts";
import { mistakeLines, mistakeRecord } from "../../search/mistake_text.ts";
import { exhaustMistakes, type Mistakes } from "../../search/mistakes.ts";
import {
  CACHES_LIMIT,
  OBJECTS_LIMIT,
  OPS_LIMIT,
  SCOPE_WORDS,
  type ScopeWord,
  type SearchScope,
} from "../../search/vocabulary.ts";
import type { BugName } from "../../target/bug_names.ts";
import { isAlarm } from "../../target/verdict.ts";
import { profilesOf } from "../case_options.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { OPTIONS, type Settings } from "../options/campaign_options.ts";
import { COMPARED } from "../options/compared.ts";
import { ownOption } from "../options/option.ts";
import { knownNames, numberFrom, readWith } from "../options/value.ts";
import { ProgressLine } from "../progress.ts";
import { note, print, printJson, setExitCode } from "../terminal.ts";

const DEFAULT_WORDS: readonly ScopeWord[] = ["alloc", "free", "bulk", "shrink", "validate"];
/** Two objects fit a slab: few operations make it partial, full and empty. */
const DEFAULT_SIZE = 15000;
/** Caches of one size would be alike; the next one is so much smaller. */
const SIZE_STEP = 1000;
const SIZE_MAX = 32768;

interface ExhaustOptions extends Pick<Settings, "boot" | "cpus" | "kconfig" | "jobs" | "target"> {
  readonly ops: number;
  readonly objects: number;
  readonly caches: number;
  readonly size?: readonly number[];
  readonly words: readonly ScopeWord[];
  readonly at: readonly number[];
  readonly options: string;
  readonly profile?: string;
  readonly mistake?: readonly BugName[];
  readonly shard?: string;
  readonly out?: string;
  readonly resume?: boolean;
  readonly merge?: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const numbers = (least: number, most: number) => (text: string) =>
    text.split(",").map((one) => numberFrom(least, most)(one.trim()));
  const wordsOf = readWith(knownNames("word", SCOPE_WORDS));
  const namesOf = readWith(knownNames("class", MISTAKE_CLASSES));
  const classesOf = (text: string) => (text === "all" ? MISTAKE_CLASSES : namesOf(text));
  program
    .command("exhaust")
    .description("run every program of a small scope")
    .option("--ops <n>", "operations of a program, at most", numberFrom(1, OPS_LIMIT), 5)
    .option(
      "--objects <n>",
      "objects allocated at a time, at most",
      numberFrom(1, OBJECTS_LIMIT),
      3,
    )
    .option("--caches <n>", "number of caches", numberFrom(1, CACHES_LIMIT), 1)
    .option("--size <bytes>", "sizes of their objects, with commas between", numbers(8, SIZE_MAX))
    .option("--words <words>", `operations, of ${SCOPE_WORDS.join(",")}`, wordsOf, DEFAULT_WORDS)
    .option("--at <offsets>", "where write stores 8 bytes", numbers(0, SIZE_MAX), [0])
    .addOption(ownOption(OPTIONS, "target", "slub, or canary:NAME", "slub"))
    .option("--options <sets>", "sets of letters of slub_debug, or all", "-")
    .option("--profile <kernels>", "kernels with commas between, or all (default: v6.1)")
    .addOption(COMPARED.boot)
    .addOption(COMPARED.cpus)
    .addOption(COMPARED.kconfig)
    .addOption(ownOption(OPTIONS, "jobs", "worker threads (default: one for each CPU)"))
    .option("--mistake <classes>", "put one mistake into each program: classes, or all", classesOf)
    .option("--shard <i/n>", "run part i of n only")
    .option("--out <folder>", "where the journal is stored")
    .option("--resume", "go on with the journal of --out")
    .option("--merge <folders...>", "run nothing: put the journals of shards together")
    .option("--yes", "begin a search that takes more than an hour")
    .option("--json", "print a JSON record")
    .addHelpText("after", () => helpText("exhaust"))
    .action(run);
}

async function run(options: ExhaustOptions): Promise<void> {
  const interruption = listenForInterrupt();
  const progress = new ProgressLine(options.json);
  try {
    const request = requestOf(options, progress, interruption.signal);
    if (!options.json) {
      print(`slabfuzz ${slabfuzzVersion()}: exhaust ${scopeText(request.scope)}`);
    }
    if (options.mistake === undefined) await runClean(options, request, progress);
    else await runMistakes(options.mistake, options, request, progress);
  } finally {
    progress.end();
    interruption.release();
  }
}

/** What both kinds of search are asked. */
function requestOf(options: ExhaustOptions, progress: ProgressLine, signal: AbortSignal) {
  const { target = "slub", boot, cpus, kconfig, jobs = availableParallelism(), yes } = options;
  return {
    ...{ target, jobs, signal, scope: scopeOf(options), isSure: yes === true },
    profiles: profilesOf(options.profile, boot, ["v6.1"]),
    options: parseOptionSets(options.options),
    machine: { boot, cpus, config: kconfig },
    onEstimate: (estimate: Estimate) => {
      const { seconds } = estimate;
      const time = seconds === undefined ? undefined : agoText(seconds);
      if (!options.json) note(estimateText(estimate, time));
    },
    onProgress: ({ done, total, cell }: ExhaustProgress) =>
      progress.see({ what: cell, done, total, unit: options.mistake ? "cells" : "programs" }),
  };
}

type SharedRequest = ReturnType<typeof requestOf>;

async function runClean(options: ExhaustOptions, request: SharedRequest, progress: ProgressLine) {
  const { out, shard, merge, resume } = options;
  const result = await exhaust({
    ...request,
    ...{ out, resume: resume === true },
    ...(shard === undefined ? {} : { shard: parseShard(shard) }),
    ...(merge === undefined ? {} : { merge }),
  });
  progress.end();
  if (options.json) printJson(exhaustRecord(result));
  else print(exhaustLines(result));
  if (result.interrupted && out !== undefined) {
    note("interrupted: the same command with --resume goes on");
  }
  setExitCode(
    codeOf(
      result,
      result.cells.some(({ broken }) => broken > 0),
    ),
  );
}

async function runMistakes(
  classes: readonly BugName[],
  options: ExhaustOptions,
  request: SharedRequest,
  progress: ProgressLine,
) {
  const { out, shard, merge, resume } = options;
  if ([out, shard, merge, resume].some((one) => one !== undefined)) {
    throw new UserError("--mistake: is not for --out, --shard, --merge, --resume: leave those out");
  }
  const result = await exhaustMistakes({ ...request, classes });
  progress.end();
  if (options.json) printJson(mistakeRecord(result));
  else print(mistakeLines(result));
  setExitCode(codeOf(result, result.cells.some(hasAlarm)));
}

/** A mistake that is reported as something else, or blamed on the allocator. */
function hasAlarm({ outcomes }: Mistakes["cells"][number]): boolean {
  return outcomes.some(({ verdict }) => isAlarm(verdict));
}

function scopeOf({ ops, objects, caches, size, words, at }: ExhaustOptions): SearchScope {
  const usual = Array.from({ length: caches }, (_, i) => DEFAULT_SIZE - i * SIZE_STEP);
  return { ops, objects, sizes: size ?? usual, words, offsets: at };
}

function codeOf({ interrupted }: { readonly interrupted: boolean }, isWrong: boolean): ExitCode {
  if (interrupted) return ExitCode.INTERRUPTED;
  return isWrong ? ExitCode.FINDINGS : ExitCode.OK;
}
