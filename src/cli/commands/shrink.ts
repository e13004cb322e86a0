// slabfuzz shrink: the smallest program with the same signature.
import type { Command } from "commander";
import { UserError } from "../../base/user_error.ts";
import { writeWholeFile } from "../../base/whole_file.ts";
import { printScript } from "../../slub/program/text.ts";
import type { Slip } from "../../slub/shrink/same_bug.ts";
import {
  DEFAULT_EFFORT,
  type ShrinkProgress,
  type ShrinkResult,
  shrinkPatiently,
} from "../../slub/shrink/shrink.ts";
import { ExitCode } from "../exit_code.ts";
import { shrinkForeignCommand } from "../foreign_commands.ts";
import { isForeignSource } from "../foreign_source.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { addMachineOptions, type MachineOptions, machineOverrides } from "../machine_options.ts";
import { positiveNumber } from "../option_value.ts";
import { shellLine } from "../shell_words.ts";
import { type ReplaySource, resolveSource } from "../source.ts";
import { clearScreen, note, print, setExitCode, showScreen } from "../terminal.ts";

interface ShrinkCommandOptions extends MachineOptions {
  readonly out?: string;
  readonly effort: number;
  readonly json?: boolean;
}

const DETAILS = `
SOURCE is a script, the folder of a finding, a token, or - for a script on stdin.

Keeps verdict and signature, and makes everything else smaller: operations first (in the end, none
can be left out), then sizes, offsets, flags, bytes, and the machine. The result is verified twice
from fresh memory. Candidates that showed another bug are never taken, but named at the end.

The script goes to stdout, or to the file of --out; all else goes to stderr. --effort bounds the
work in operations run, about; Ctrl-C ends it, too. Both give the smallest program so far.

Examples:
  slabfuzz shrink findings/double-free-free-list-free-object-already-free.f3aa00
  slabfuzz shrink long.slab --slub-debug FZ --out short.slab
  slabfuzz shrink long.slab | slabfuzz replay -
`;

export function register(program: Command): void {
  const command = program
    .command("shrink")
    .description("the smallest program that shows the same finding")
    .argument("<source>", "a script, the folder of a finding, a token, or -")
    .option("--out <file>", "write the script there instead of to stdout")
    .option("--effort <n>", "operations to run at most, about", positiveNumber, DEFAULT_EFFORT)
    .option("--json", "print a JSON record");
  addMachineOptions(command).addHelpText("after", DETAILS).action(run);
}

async function run(word: string, options: ShrinkCommandOptions): Promise<void> {
  if (isForeignSource(word)) {
    await shrinkForeignCommand(word, { isJson: options.json === true, out: options.out });
    return;
  }
  const source = resolveSource(word);
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
  { name, program, heap, newHeap, invariants }: ReplaySource,
  options: ShrinkCommandOptions,
  signal: AbortSignal,
): Promise<ShrinkResult> {
  try {
    const onProgress = (progress: ShrinkProgress) => showScreen([progressLine(progress)]);
    const machine = machineOverrides(options);
    const effortMax = options.effort;
    const common = { machine, heap, newHeap, invariants, effortMax };
    return await shrinkPatiently(program, { ...common, signal, onProgress });
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${name}: ${error.message}`);
    throw error;
  } finally {
    clearScreen();
  }
}

function progressLine({ best, tried, pass }: ShrinkProgress): string {
  return `${best.ops.length} operations, ${tried} candidates (${pass})`;
}

function show(word: string, options: ShrinkCommandOptions, result: ShrinkResult): void {
  const script = printScript(result.program);
  if (options.out !== undefined) writeWholeFile(options.out, script);
  if (options.json) print(JSON.stringify(recordOf(word, options, result), null, 2));
  else if (options.out === undefined) print(script);
  for (const line of summaryLines(result)) note(line);
  note(`replay: ${replayLine(word, options)}`);
}

function summaryLines(result: ShrinkResult): readonly string[] {
  const { verdict, signature, program, operationsBefore, tried, isComplete, slips } = result;
  const end = isComplete ? "" : ", ended before nothing was left to try";
  return [
    `${verdict}: ${signature}`,
    `${operationsBefore} operations became ${program.ops.length}, ${tried} candidates${end}`,
    ...(slips.length === 0 ? [] : [`candidates showed other findings, too (${slips.length}):`]),
    ...slips.map((slip) => `  ${slip.verdict}: ${slip.signature}${sizeOf(slip)}`),
  ];
}

function sizeOf({ program }: Slip): string {
  return ` (${program.ops.length} operations)`;
}

function recordOf(word: string, options: ShrinkCommandOptions, result: ShrinkResult): object {
  const { verdict, signature, impact, digest, operationsBefore, tried, isComplete } = result;
  return {
    source: word,
    verdict,
    signature,
    impact,
    digest,
    operations: result.program.ops.length,
    operationsBefore,
    candidates: tried,
    complete: isComplete,
    program: printScript(result.program),
    slips: result.slips.map(({ program, ...shown }) => ({
      ...shown,
      operations: program.ops.length,
      program: printScript(program),
    })),
    replay: replayLine(word, options),
  };
}

/** One line to paste; without a file to replay, the program is shrunk again. */
function replayLine(word: string, options: ShrinkCommandOptions): string {
  if (options.out !== undefined) return shellLine(["slabfuzz", "replay", options.out]);
  const { profile, boot, slubDebug, cpus, kconfig } = options;
  const words = ["slabfuzz", "shrink", word];
  const given = { "--profile": profile, "--boot": boot, "--slub-debug": slubDebug, "--cpus": cpus };
  for (const [name, value] of Object.entries({ ...given, "--kconfig": kconfig })) {
    if (value !== undefined) words.push(name, String(value));
  }
  if (options.effort !== DEFAULT_EFFORT) words.push("--effort", String(options.effort));
  return `${shellLine(words)} | slabfuzz replay -`;
}
