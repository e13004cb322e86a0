// slabfuzz ci: the gate. One command that says within minutes whether a change broke an invariant
// of the allocator, or a detector; red only for what is new.
import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { daysFromToday } from "../../base/clock.ts";
import { omit, overlaid, pick } from "../../base/fields.ts";
import { optionWords } from "../../base/option_text.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { requirePlainFile } from "../../base/whole_file.ts";
import { isDay, withNew } from "../../checks/gate/baseline.ts";
import { hasCorpus, readCorpus } from "../../checks/gate/corpus.ts";
import {
  type GateProgress,
  type GateRequest,
  type GateStart,
  runGate,
} from "../../checks/gate/gate.ts";
import type { GateResult } from "../../checks/gate/result.ts";
import { isFailure, isUnfinished, ranNothing } from "../../checks/gate/result.ts";
import { gateRecord, type LocatedFinding } from "../../checks/output/located.ts";
import { markdownOf } from "../../checks/output/markdown.ts";
import { annotationLines, gateLines } from "../../checks/output/text.ts";
import { limitWords } from "../../module/load/limits.ts";
import { appendText, CiFolder } from "../ci_files.ts";
import { addConfigOptions, type ConfigOptions, configured } from "../config/load.ts";
import { requestOf } from "../config/settings.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { costForGate, findGolden } from "../known_files.ts";
import { expiredLines, readBaseline, writeBaseline } from "../known_findings.ts";
import {
  DEFAULT_BASELINE,
  limitOption,
  MACHINE_OPTIONS,
  OPTIONS,
  type Settings,
} from "../options/campaign_options.ts";
import {
  CI_OPTIONS,
  type CiSettings,
  DEFAULT_CORPUS,
  DEFAULT_REPORTS,
} from "../options/ci_options.ts";
import { addOptions, ownOption, saidOf } from "../options/option.ts";
import { ProgressLine } from "../progress.ts";
import { commandGitHub, note, print, printJson, setExitCode, shellLine } from "../terminal.ts";

/** What a new entry of the baseline says until its owner writes better words. */
const REASON = "not looked at yet";
const OWNER = "nobody yet";
const EXPIRES_DAYS = 90;
/** More workers than that make a run no shorter. */
const USUAL_JOBS_MAX = 8;

/** What the gate shares with campaigns. */
const SHARED = [
  ...(["target", "module", "exports", "instrument", "fuel", "memory"] as const),
  ...(["seed", "timeout", "jobs", "baseline"] as const),
] as const;

/** What says which target it is. */
const TARGET_FIELDS = [
  ...(["target", "module", "exports", "targets", "instrument"] as const),
  ...(["fuel", "memory"] as const),
] as const;

interface CiOptions extends CiSettings, Pick<Settings, (typeof SHARED)[number]>, ConfigOptions {
  readonly updateBaseline?: boolean;
  readonly reason: string;
  readonly owner: string;
  readonly expires?: string;
  readonly annotations?: boolean;
  readonly stepSummary?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const own = (name: (typeof SHARED)[number], about: string) => ownOption(OPTIONS, name, about);
  addConfigOptions(addOptions(program.command("ci"), CI_OPTIONS))
    .description("run the gate: what a change must not break")
    .addOption(own("target", "slub, canary:NAME, FILE.wasm or PACKAGE (default: slub)"))
    .addOption(own("module", "which module of a package: its file, or the end of its path"))
    .addOption(own("exports", "how a module is called: malloc=NAME,free=NAME,..."))
    .addOption(own("instrument", "watch the stores of a module: slow, and sees more"))
    .addOption(limitOption("fuel"))
    .addOption(limitOption("memory"))
    .addOption(own("seed", "seed of the campaign (default: a fresh one, which is printed)"))
    .addOption(own("timeout", "CPU time that one case may take (default: 2s, of a module 10s)"))
    .addOption(own("jobs", "worker threads (default: one for each CPU)"))
    .addOption(own("baseline", `known findings (default: ${DEFAULT_BASELINE}, if there is one)`))
    .option("--update-baseline", "add what is new to the baseline")
    .option("--reason <words>", "reason of what is added", REASON)
    .option("--owner <name>", "owner of what is added", OWNER)
    .option("--expires <day>", `day of what is added (default: in ${EXPIRES_DAYS} days)`, dayValue)
    .option("--annotations", "print annotations of a GitHub workflow (default on GitHub)")
    .option("--no-annotations", "print none")
    .option("--step-summary <file>", "add the summary to this Markdown file (default on GitHub)")
    .option("--json", "print the result as JSON")
    .addHelpText("after", () => helpText("ci"))
    .action(run);
}

async function run(options: CiOptions): Promise<void> {
  const config = await configured(options);
  const settings = overlaid<Settings>(config, pick(options, SHARED));
  const ci = overlaid<CiSettings>(config.ci ?? {}, saidOf(CI_OPTIONS, options));
  const isUpdated = options.updateBaseline === true;
  const { baseline: baselineFile } = settings;
  const baseline = readBaseline(baselineFile, isUpdated);
  const folder = new CiFolder(ci.out ?? DEFAULT_REPORTS);
  requirePlainFile(summaryFile(options));
  const say = options.json === true ? note : print;
  const request = await requestFor(settings, ci, config);
  const onStart = (start: GateStart) => say(firstLine(start));
  const progress = new ProgressLine(options.json);
  const result = await runWatched({ ...request, baseline, onStart }, progress);
  const findings = folder.write(result);
  if (options.json === true) printJson(gateRecord(result, findings));
  else print(gateLines(result, findings));
  for (const line of expiredLines(baseline, excusable(result))) say(line);
  tellGitHub(options, result, findings);
  if (isUpdated) {
    const { reason, owner, expires = daysFromToday(EXPIRES_DAYS) } = options;
    const news = result.findings.filter(({ status }) => status === "new");
    writeBaseline(baselineFile, withNew(baseline, news, { reason, owner, expires }));
    say(`baseline: ${news.length} added to ${baselineFile ?? DEFAULT_BASELINE}`);
  }
  say(`repeat: ${repeatLine(options, request, result)}`);
  setExitCode(codeOf(result, isUpdated));
}

async function requestFor(
  settings: Settings,
  ci: CiSettings,
  config: Settings,
): Promise<GateRequest> {
  const { seed, timeout, jobs } = settings;
  const named = await requestOf(pick(settings, TARGET_FIELDS));
  const { target = "slub", exports, fuel, memory } = named;
  const { quick, time, sections, golden, cost, costTolerance, detects } = ci;
  return {
    ...{ target, exports, fuel, memory, detects },
    golden: findGolden(target, golden),
    cost: costForGate(target, cost, costTolerance),
    jobs: jobs ?? Math.min(availableParallelism(), USUAL_JOBS_MAX),
    ...{ timeoutMs: timeout, seed, isQuick: quick, fuzzMs: time, sections },
    corpus: await corpusFor(ci),
    campaigns: await campaignsFor(config),
  };
}

/** A corpus that is named has to be there. */
async function corpusFor({ corpus }: CiSettings): Promise<GateRequest["corpus"]> {
  if (corpus === undefined && !hasCorpus(DEFAULT_CORPUS)) return undefined;
  return await readCorpus(corpus ?? DEFAULT_CORPUS);
}

/** A config that says what programs are like, or on which machine, says it of the campaign, too. */
async function campaignsFor(config: Settings): Promise<GateRequest["campaigns"]> {
  const said = overlaid<Settings>(omit(config, "ci", "jobs", "seed", ...TARGET_FIELDS));
  const names = [...Object.keys(MACHINE_OPTIONS), "bugs", "workload", "sizes"];
  return names.some((name) => name in said) ? [await requestOf(said)] : undefined;
}

async function runWatched(request: GateRequest, progress: ProgressLine): Promise<GateResult> {
  const interruption = listenForInterrupt();
  try {
    const { signal } = interruption;
    const onProgress = ({ section, done, total }: GateProgress) =>
      progress.see({ what: section, done, total });
    return await runGate({ ...request, signal, onProgress });
  } finally {
    progress.end();
    interruption.release();
  }
}

function firstLine({ target, isQuick, seed, jobs }: GateStart): string {
  const extent = isQuick ? "quick" : "full";
  return `slabfuzz ${slabfuzzVersion()}: ci ${target}, ${extent}, seed ${seed}, jobs ${jobs}`;
}

/** Only these are looked up in a baseline. */
function excusable({ findings }: GateResult): GateResult["findings"] {
  return findings.filter(({ status }) => status !== "gate");
}

function tellGitHub(
  options: CiOptions,
  result: GateResult,
  findings: readonly LocatedFinding[],
): void {
  const isGitHub = process.env["GITHUB_ACTIONS"] === "true";
  if (options.annotations ?? isGitHub) {
    commandGitHub(annotationLines(result, findings), options.json === true ? "error" : "out");
  }
  const summary = summaryFile(options);
  if (summary !== "") appendText(summary, markdownOf(result, findings));
}

/** Where the summary is added; empty for nowhere. */
function summaryFile({ stepSummary }: CiOptions): string {
  return stepSummary ?? process.env["GITHUB_STEP_SUMMARY"] ?? "";
}

function repeatLine(
  { sections }: CiOptions,
  { exports, detects, ...limits }: GateRequest,
  { target, isQuick, seed }: GateResult,
): string {
  return shellLine([
    ...["slabfuzz", "ci"],
    ...(target === "slub" ? [] : ["--target", target]),
    ...(exports === undefined ? [] : ["--exports", exports]),
    ...optionWords(limitWords(limits)),
    ...(detects === undefined ? [] : ["--detects", detects.join(",")]),
    ...(isQuick ? ["--quick"] : []),
    ...(sections === undefined ? [] : ["--sections", sections.join(",")]),
    ...["--seed", String(seed)],
  ]);
}

/** What has just been added to the baseline is known from now on. */
function codeOf(result: GateResult, isUpdated: boolean): ExitCode {
  if (result.interrupted) return ExitCode.INTERRUPTED;
  const failing = result.findings.filter(isFailure);
  const left = isUpdated ? failing.filter(({ status }) => status !== "new") : failing;
  if (left.length > 0) return ExitCode.FINDINGS;
  // Nothing speaks against the target, and not all that was to speak for it was heard.
  if (isUnfinished(result)) return ExitCode.INTERNAL;
  return ranNothing(result) ? ExitCode.FINDINGS : ExitCode.OK;
}

function dayValue(text: string): string {
  if (isDay(text)) return text;
  throw new InvalidArgumentError("must be a day such as 2027-03-01");
}
