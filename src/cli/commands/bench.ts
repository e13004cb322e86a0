// slabfuzz bench: what debug options cost in time and memory, beside what they catch.
import { availableParallelism, cpus } from "node:os";
import { type Command, Option } from "commander";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { parseWorkload } from "../../campaign/shape_text.ts";
import { INJECTED_BUGS } from "../../gen/bug_names.ts";
import { WORKLOAD_ABOUT } from "../../gen/workload_names.ts";
import { resolveMachine } from "../../program/boot.ts";
import type { ProfileName } from "../../program/op.ts";
import { type Bench, type BenchWork, bench } from "../../survey/bench.ts";
import { type BenchChange, compareBenches, parseBench } from "../../survey/bench_compare.ts";
import { type BenchSummary, summariesOf, trackerRecord } from "../../survey/bench_figures.ts";
import { benchPage } from "../../survey/bench_page.ts";
import { benchLines, changeLines } from "../../survey/bench_text.ts";
import { bytesPerObject, layoutsOf } from "../../survey/layout.ts";
import { parseOptionSets, TELLING_SETS } from "../../survey/option_sets.ts";
import { type ScoreCell, score } from "../../survey/score.ts";
import { SlabHeap } from "../../wasm/heap.ts";
import { durationMs } from "../duration.ts";
import { ExitCode } from "../exit_code.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { profilesOf, writePage } from "../matrix_options.ts";
import { positiveNumber, seedValue, wholeNumber } from "../option_value.ts";
import { shellLine } from "../shell_words.ts";
import { resolveSource } from "../source.ts";
import { clearScreen, note, print, readSource, setExitCode, showScreen } from "../terminal.ts";

type Format = "table" | "json" | "tracker";

interface BenchOptions {
  readonly workload: string;
  readonly options?: string;
  readonly size: number;
  readonly profile?: string;
  readonly boot?: string;
  readonly cpus?: number;
  readonly kconfig?: string;
  readonly seed: bigint;
  readonly time: number;
  readonly detection: number;
  readonly compare?: string;
  readonly format: Format;
  readonly json?: boolean;
  readonly html?: string;
}

const DEFAULT_WORKLOADS = "toggle,lifo,fifo,grow,phases";
const DEFAULT_TIME_MS = 300;
const DEFAULT_DETECTION = 20;

const DETAILS = `
Workloads are clean traffic of one cache of --size bytes (names below, or all); SOURCE is a program
of your own to play instead: a script, a finding, a token. All sets of options take turns, a short
round each, so what disturbs one disturbs all. ns/op is the time below which a tenth of the rounds
lie; spread says how far the median lies above it: beyond a half, the machine was busy.

Detection comes from a small scorecard (slabfuzz score has the large one); a set is dominated by
another that catches as much or more and takes no longer.

--compare FILE holds the run against an earlier one (--json wrote it): slower or faster where that
is sure to be by more than 3 %, else no change; the last line says which changes would have been
seen. The exit code is 1 if anything became slower.

Workloads:
${Object.entries(WORKLOAD_ABOUT)
  .map(([name, words]) => `  ${name.padEnd(10)} ${words}`)
  .join("\n")}

Examples:
  slabfuzz bench --html bench.html
  slabfuzz bench --workload lifo --options=-,FZ,FZP --json > before.json
  slabfuzz bench --workload lifo --options=-,FZ,FZP --compare before.json
`;

export function register(program: Command): void {
  program
    .command("bench")
    .description("what sets of debug options cost in time and memory, beside what they catch")
    .argument("[source]", "a program to play instead of workloads")
    .option("--workload <names>", "traffic by name, with commas between", DEFAULT_WORKLOADS)
    .option("--options <sets>", `sets of letters, or all (default: ${TELLING_SETS.join(",")})`)
    .option("--size <bytes>", "of objects", positiveNumber, 320)
    .option("--profile <kernel>", "which kernel (default: v6.1)")
    .option("--boot <variant>", "its configuration")
    .option("--cpus <n>", "nr_cpu_ids", positiveNumber)
    .option("--kconfig <options>", "kernel options: +SLAB_FREELIST_RANDOM -DEBUG_LIST ...")
    .option("--seed <seed>", "what traffic is drawn from", seedValue, 1n)
    .option("--time <time>", "for each set in each workload (300ms)", durationMs, DEFAULT_TIME_MS)
    .option("--detection <n>", "cases of each class, 0 for none", wholeNumber, DEFAULT_DETECTION)
    .option("--compare <file>", "an earlier run, as --json printed it")
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["table", "json", "tracker"])
        .default("table"),
    )
    .option("--json", "the same as --format json")
    .option("--html <file>", "write it as one self-contained page, too")
    .addHelpText("after", DETAILS)
    .action(run);
}

/** The request, read. */
interface Asked {
  readonly profile: ProfileName;
  readonly sets: readonly string[];
  readonly works: readonly BenchWork[];
}

async function run(word: string | undefined, options: BenchOptions): Promise<void> {
  const asked = askedOf(word, options);
  const old = options.compare;
  const before = old === undefined ? undefined : parseBench(readSource(old), old);
  const interruption = listenForInterrupt();
  try {
    const result = benchWatched(asked, options, interruption.signal);
    if (result.groups.length === 0) throw new UserError("interrupted before anything was measured");
    const cells = await detectionOf(asked, options, interruption.signal);
    const bytesOf = word === undefined ? bytesBy(asked, options) : undefined;
    const summaries = summariesOf(result, { cells, bytesOf });
    const changes = before === undefined ? [] : compareBenches(before, result);
    show({ result, summaries, changes }, commandLine(word, options), options);
    setExitCode(codeOf(result, changes));
  } finally {
    interruption.release();
  }
}

function askedOf(word: string | undefined, options: BenchOptions): Asked {
  const profiles = profilesOf(options.profile, options.boot, ["v6.1"]);
  if (profiles.length > 1 && options.profile !== undefined) {
    throw new UserError("one kernel at a time: their times are different programs' times");
  }
  const sets = options.options === undefined ? TELLING_SETS : parseOptionSets(options.options);
  return { profile: profiles[0], sets, works: worksOf(word, options) };
}

function worksOf(word: string | undefined, { workload, size }: BenchOptions): BenchWork[] {
  if (word !== undefined) {
    const { name, program } = resolveSource(word);
    return [{ kind: "program", name, program }];
  }
  return parseWorkload(workload).map((name) => ({ kind: "workload", name, size }));
}

function machineOf({ profile }: Asked, { boot, cpus, kconfig }: BenchOptions) {
  return { profile, boot, cpus, config: kconfig };
}

function benchWatched(asked: Asked, options: BenchOptions, signal: AbortSignal): Bench {
  const { works, sets } = asked;
  try {
    return bench({
      works,
      options: sets,
      machine: machineOf(asked, options),
      seed: options.seed,
      host: hostName(),
      timeMs: options.time,
      signal,
      onWork: (name, i) => showScreen([`${i} of ${works.length} workloads done, now ${name}`]),
    });
  } finally {
    clearScreen();
  }
}

function hostName(): string {
  const model = cpus()[0]?.model.trim() ?? "an unknown processor";
  return `${availableParallelism()} x ${model}, Node ${process.version}`;
}

async function detectionOf(
  asked: Asked,
  options: BenchOptions,
  signal: AbortSignal,
): Promise<readonly ScoreCell[]> {
  if (options.detection === 0 || signal.aborted) return [];
  try {
    const { cells, interrupted } = await score({
      bugs: INJECTED_BUGS,
      profiles: [asked.profile],
      options: asked.sets,
      machine: machineOf(asked, options),
      cases: options.detection,
      seed: options.seed,
      jobs: Math.min(4, availableParallelism()),
      signal,
      onProgress: ({ done, total }) => showScreen([`detection: ${done} of ${total} cases`]),
    });
    return interrupted ? [] : cells;
  } finally {
    clearScreen();
  }
}

function bytesBy(asked: Asked, options: BenchOptions): (set: string) => number | undefined {
  const heap = new SlabHeap();
  const form = { size: options.size, align: 0, flags: "M", ctor: false };
  return (set) => {
    const overrides = { ...machineOf(asked, options), slubDebug: set };
    const machine = { ...resolveMachine({ comments: [] }, overrides), nomerge: true };
    const [{ slot }] = layoutsOf(heap, [machine], form).columns;
    return slot === undefined ? undefined : bytesPerObject(slot);
  };
}

interface Shown {
  readonly result: Bench;
  readonly summaries: readonly BenchSummary[];
  readonly changes: readonly BenchChange[];
}

function show({ result, summaries, changes }: Shown, command: string, options: BenchOptions): void {
  const format = options.json ? "json" : options.format;
  if (format === "json") print(JSON.stringify({ ...result, summaries, changes }));
  else if (format === "tracker") print(JSON.stringify(trackerRecord(result), null, 2));
  else print(benchLines(result, summaries).join("\n"));
  const compared = changes.length === 0 ? [] : ["", ...changeLines(changes)];
  if (format === "table") print(compared.join("\n"));
  else for (const line of compared) note(line);
  if (options.html === undefined) return;
  const version = slabfuzzVersion();
  writePage(options.html, benchPage({ bench: result, summaries, command, version }));
}

function codeOf({ interrupted }: Bench, changes: readonly BenchChange[]): ExitCode {
  if (interrupted) return ExitCode.INTERRUPTED;
  const isSlower = changes.some(({ verdict }) => verdict === "slower");
  return isSlower ? ExitCode.FINDINGS : ExitCode.OK;
}

function commandLine(word: string | undefined, options: BenchOptions): string {
  const { workload, size, profile, boot, cpus, kconfig, seed, time, html } = options;
  const words = ["slabfuzz", "bench", ...(word === undefined ? [] : [word])];
  const given = {
    "--workload": workload === DEFAULT_WORKLOADS ? undefined : workload,
    "--options": options.options,
    "--size": size === 320 ? undefined : size,
    "--profile": profile,
    "--boot": boot,
    "--cpus": cpus,
    "--kconfig": kconfig,
    "--seed": seed === 1n ? undefined : seed,
    "--time": time === DEFAULT_TIME_MS ? undefined : `${time}ms`,
    "--html": html,
  };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) words.push(name, String(value));
  }
  return shellLine(words);
}
