// slabfuzz bench: what debug options cost, on named workloads, side by side.
import { availableParallelism, cpus } from "node:os";
import { type Command, Option } from "commander";
import { optionWords, unknownText } from "../../base/option_text.ts";
import { UserError } from "../../base/user_error.ts";
import { benchPage } from "../../compare/bench/bench_page.ts";
import {
  benchComparisonLines,
  benchLines,
  compareBench,
  trackerRecords,
} from "../../compare/bench/bench_text.ts";
import {
  type BenchResult,
  type EarlierBench,
  readBenchResult,
} from "../../compare/bench/result.ts";
import { type BenchRequest, benchPlan, runBench } from "../../compare/bench/run.ts";
import { sizesOf } from "../../compare/bench/stream.ts";
import {
  BENCH_WORKLOAD_ABOUT,
  BENCH_WORKLOADS,
  type BenchWorkload,
  isBenchWorkload,
} from "../../compare/bench/workloads.ts";
import { parseOptionSets } from "../../compare/option_sets.ts";
import type { ForeignChoice } from "../../module/load/choice.ts";
import { loadForeign } from "../../module/load/load.ts";
import { byKind } from "../../targets/targets.ts";
import { profilesOf, writePage } from "../case_options.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { TARGET_OPTIONS, type TargetSettings } from "../options/campaign_options.ts";
import { addOptions } from "../options/option.ts";
import { durationMs, numberFrom } from "../options/value.ts";
import { ProgressLine } from "../progress.ts";
import { resolveSource } from "../source.ts";
import { note, print, printJson, setExitCode, shellLine } from "../terminal.ts";

interface BenchOptions extends TargetSettings {
  readonly workload: string;
  readonly size: string;
  readonly live: readonly number[];
  readonly options: string;
  readonly baseline: string;
  readonly profile: string;
  readonly boot?: string;
  readonly targets?: string;
  readonly time: number;
  readonly cases: number;
  readonly json?: boolean;
  readonly format: "table" | "json" | "tracker";
  readonly html?: string;
  readonly compare?: string;
}

const liveOf = numberFrom(1, 1_048_576);

export function register(program: Command): void {
  const command = program
    .command("bench")
    .description("measure time and memory side by side")
    .argument("[source]", "a program to play instead: a script, a finding's folder, a token, or -")
    .option("--workload <names>", "with commas between, or all", "uniform")
    .option("--size <bytes>", "bytes of an object; several with commas between, or mix", "320")
    .addOption(
      new Option("--live <n>", "about how many objects are alive; several with commas between")
        .argParser((text) => text.split(",").map((word) => liveOf(word.trim())))
        .default([128, 1024, 8192], "128,1024,8192"),
    )
    .option("--options <sets>", "sets of slub_debug letters", "-,F,Z,P,U,FZ,FP,FZP,FZPU")
    .option("--baseline <set>", "the set that the others are compared with", "-")
    .option("--profile <kernels>", "kernels with commas between", "v6.1")
    .option("--boot <variant>", "configuration of the kernels (default: up, on v3.10 v310)")
    .option("--targets <names>", "others beside slub: tlsf, files, packages (default: none)")
    .addOption(
      new Option("--time <time>", "for each contender of a group: 500ms, 2s")
        .argParser(durationMs)
        .default(600, "600ms"),
    )
    .option(
      "--cases <n>",
      "cases of each bug class, for what each set detects",
      numberFrom(0, 100_000),
      20,
    )
    .addOption(
      new Option("--format <format>", "format of the output")
        .choices(["table", "json", "tracker"])
        .default("table"),
    )
    .option("--json", "the same as --format json")
    .option("--html <file>", "write it as one self-contained page, too")
    .option("--compare <file>", "show what changed since the run in this file (of --json)");
  addOptions(command, TARGET_OPTIONS)
    .addHelpText("after", () =>
      helpText("bench", {
        "bench-workloads": BENCH_WORKLOADS.map(
          (name) => `  ${name.padEnd(10)}${BENCH_WORKLOAD_ABOUT[name]}`,
        ).join("\n"),
      }),
    )
    .action(run);
}

async function run(word: string | undefined, options: BenchOptions): Promise<void> {
  const before = options.compare === undefined ? undefined : readBenchResult(options.compare);
  const request = await requestOf(word, options);
  note(benchPlan(request));
  const isData = options.json === true || options.format === "json";
  const result = await measured(request, new ProgressLine(isData));
  show(result, options);
  if (options.html !== undefined) {
    writePage(options.html, benchPage({ result, command: commandLine(word, options) }));
  }
  if (before !== undefined) showComparison(before, result);
}

async function measured(request: BenchRequest, progress: ProgressLine): Promise<BenchResult> {
  try {
    return await runBench(request, (what, done, total) => progress.see({ what, done, total }));
  } finally {
    progress.end();
  }
}

function show(result: BenchResult, { json, format, compare }: BenchOptions): void {
  if (json || format === "json") printJson(result);
  else if (format === "tracker") printJson(trackerRecords(result));
  else if (compare === undefined) print(benchLines(result));
}

function showComparison(before: EarlierBench, now: BenchResult): void {
  const comparison = compareBench(before, now);
  print(benchComparisonLines(comparison));
  if (comparison.changes.some(({ says }) => says === "slower")) setExitCode(ExitCode.FINDINGS);
}

async function requestOf(word: string | undefined, options: BenchOptions): Promise<BenchRequest> {
  const { size, baseline, boot, time, cases, profile } = options;
  sizesOf(size);
  const programs = await programsOf(word, options);
  const sets = parseOptionSets(options.options);
  const [base] = parseOptionSets(baseline);
  if (!sets.includes(base)) throw new UserError(`--baseline ${baseline}: is none of --options`);
  return {
    machine: hostLine(),
    workloads: workloadsOf(options.workload),
    ...programs,
    sizes: size,
    live: options.live,
    options: sets,
    profiles: profilesOf(profile, boot),
    boot,
    targets: targetsOf(options.targets, programs),
    timeMs: time,
    baseline: base,
    detectionCases: cases,
  };
}

type BenchPrograms = Pick<BenchRequest, "program" | "moduleProgram">;

async function programsOf(
  word: string | undefined,
  options: TargetSettings,
): Promise<BenchPrograms> {
  if (word === undefined) {
    if (options.target === undefined) return {};
    throw new UserError("--target: says where SOURCE runs; --targets plays workloads on others");
  }
  return await byKind<BenchPrograms>(await resolveSource(word, options), {
    kernel: (program) => ({ program }),
    module: ({ name, parts }) => ({ moduleProgram: { name, ...parts } }),
  });
}

/** Before anything is measured: a target without an allocator is refused at once. */
function targetsOf(text: string | undefined, { program }: BenchPrograms): readonly ForeignChoice[] {
  if (text === undefined) return [];
  if (program !== undefined) {
    throw new UserError("--targets: plays workloads and programs of modules, no other program");
  }
  const words = text.split(",").map((word) => word.trim());
  // SLUB is measured whatever stands beside it.
  const choices = words.filter((word) => word !== "slub").map((target) => ({ target }));
  for (const choice of choices) loadForeign(choice);
  return choices;
}

function workloadsOf(text: string): readonly BenchWorkload[] {
  if (text === "all") return BENCH_WORKLOADS;
  return text.split(",").map((word) => {
    const name = word.trim();
    if (isBenchWorkload(name)) return name;
    throw new UserError(unknownText("workload", name, ["all", ...BENCH_WORKLOADS]));
  });
}

function commandLine(word: string | undefined, options: BenchOptions): string {
  const { workload, size, live, profile, boot, html } = options;
  const traffic = ["--workload", workload, "--size", size, "--live", live.join(",")];
  const words = ["slabfuzz", "bench", ...(word === undefined ? traffic : [word])];
  words.push("--options", options.options, "--profile", profile);
  const given = { "--boot": boot, "--targets": options.targets, "--html": html };
  return shellLine([...words, ...optionWords(given)]);
}

/** `2 x AMD EPYC, Node v20.20.2, linux`. */
export function hostLine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  return `${availableParallelism()} x ${model}, Node ${process.version}, ${process.platform}`;
}
