// slabfuzz fuzz: the main job. A campaign of generated programs, each with a mistake of a chosen
// class or with none, judged against the truth.
import type { Command } from "commander";
import { overlaid } from "../../base/fields.ts";
import { columnLines } from "../../base/option_text.ts";
import { wrapped } from "../../base/text_lines.ts";
import { UserError } from "../../base/user_error.ts";
import type { FuzzRequest, FuzzResult } from "../../campaign/fuzz.ts";
import { fuzz, UnstoredCampaign } from "../../campaign/fuzz.ts";
import { guidanceText } from "../../campaign/guidance_text.ts";
import { parseShard, type Shard } from "../../campaign/ranges.ts";
import type { Start } from "../../campaign/start.ts";
import type { Baseline, KnownFinding } from "../../checks/gate/baseline.ts";
import { RULE_ABOUT } from "../../module/judge/rule.ts";
import type { GuidedRequest } from "../../search/guided.ts";
import { invariantLines } from "../../slub/invariant_text.ts";
import { CANARY_NAMES } from "../../slub/named_core.ts";
import { isModule, requireTarget } from "../../targets/targets.ts";
import { SHAPE_DETAILS } from "../case_options.ts";
import { addConfigOptions, type ConfigOptions, configured } from "../config/load.ts";
import { requestOf, settingsForResume, settingsText } from "../config/settings.ts";
import { firstLine, resumeLines, showResult } from "../fuzz_lines.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { expiredLines, failureCode, isKnown, readBaseline } from "../known_findings.ts";
import { DEFAULT_FOLDER, OPTIONS, type Settings } from "../options/campaign_options.ts";
import { addOptions, saidOf } from "../options/option.ts";
import { readWith } from "../options/value.ts";
import { isShown, note, print, printText, screenSize, setExitCode } from "../terminal.ts";
import { Watch, type WatchOptions } from "../watch.ts";

interface FuzzOptions extends Settings, ConfigOptions {
  readonly shard?: Shard;
  readonly resume?: string | true;
  readonly guided?: boolean;
  readonly corpus?: string;
  readonly coverage?: string;
  readonly printConfig?: boolean;
  readonly json?: boolean;
  readonly listAll?: boolean;
  readonly listInvariants?: boolean;
}

export function register(program: Command): void {
  const command = program.command("fuzz").description("run a campaign of generated programs");
  addConfigOptions(addOptions(command, OPTIONS))
    .option("--shard <i/n>", "only part i of n of the cases", readWith(parseShard))
    .option("--resume [folder]", "carry on with the campaign in that folder, or in --out")
    .option("--guided", "go on from programs that came by new edges of the target's code")
    .option("--corpus <folder>", "with --guided: programs to begin with; new ones are added")
    .option("--coverage <file>", "with --guided: what it never reached, as .txt, .info or .html")
    .option("--print-config", "print what config and options come to, and do nothing else")
    .option("--list-invariants", "list the rules, what each costs and how often it is kept")
    .option("--list-all", "list every class and every finding, not only what matters most")
    .option("--json", "print the result as JSON")
    .addHelpText("after", () =>
      helpText("fuzz", {
        "shape-details": SHAPE_DETAILS,
        "canary-names": CANARY_NAMES.join("\n  "),
      }),
    )
    .action(run);
}

async function run(options: FuzzOptions): Promise<void> {
  const settings = overlaid(await settingsOfConfig(options), settingsOf(options));
  if (options.listInvariants === true) print(await ruleLines(settings));
  else if (options.printConfig === true) printText(settingsText(settings));
  else {
    const index = await runAndShow(settings, options);
    if (index !== undefined) note(`${index}: written, a page for each finding`);
  }
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
  extends Pick<
      FuzzOptions,
      "json" | "listAll" | "shard" | "resume" | "guided" | "corpus" | "coverage"
    >,
    Pick<WatchOptions, "isOneLine"> {
  /** Of so many findings there are pages, if there are any: those that matter most. */
  readonly pagesMax?: number;
}

/** Runs a campaign, shows it, and sets the exit code; gives the index of its pages, if any. */
export async function runAndShow(
  settings: Settings,
  { json, listAll, shard, resume, guided, corpus, coverage, isOneLine, pagesMax }: ShowOptions = {},
): Promise<string | undefined> {
  if (corpus !== undefined && guided !== true) {
    throw new UserError("--corpus: is for --guided (the gate's own corpus is for slabfuzz ci)");
  }
  if (coverage !== undefined && guided !== true) throw new UserError("--coverage: is for --guided");
  const { jobs = 1, pages = false } = settings;
  const baseline = readBaseline(settings.baseline);
  const place = { out: settings.out ?? DEFAULT_FOLDER, numbersOut: settings.out === undefined };
  const part = { shard, resume: resume !== undefined };
  const request = { ...(await requestOf(settings)), jobs, ...place, ...part };
  const play = guided === true ? guidedPlay({ corpus, coverage }) : fuzz;
  const begin = (start: Start) => {
    const line = firstLine(start, jobs);
    if (json === true) note(line);
    else print(isShown() ? wrapped(line, screenSize().columns - 1, "  ") : line);
  };
  const show = (result: FuzzResult) => {
    const { start, summary } = result;
    const closing = [...guidanceLines(result), ...start.target.text.closing];
    const more = [...closing, ...baselineLines(baseline, summary.findings)];
    showResult(result, { json, listAll, jobs }, [...more, ...resumeLines(result)]);
  };
  const how = { isSilent: json, isOneLine };
  const result = await runWatched(play, request, begin, how).catch((error) => {
    if (error instanceof UnstoredCampaign) show(error.result);
    throw error;
  });
  show(result);
  setExitCode(failureCode(settings, result, baseline));
  if (!pages || result.interrupted) return undefined;
  // What few campaigns ask for is loaded when it is wanted: starting takes as long as the rest.
  const { writePages } = await import("../pages.ts");
  return await writePages(result, json, pagesMax);
}

type Play = (request: FuzzRequest) => Promise<FuzzResult>;

function guidedPlay(more: Pick<GuidedRequest, "corpus" | "coverage">): Play {
  return async (request) => {
    const { guidedFuzz } = await import("../../search/guided.ts");
    return await guidedFuzz({ ...request, ...more });
  };
}

function guidanceLines({ guidance }: FuzzResult): readonly string[] {
  return guidance === undefined ? [] : [guidanceText(guidance)];
}

function baselineLines(baseline: Baseline, findings: readonly KnownFinding[]): readonly string[] {
  const known = findings.filter((finding) => isKnown(baseline, finding)).length;
  const lines = expiredLines(baseline, findings);
  return known === 0 ? lines : [`known findings: ${known}`, ...lines];
}

/** What the command line says; the campaign to resume is in a folder as that of --out. */
function settingsOf(options: FuzzOptions): Settings {
  const { resume, out } = options;
  return { ...saidOf(OPTIONS, options), out: typeof resume === "string" ? resume : out };
}

/** Runs and shows its progress, until done or interrupted. */
async function runWatched(
  play: Play,
  request: FuzzRequest,
  onStart: (start: Start) => void,
  how: WatchOptions,
): Promise<FuzzResult> {
  const interruption = listenForInterrupt();
  const watch = new Watch(interruption.signal, how);
  try {
    return await play({
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
