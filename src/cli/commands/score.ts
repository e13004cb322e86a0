// slabfuzz score: how well each set of debug options does against the truth.
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { optionWords } from "../../base/option_text.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { parseOptionSets, TELLING_SETS } from "../../compare/option_sets.ts";
import { type Score, score } from "../../compare/score/score.ts";
import { scorePage } from "../../compare/score/score_page.ts";
import { disagreementLines, scoreLines, scoreRecord } from "../../compare/score/score_text.ts";
import { DEFAULT_OPS } from "../../slub/gen/options.ts";
import { bugsText, INJECTED_BUGS } from "../../target/bug_names.ts";
import { profilesOf, writePage } from "../case_options.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { OPTIONS, type Settings } from "../options/campaign_options.ts";
import { COMPARED } from "../options/compared.ts";
import { ownOption } from "../options/option.ts";
import { ProgressLine } from "../progress.ts";
import { note, print, printJson, setExitCode, shellLine } from "../terminal.ts";

const DEFAULT_CASES = 500;
/** More workers than that only on request. */
const USUAL_JOBS_MAX = 4;

interface ScoreOptions
  extends Required<Pick<Settings, "cases" | "seed" | "bugs" | "ops">>,
    Pick<Settings, "boot" | "cpus" | "kconfig" | "jobs"> {
  readonly options?: string;
  readonly profile?: string;
  readonly json?: boolean;
  readonly html?: string;
}

export function register(program: Command): void {
  program
    .command("score")
    .description("count how often each set reports each bug class")
    .addOption(ownOption(OPTIONS, "cases", "cases of each class under each set", DEFAULT_CASES))
    .addOption(ownOption(OPTIONS, "seed", "what they are generated from", 1n))
    .addOption(ownOption(OPTIONS, "bugs", "bug classes with commas between, or all", INJECTED_BUGS))
    .option("--options <sets>", `sets of letters, or all (default: ${TELLING_SETS.join(",")})`)
    .option("--profile <kernels>", "kernels with commas between (default: v6.1)")
    .addOption(COMPARED.boot)
    .addOption(COMPARED.cpus)
    .addOption(COMPARED.kconfig)
    .addOption(ownOption(OPTIONS, "ops", "operations of a program before its end", DEFAULT_OPS))
    .addOption(ownOption(OPTIONS, "jobs", "worker threads (default: one for each CPU, up to 4)"))
    .option("--json", "print a JSON record")
    .option("--html <file>", "write it as one self-contained page, too")
    .addHelpText("after", () => helpText("score"))
    .action(run);
}

async function run(options: ScoreOptions): Promise<void> {
  const interruption = listenForInterrupt();
  try {
    const result = await runWatched(options, interruption.signal);
    show(result, options);
    setExitCode(codeOf(result));
  } finally {
    interruption.release();
  }
}

async function runWatched(options: ScoreOptions, signal: AbortSignal): Promise<Score> {
  const { bugs, boot, cpus, kconfig, cases, seed, ops, jobs } = options;
  const progress = new ProgressLine(options.json);
  try {
    return await score({
      profiles: profilesOf(options.profile, boot, ["v6.1"]),
      options: options.options === undefined ? TELLING_SETS : parseOptionSets(options.options),
      machine: { boot, cpus, config: kconfig },
      ...{ bugs, cases, seed, opCountMax: ops, signal },
      jobs: jobs ?? Math.min(availableParallelism(), USUAL_JOBS_MAX),
      onProgress: ({ done, total, cell }) => {
        const what = `${cell.profile} ${cell.options} ${cell.bug}`;
        progress.see({ what, done, total, unit: "cases" });
      },
    });
  } finally {
    progress.end();
  }
}

function show(result: Score, options: ScoreOptions): void {
  if (options.json) printJson(scoreRecord(result));
  else print(scoreLines(result));
  const command = commandLine(options);
  if (options.html !== undefined) {
    writePage(options.html, scorePage({ score: result, command, version: slabfuzzVersion() }));
  }
  note(`repeat: ${command}`);
}

function codeOf({ interrupted, cells }: Score): ExitCode {
  if (interrupted) return ExitCode.INTERRUPTED;
  const isWrong =
    disagreementLines(cells).length > 0 ||
    cells.some(({ data }) => data.falseReports > 0 || (data.outcomes.invariant ?? 0) > 0);
  return isWrong ? ExitCode.FINDINGS : ExitCode.OK;
}

function commandLine(options: ScoreOptions): string {
  const { cases, seed, bugs, profile, boot, cpus, kconfig, ops, html } = options;
  const words = ["slabfuzz", "score", "--cases", String(cases)];
  const given = {
    "--seed": seed === 1n ? undefined : seed,
    "--bugs": bugsText(bugs) === "all" ? undefined : bugsText(bugs),
    "--options": options.options,
    "--profile": profile,
    "--boot": boot,
    "--cpus": cpus,
    "--kconfig": kconfig,
    "--ops": ops === DEFAULT_OPS ? undefined : ops,
    "--html": html,
  };
  return shellLine([...words, ...optionWords(given)]);
}
