// slabfuzz fuzz: the main job. A campaign of generated programs, each with a mistake of a chosen
// class or with none, judged against the truth.
import { type Command, Option } from "commander";
import { slabfuzzVersion } from "../../base/version.ts";
import { campaignOf, type FuzzRequest, type FuzzResult, fuzz } from "../../campaign/fuzz.ts";
import { type CampaignOptions, machineOf } from "../../campaign/options.ts";
import { bugsText, shapeText, sizesText, workloadText } from "../../campaign/shape_text.ts";
import { CANARY_NAMES } from "../../campaign/target.ts";
import { bootLineOf } from "../../program/boot_line.ts";
import { progressLine, type Summary, summaryLines } from "../../report/summary.ts";
import { durationMs } from "../duration.ts";
import { ExitCode } from "../exit_code.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { addMachineOptions, type MachineOptions, machineOverrides } from "../machine_options.ts";
import { positiveNumber, seedValue } from "../option_value.ts";
import {
  addShapeOptions,
  SHAPE_DETAILS,
  type ShapeOptions,
  shapeOfOptions,
  wordsOfShape,
} from "../shape_options.ts";
import { shellLine } from "../shell_words.ts";
import { clearProgress, note, print, setExitCode, showProgress } from "../terminal.ts";

const DEFAULT_FOLDER = "findings";

type FailOn = "new" | "any" | "none";

interface FuzzOptions extends MachineOptions, ShapeOptions {
  readonly target: string;
  readonly seed?: bigint;
  readonly cases?: number;
  readonly time?: number;
  readonly jobs: number;
  readonly out: string;
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
    .option("--target <target>", "slub, or canary:NAME", "slub")
    .option("--seed <seed>", "seed of the campaign (a fresh one is printed)", seedValue)
    .option("--cases <n>", "how many cases", positiveNumber)
    .option("--time <time>", "how long: 30s, 2m (10s if --cases is not given)", durationMs)
    .option("--jobs <n>", "worker threads", positiveNumber, 1)
    .option("--out <folder>", "where findings are stored", DEFAULT_FOLDER)
    .addOption(
      new Option("--fail-on <what>", "what makes the exit code 1")
        .choices(["new", "any", "none"])
        .default("new"),
    )
    .option("--json", "print the result as JSON");
  addMachineOptions(addShapeOptions(command)).addHelpText("after", DETAILS).action(run);
}

async function run(options: FuzzOptions): Promise<void> {
  const request = requestOf(options);
  const campaign = campaignOf(request);
  const say = options.json === true ? note : print;
  const result = await runWatched({ ...request, seed: campaign.seed }, () => {
    say(firstLine(campaign, options));
  });
  const { summary } = result;
  if (options.json === true) print(JSON.stringify(jsonOf(campaign, summary), null, 2));
  else print(`\n${summaryLines(summary, campaign.bugs).join("\n")}`);
  say(`repeat: ${repeatLine(campaign, options, summary.cases)}`);
  setExitCode(exitCodeOf(options.failOn, result));
}

function requestOf(options: FuzzOptions): FuzzRequest {
  const { target, seed, cases, time, jobs, out } = options;
  const machine = machineOverrides(options);
  return { ...shapeOfOptions(options), target, machine, seed, cases, timeMs: time, jobs, out };
}

/** Runs with a progress line, until done or interrupted. */
async function runWatched(request: FuzzRequest, onStart: () => void): Promise<FuzzResult> {
  const interruption = listenForInterrupt();
  try {
    return await fuzz({
      ...request,
      signal: interruption.signal,
      onStart,
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

function firstLine(campaign: CampaignOptions, { jobs }: FuzzOptions): string {
  const machine = machineOf(campaign);
  return (
    `slabfuzz ${slabfuzzVersion()}: fuzz ${campaign.target}, seed ${campaign.seed}, ` +
    `${machine.profile}, boot ${bootLineOf(machine)}, bugs ${bugsText(campaign.bugs)}, ` +
    `${shapeWords(campaign)}ops ${campaign.opCountMax}, jobs ${jobs}`
  );
}

/** What is not as usual, for the first line of a run. */
function shapeWords(campaign: CampaignOptions): string {
  const text = shapeText(campaign).replaceAll(";", ", ");
  return text === "" ? "" : `${text}, `;
}

/** The command that runs the same cases again. */
function repeatLine(campaign: CampaignOptions, options: FuzzOptions, cases: number): string {
  const { profile, boot, slubDebug, cpus, config } = campaign.machine;
  const words = ["slabfuzz", "fuzz"];
  const put = (name: string, value: string | number | bigint | undefined): void => {
    if (value !== undefined) words.push(name, String(value));
  };
  if (campaign.target !== "slub") put("--target", campaign.target);
  put("--profile", profile);
  put("--boot", boot);
  put("--slub-debug", slubDebug);
  put("--cpus", cpus);
  put("--config", config);
  words.push(...wordsOfShape(campaign));
  put("--seed", campaign.seed);
  put("--cases", cases);
  if (options.jobs > 1) put("--jobs", options.jobs);
  return shellLine(words);
}

function jsonOf(campaign: CampaignOptions, summary: Summary): object {
  const machine = machineOf(campaign);
  return {
    slabfuzz: slabfuzzVersion(),
    target: campaign.target,
    profile: machine.profile,
    boot: bootLineOf(machine),
    bugs: bugsText(campaign.bugs),
    seed: String(campaign.seed),
    bugsPerCase: campaign.bugsPerCase,
    twins: campaign.twins,
    swarm: campaign.swarm,
    without: campaign.without,
    workload: workloadText(campaign.workload),
    size: sizesText(campaign.sizes),
    ops: campaign.opCountMax,
    ...summary,
  };
}

/** Verdicts that are failures of their own: of the allocator, or of what the kernel says. */
const NEW_VERDICTS: readonly string[] = ["invariant", "misattributed"];

function exitCodeOf(failOn: FailOn, { interrupted, summary }: FuzzResult): ExitCode {
  if (interrupted) return ExitCode.INTERRUPTED;
  const { findings } = summary;
  const counted = {
    none: false,
    any: findings.length > 0,
    new: findings.some(({ verdict }) => NEW_VERDICTS.includes(verdict)),
  };
  return counted[failOn] ? ExitCode.FINDINGS : ExitCode.OK;
}
