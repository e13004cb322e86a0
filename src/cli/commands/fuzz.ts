// slabfuzz fuzz: the main job. A campaign of generated programs, each with a mistake of a chosen
// class or with none, judged against the truth.
import type { Command } from "commander";
import { overlaid } from "../../base/fields.ts";
import { columnLines } from "../../base/option_text.ts";
import { wrapped } from "../../base/text_lines.ts";
import type { FuzzRequest, FuzzResult } from "../../campaign/fuzz.ts";
import { fuzz, UnstoredCampaign } from "../../campaign/fuzz.ts";
import { parseShard, type Shard } from "../../campaign/ranges.ts";
import type { Start } from "../../campaign/start.ts";
import type { Baseline, KnownFinding } from "../../checks/gate/baseline.ts";
import { RULE_ABOUT } from "../../module/judge/rule.ts";
import { invariantLines } from "../../slub/invariant_text.ts";
import { CANARY_NAMES } from "../../slub/named_core.ts";
import { isModule, requireTarget } from "../../targets/targets.ts";
import { SHAPE_DETAILS } from "../case_options.ts";
import { addConfigOptions, type ConfigOptions, configured } from "../config/load.ts";
import { requestOf, settingsForResume, settingsText } from "../config/settings.ts";
import { firstLine, resumeLines, showResult } from "../fuzz_lines.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { expiredLines, failureCode, isKnown, readBaseline } from "../known_files.ts";
import { DEFAULT_FOLDER, OPTIONS, type Settings } from "../options/campaign_options.ts";
import { addOptions, saidOf } from "../options/option.ts";
import { readWith } from "../options/value.ts";
import { writePages } from "../pages.ts";
import { isShown, note, print, printText, screenSize, setExitCode } from "../terminal.ts";
import { Watch, type WatchOptions } from "../watch.ts";

interface FuzzOptions extends Settings, ConfigOptions {
  readonly shard?: Shard;
  readonly resume?: string | true;
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
  extends Pick<FuzzOptions, "json" | "listAll" | "shard" | "resume">,
    Pick<WatchOptions, "isOneLine"> {
  /** Of so many findings there are pages, if there are any: those that matter most. */
  readonly pagesMax?: number;
}

/** Runs a campaign, shows it, and sets the exit code; gives the index of its pages, if any. */
export async function runAndShow(
  settings: Settings,
  { json, listAll, shard, resume, isOneLine, pagesMax }: ShowOptions = {},
): Promise<string | undefined> {
  const { jobs = 1, pages = false } = settings;
  const baseline = readBaseline(settings.baseline);
  const place = { out: settings.out ?? DEFAULT_FOLDER, numbersOut: settings.out === undefined };
  const part = { shard, resume: resume !== undefined };
  const request = { ...(await requestOf(settings)), jobs, ...place, ...part };
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
  return pages && !result.interrupted ? await writePages(result, json, pagesMax) : undefined;
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
