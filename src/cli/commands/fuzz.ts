// slabfuzz fuzz: the main job. A campaign of generated programs, each with a mistake of a chosen
// class or with none, judged against the truth.
import { type Command, InvalidArgumentError, Option } from "commander";
import { type FuzzRequest, type FuzzResult, fuzz } from "../../campaign/fuzz.ts";
import { parseShard, type Shard } from "../../campaign/shard.ts";
import type { Start } from "../../campaign/start.ts";
import { CANARY_NAMES } from "../../campaign/target.ts";
import { progressLine, summaryLines } from "../../report/summary.ts";
import { durationMs, timeoutMs } from "../duration.ts";
import { ExitCode } from "../exit_code.ts";
import { firstLine, fuzzRecord, repeatLine, resumeLine } from "../fuzz_lines.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { addMachineOptions, type MachineOptions, machineOverrides } from "../machine_options.ts";
import { positiveNumber, seedValue } from "../option_value.ts";
import {
  addShapeOptions,
  SHAPE_DETAILS,
  type ShapeOptions,
  shapeOfOptions,
} from "../shape_options.ts";
import { clearProgress, note, print, setExitCode, showProgress } from "../terminal.ts";

const DEFAULT_FOLDER = "findings";

type FailOn = "new" | "any" | "none";

interface FuzzOptions extends MachineOptions, ShapeOptions {
  readonly target?: string;
  readonly seed?: bigint;
  readonly cases?: number;
  readonly time?: number;
  readonly timeout?: number;
  readonly jobs: number;
  readonly shard?: Shard;
  readonly out: string;
  readonly resume?: string | true;
  readonly failOn: FailOn;
  readonly json?: boolean;
}

const DETAILS = `
${SHAPE_DETAILS}

Targets: slub, or canary:NAME, the same core with one deliberate bug:
  ${CANARY_NAMES.join("\n  ")}

Verdicts: detected (by the right check, in time), late (after somebody was harmed), misattributed,
masked, escaped (an option in force looks there, but never saw it), blind (none does), oops, and
invariant: the allocator broke its own rules, and no mistake of the program explains it.

With --fail-on new, the default, the exit code is 1 for the verdicts invariant and misattributed;
with any, for every finding.

Examples:
  slabfuzz fuzz --slub-debug FZP --time 10s
  slabfuzz fuzz --bugs none --slub-debug FZPU --cases 200000
  slabfuzz fuzz --bugs double-free,off-by-one --profile v3.10 --slub-debug FZ --seed 7 --cases 5000
`;

export function register(program: Command): void {
  const command = program
    .command("fuzz")
    .description("run a campaign: generated programs, judged against the truth")
    .option("--target <target>", "slub, or canary:NAME (default: slub)")
    .option("--seed <seed>", "seed of the campaign (a fresh one is printed)", seedValue)
    .option("--cases <n>", "how many cases", positiveNumber)
    .option("--time <time>", "how long: 30s, 2m (10s if --cases is not given)", durationMs)
    .option("--timeout <ms>", "how long one case may take (10000)", timeoutMs)
    .option("--jobs <n>", "worker threads", positiveNumber, 1)
    .option("--shard <i/n>", "only part i of n of the cases", shardValue)
    .option("--out <folder>", "where journal and findings are stored", DEFAULT_FOLDER)
    .option("--resume [folder]", "carry on with the campaign in that folder, or in --out")
    .addOption(
      new Option("--fail-on <what>", "what makes the exit code 1")
        .choices(["new", "any", "none"])
        .default("new"),
    )
    .option("--json", "print the result as JSON");
  addMachineOptions(addShapeOptions(command)).addHelpText("after", DETAILS).action(run);
}

async function run(options: FuzzOptions): Promise<void> {
  const say = options.json === true ? note : print;
  const request = requestOf(options);
  const result = await runWatched(request, (start) => say(firstLine(start, options.jobs)));
  const { summary, start } = result;
  if (options.json === true) print(JSON.stringify(fuzzRecord(result), null, 2));
  else print(`\n${summaryLines(summary, start.options.bugs).join("\n")}`);
  const repeat = repeatLine(result, options.jobs);
  const resume = resumeLine(request.out ?? DEFAULT_FOLDER, result);
  if (resume !== undefined) say(resume);
  if (repeat !== undefined) say(`repeat: ${repeat}`);
  setExitCode(exitCodeOf(options.failOn, result));
}

function requestOf(options: FuzzOptions): FuzzRequest {
  const { target, seed, cases, time, timeout, jobs, shard, resume } = options;
  return {
    ...shapeOfOptions(options),
    target,
    machine: machineOverrides(options),
    seed,
    cases,
    timeMs: time,
    timeoutMs: timeout,
    jobs,
    shard,
    out: typeof resume === "string" ? resume : options.out,
    resume: resume !== undefined,
  };
}

/** Runs with a progress line, until done or interrupted. */
async function runWatched(
  request: FuzzRequest,
  onStart: (start: Start) => void,
): Promise<FuzzResult> {
  const interruption = listenForInterrupt();
  try {
    return await fuzz({
      ...request,
      signal: interruption.signal,
      onStart,
      onNote: note,
      onProgress: ({ tally, timeMs }) => {
        showProgress(progressLine(tally.cases, timeMs / 1000, tally.data.verdicts));
      },
      onEnd: clearProgress,
    });
  } finally {
    clearProgress();
    interruption.release();
  }
}

/** A value such as 2/4. */
function shardValue(text: string): Shard {
  try {
    return parseShard(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** Verdicts that are failures of their own: of the allocator, or of what the kernel says. */
const NEW_VERDICTS: readonly string[] = ["invariant", "misattributed"];

function exitCodeOf(failOn: FailOn, { interrupted, summary }: FuzzResult): ExitCode {
  if (interrupted) return ExitCode.INTERRUPTED;
  const { findings } = summary;
  const counted = {
    none: false,
    any: findings.length > 0,
    new: findings.some(({ verdict, stable }) => NEW_VERDICTS.includes(verdict) || !stable),
  };
  return counted[failOn] ? ExitCode.FINDINGS : ExitCode.OK;
}
