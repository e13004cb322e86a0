// slabfuzz fuzz: the main job. A campaign of generated programs, each with a mistake of a chosen
// class or with none, judged against the truth.
import { type Command, Option } from "commander";
import { columnLines } from "../../base/option_text.ts";
import { wrapped } from "../../base/text_lines.ts";
import type { FuzzRequest, FuzzResult } from "../../campaign/fuzz.ts";
import { fuzz, UnstoredCampaign } from "../../campaign/fuzz.ts";
import { parseShard, type Shard } from "../../campaign/ranges.ts";
import type { Start } from "../../campaign/start.ts";
import type { Baseline, KnownFinding } from "../../checks/gate/baseline.ts";
import { RULE_ABOUT } from "../../module/judge/rule.ts";
import { invariantLines, parseInvariants } from "../../slub/invariant_text.ts";
import { CANARY_NAMES } from "../../slub/named_core.ts";
import type { InvariantCadence } from "../../slub/oracle/violation.ts";
import { VERDICTS, type Verdict } from "../../target/verdict.ts";
import { isModule, requireTarget } from "../../targets/targets.ts";
import type { MachineOptions, ShapeOptions } from "../case_options.ts";
import {
  addMachineOptions,
  addShapeOptions,
  SHAPE_DETAILS,
  shapeOfOptions,
} from "../case_options.ts";
import { addConfigOptions, type ConfigOptions, configured } from "../config/load.ts";
import type { FailOn, Settings } from "../config/settings.ts";
import {
  FAIL_ON,
  mergeSettings,
  requestOf,
  settingsForResume,
  settingsText,
} from "../config/settings.ts";
import { firstLine, resumeLines, showResult } from "../fuzz_lines.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import {
  DEFAULT_BASELINE,
  expiredLines,
  failureCode,
  isKnown,
  readBaseline,
} from "../known_files.ts";
import {
  casesValue,
  durationMs,
  jobsValue,
  knownNames,
  readWith,
  seedValue,
} from "../option_value.ts";
import { isShown, note, print, printText, screenSize, setExitCode } from "../terminal.ts";
import { Watch, type WatchOptions } from "../watch.ts";

const DEFAULT_FOLDER = "findings";
const verdicts = knownNames("verdict", VERDICTS);

interface FuzzOptions extends MachineOptions, ShapeOptions, ConfigOptions {
  readonly target?: string;
  readonly exports?: string;
  readonly instrument?: boolean;
  readonly seed?: bigint;
  readonly cases?: number;
  readonly time?: number;
  readonly timeout?: number;
  readonly jobs?: number;
  readonly shard?: Shard;
  readonly out?: string;
  readonly resume?: string | true;
  readonly failOn?: FailOn;
  readonly countAsNew?: readonly Verdict[];
  readonly baseline?: string;
  readonly printConfig?: boolean;
  readonly json?: boolean;
  readonly listAll?: boolean;
  readonly invariants?: InvariantCadence;
  readonly listInvariants?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("fuzz")
    .description("run a campaign of generated programs")
    .option("--target <target>", "slub, canary:NAME, tlsf, FILE.wasm or PACKAGE (default: slub)")
    .option("--exports <names>", "how a foreign target is called: malloc=NAME,free=NAME,...")
    .option("--instrument", "watch the stores of a foreign target: slow, and sees more")
    .option("--seed <seed>", "seed of the campaign (a fresh one is printed)", seedValue)
    .option("--cases <n>", "how many cases", casesValue)
    .option("--time <time>", "how long: 30s, 2m (10s if --cases is not given)", durationMs)
    .option("--timeout <time>", "CPU time that one case may take (default: 10s)", durationMs)
    .option("--jobs <n>", "worker threads (default: 1)", jobsValue)
    .option("--shard <i/n>", "only part i of n of the cases", readWith(parseShard))
    .option("--out <folder>", `where journal and findings are stored (default: ${DEFAULT_FOLDER})`)
    .option("--resume [folder]", "carry on with the campaign in that folder, or in --out")
    .addOption(
      new Option("--fail-on <what>", "what makes the exit code 1 (default: new)").choices(FAIL_ON),
    )
    .option("--count-as-new <verdicts>", "verdicts that are new findings, too", verdicts)
    .option("--baseline <file>", `findings that are not new (default: ${DEFAULT_BASELINE})`)
    .option("--print-config", "print what config and options come to, and do nothing else")
    .option(
      "--invariants <rules>",
      "NAME=off, or NAME=N: kept in one case of N",
      readWith(parseInvariants),
    )
    .option("--list-invariants", "list the rules, what each costs and how often it is kept")
    .option("--list-all", "list every class and every finding, not only what matters most")
    .option("--json", "print the result as JSON");
  addConfigOptions(addMachineOptions(addShapeOptions(command)))
    .addHelpText("after", () =>
      helpText("fuzz", {
        "shape-details": SHAPE_DETAILS,
        "canary-names": CANARY_NAMES.join("\n  "),
      }),
    )
    .action(run);
}

async function run(options: FuzzOptions): Promise<void> {
  const settings = mergeSettings(await settingsOfConfig(options), settingsOf(options));
  if (options.listInvariants === true) print(await ruleLines(settings));
  else if (options.printConfig === true) printText(settingsText(settings));
  else await runAndShow(settings, options);
}

/** The rules that are judged for the target. */
async function ruleLines(settings: Settings): Promise<readonly string[]> {
  const { target = "slub", exports } = await requestOf(settings);
  await requireTarget(target, exports);
  if (!(await isModule(target, exports))) return invariantLines(settings.invariants);
  return columnLines([["rule", "says"], ...Object.entries(RULE_ABOUT)]);
}

/** What the config file says; on resuming, the campaign is what its journal says. */
async function settingsOfConfig(options: FuzzOptions): Promise<Settings> {
  const settings = await configured(options);
  return options.resume === undefined ? settings : settingsForResume(settings);
}

interface ShowOptions
  extends Pick<FuzzOptions, "json" | "listAll">,
    Pick<WatchOptions, "isOneLine"> {}

/** Runs a campaign, shows it, and sets the exit code. */
export async function runAndShow(
  settings: Settings,
  { json, listAll, isOneLine }: ShowOptions = {},
): Promise<void> {
  const { jobs = 1 } = settings;
  const baseline = readBaseline(settings.baseline);
  const place = { out: settings.out ?? DEFAULT_FOLDER, numbersOut: settings.out === undefined };
  const request = { ...(await requestOf(settings)), jobs, ...place };
  const begin = (start: Start) => {
    const line = firstLine(start, jobs);
    if (json === true) note(line);
    else print(isShown() ? wrapped(line, screenSize().columns - 1, "  ") : line);
  };
  const show = (result: FuzzResult) => {
    const { start, summary } = result;
    const more = [...start.target.text.closing, ...baselineLines(baseline, summary.findings)];
    showResult(result, { json, listAll, jobs }, [...more, ...resumeLines(result)]);
  };
  const result = await runWatched(request, begin, { isSilent: json, isOneLine }).catch((error) => {
    if (error instanceof UnstoredCampaign) show(error.result);
    throw error;
  });
  show(result);
  setExitCode(failureCode(settings, result, baseline));
}

function baselineLines(baseline: Baseline, findings: readonly KnownFinding[]): readonly string[] {
  const known = findings.filter((finding) => isKnown(baseline, finding)).length;
  const lines = expiredLines(baseline, findings);
  return known === 0 ? lines : [`known findings: ${known}`, ...lines];
}

/** What the options say; what they leave out is undefined. */
function settingsOf(options: FuzzOptions): Settings {
  const { target, exports, instrument, profile, boot, slubDebug, cpus, kconfig } = options;
  const { seed, cases, jobs, shard } = options;
  const { resume, failOn, countAsNew, baseline } = options;
  return {
    ...shapeOfOptions(options),
    ...{ target, exports, instrument, profile, boot, slubDebug, cpus, kconfig },
    ...{ seed, cases, jobs, shard },
    timeMs: options.time,
    timeoutMs: options.timeout,
    invariants: options.invariants,
    out: typeof resume === "string" ? resume : options.out,
    resume: resume === undefined ? undefined : true,
    failOn,
    countAsNew,
    baseline,
  };
}

/** Runs and shows its progress, until done or interrupted. */
async function runWatched(
  request: FuzzRequest,
  onStart: (start: Start) => void,
  how: WatchOptions,
): Promise<FuzzResult> {
  const interruption = listenForInterrupt();
  const watch = new Watch(interruption.signal, how);
  try {
    return await fuzz({
      ...request,
      signal: interruption.signal,
      onStart,
      onNote: note,
      onProgress: (view) => watch.see(view),
    });
  } finally {
    watch.end();
    interruption.release();
  }
}
