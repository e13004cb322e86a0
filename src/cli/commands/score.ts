// slabfuzz score: how well each set of debug options does against the truth.
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { slabfuzzVersion } from "../../base/version.ts";
import { parseOptionSets, TELLING_SETS } from "../../compare/option_sets.ts";
import { type Score, score } from "../../compare/score/score.ts";
import { scorePage } from "../../compare/score/score_page.ts";
import { disagreementLines, scoreLines, scoreRecord } from "../../compare/score/score_text.ts";
import { DEFAULT_OPS } from "../../slub/gen/options.ts";
import { parseBugs } from "../../target/bug_names.ts";
import { profilesOf, writePage } from "../case_options.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { casesValue, cpusValue, jobsValue, opsValue, seedOption } from "../option_value.ts";
import { ProgressLine } from "../progress.ts";
import { note, optionWords, print, printJson, setExitCode, shellLine } from "../terminal.ts";

const DEFAULT_CASES = 500;
/** More workers than that only on request. */
const USUAL_JOBS_MAX = 4;

interface ScoreOptions {
  readonly cases: number;
  readonly seed: bigint;
  readonly bugs: string;
  readonly options?: string;
  readonly profile?: string;
  readonly boot?: string;
  readonly cpus?: number;
  readonly kconfig?: string;
  readonly ops: number;
  readonly jobs?: number;
  readonly json?: boolean;
  readonly html?: string;
}

export function register(program: Command): void {
  program
    .command("score")
    .description("count how often each set reports each bug class")
    .option("--cases <n>", "cases of each class under each set", casesValue, DEFAULT_CASES)
    .addOption(seedOption("what they are generated from"))
    .option("--bugs <classes>", "bug classes with commas between, or all", "all")
    .option("--options <sets>", `sets of letters, or all (default: ${TELLING_SETS.join(",")})`)
    .option("--profile <kernels>", "kernels with commas between (default: v6.1)")
    .option("--boot <variant>", "their configuration, for those that it exists of")
    .option("--cpus <n>", "nr_cpu_ids", cpusValue)
    .option("--kconfig <options>", "kernel options: +SLAB_FREELIST_RANDOM -DEBUG_LIST ...")
    .option("--ops <n>", "operations of a program before its end", opsValue, DEFAULT_OPS)
    .option("--jobs <n>", "worker threads (default: one for each CPU, up to 4)", jobsValue)
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
  const { boot, cpus, kconfig, cases, seed, ops, jobs } = options;
  const progress = new ProgressLine(options.json);
  try {
    return await score({
      bugs: parseBugs(options.bugs),
      profiles: profilesOf(options.profile, boot, ["v6.1"]),
      options: options.options === undefined ? TELLING_SETS : parseOptionSets(options.options),
      machine: { boot, cpus, config: kconfig },
      ...{ cases, seed, opCountMax: ops, signal },
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
    "--bugs": bugs === "all" ? undefined : bugs,
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
