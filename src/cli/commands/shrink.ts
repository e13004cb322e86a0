// slabfuzz shrink: the smallest program with the same signature.

import type { Command } from "commander";
import { counted } from "../../base/count_text.ts";
import { optionWords } from "../../base/option_text.ts";
import { writeWholeFile } from "../../base/whole_file.ts";
import { limitWords } from "../../module/load/limits.ts";
import type { ShrinkSlip, ShrinkView, ShrunkProgram, TargetProgram } from "../../target/program.ts";
import { machineOverrides } from "../case_options.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import {
  MACHINE_OPTIONS,
  type MachineSettings,
  TARGET_OPTIONS,
  type TargetSettings,
} from "../options/campaign_options.ts";
import { addOptions } from "../options/option.ts";
import { numberFrom } from "../options/value.ts";
import { ProgressLine } from "../progress.ts";
import { resolveSource } from "../source.ts";
import { note, printJson, printText, setExitCode, shellLine } from "../terminal.ts";

interface ShrinkCommandOptions extends MachineSettings, TargetSettings {
  readonly out?: string;
  readonly effort?: number;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("shrink")
    .description("find the smallest program with the same finding")
    .argument("<source>", "a script, the folder of a finding, a token, or -")
    .option("--out <file>", "write the script to this file instead of stdout")
    .option(
      "--effort <n>",
      "operations to run at most, about (default: 1000000)",
      numberFrom(1, 2 ** 40),
    )
    .option("--json", "print a JSON record");
  addOptions(command, { ...TARGET_OPTIONS, ...MACHINE_OPTIONS })
    .addHelpText("after", () => helpText("shrink"))
    .action(run);
}

async function run(word: string, options: ShrinkCommandOptions): Promise<void> {
  const source = await resolveSource(word, options);
  const interruption = listenForInterrupt();
  try {
    const result = await shrinkWatched(source, options, interruption.signal);
    show(word, options, result);
    if (interruption.signal.aborted) setExitCode(ExitCode.INTERRUPTED);
  } finally {
    interruption.release();
  }
}

async function shrinkWatched(
  source: TargetProgram,
  options: ShrinkCommandOptions,
  signal: AbortSignal,
): Promise<ShrunkProgram> {
  const progress = new ProgressLine(options.json);
  try {
    const onProgress = ({ operations, tried: done, pass }: ShrinkView) =>
      progress.see({
        what: `${counted(operations, "operation")} left, ${pass}`,
        done,
        unit: "candidates",
      });
    const machine = machineOverrides(options);
    return await source.shrink({ machine, effortMax: options.effort, signal, onProgress });
  } finally {
    progress.end();
  }
}

function show(word: string, options: ShrinkCommandOptions, result: ShrunkProgram): void {
  const { script } = result;
  if (options.out !== undefined) writeWholeFile(options.out, script);
  if (options.json) printJson(recordOf(word, options, result));
  else if (options.out === undefined) printText(script);
  for (const line of summaryLines(result)) note(line);
  note(`replay: ${replayLine(word, options)}`);
}

/** More of them would hide the result. */
const SLIPS_SHOWN = 5;

function summaryLines(result: ShrunkProgram): readonly string[] {
  const { verdict, signature, operations, operationsBefore, tried, isComplete, slips } = result;
  const end = isComplete ? "" : ", ended before nothing was left to try";
  return [
    `${verdict}: ${signature}`,
    `${counted(operationsBefore, "operation")} became ${operations}, ` +
      `${counted(tried, "candidate")}${end}`,
    ...(slips.length === 0 ? [] : [`candidates showed other findings, too (${slips.length}):`]),
    ...slips
      .slice(0, SLIPS_SHOWN)
      .map((slip) => `  ${slip.verdict}: ${slip.signature}${sizeOf(slip)}`),
    ...(slips.length > SLIPS_SHOWN ? ["  ... (--json has all of them)"] : []),
  ];
}

function sizeOf({ operations }: ShrinkSlip): string {
  return ` (${counted(operations, "operation")})`;
}

function recordOf(word: string, options: ShrinkCommandOptions, result: ShrunkProgram): object {
  const { script, tried, isComplete, slips, ...shown } = result;
  return {
    source: word,
    ...shown,
    candidates: tried,
    complete: isComplete,
    program: script,
    slips,
    replay: replayLine(word, options),
    // Names that records of modules have had from the beginning.
    ...{ script, tried, isComplete },
  };
}

/** One line to paste; without a file to replay, the program is shrunk again. */
function replayLine(word: string, options: ShrinkCommandOptions): string {
  if (options.out !== undefined) return shellLine(["slabfuzz", "replay", options.out]);
  const { profile, boot, slubDebug, cpus, kconfig, target, exports } = options;
  const machine = {
    "--target": target,
    "--exports": exports,
    ...limitWords(options),
    "--profile": profile,
    "--boot": boot,
    "--slub-debug": slubDebug,
  };
  const given = { ...machine, "--cpus": cpus, "--kconfig": kconfig, "--effort": options.effort };
  return `${shellLine(["slabfuzz", "shrink", word, ...optionWords(given)])} | slabfuzz replay -`;
}
