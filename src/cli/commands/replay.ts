// slabfuzz replay: runs one program and shows it, operation by operation.
import { type Command, Option } from "commander";
import { UserError } from "../../base/user_error.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import type { InvariantCadence } from "../../slub/oracle/violation.ts";
import { machineFor } from "../../slub/program/boot.ts";
import type { Machine } from "../../slub/program/machine.ts";
import type { Program } from "../../slub/program/op.ts";
import { firstOperations, judgeProgram } from "../../slub/run/case.ts";
import { replay } from "../../slub/run/replay.ts";
import { logOf } from "../../slub/words/log.ts";
import { replayRecord } from "../../slub/words/replay_record.ts";
import {
  endingLines,
  machineLine,
  opLines,
  type TranscriptOp,
  transcriptOf,
} from "../../slub/words/transcript.ts";
import { replayForeignCommand } from "../foreign_commands.ts";
import { isForeignSource } from "../foreign_source.ts";
import { addMachineOptions, type MachineOptions, machineOverrides } from "../machine_options.ts";
import { wholeNumber } from "../option_value.ts";
import { showRecord as heapRecord, type ShowRequest, showText, VIEWS, type View } from "../show.ts";
import { resolveSource } from "../source.ts";
import { colours, print } from "../terminal.ts";

type Format = "dmesg" | "log" | "json";

interface ReplayOptions extends MachineOptions {
  readonly format: Format;
  readonly json?: boolean;
  readonly until?: number;
  readonly show?: View;
}

const DETAILS = `
SOURCE is a script, the folder of a finding, a token, or - for a script on stdin.

Formats: dmesg shows each operation, its result, and what a kernel log would show for it; log is the
format of the recordings of real kernels; json has operations (each with text, result and kernel
lines), verdict, signature, impact and digest.

--show looks at the heap after the last operation that ran (that of --until, or the one that killed
the machine) instead: slabs lists caches, slabs and objects in the manner of kmem -S of the crash
tool, with damaged lists as what they are (cycle, foreign, misaligned); slabinfo has the columns of
/proc/slabinfo. With --json both are data.

The options override what the script's own header says.

Examples:
  slabfuzz replay examples/seed.slab
  slabfuzz replay examples/seed.slab --slub-debug FZP
  slabfuzz replay script.txt --profile v6.12 --boot smp --format log
  slabfuzz replay examples/seed.slab --until 12 --show slabs
`;

export function register(program: Command): void {
  const command = program
    .command("replay")
    .description("run one program and show what happens, operation by operation")
    .argument("<source>", "a script, the folder of a finding, a token, or -")
    .addOption(
      new Option("--format <format>", "how to show it")
        .choices(["dmesg", "log", "json"])
        .default("dmesg"),
    )
    .option("--json", "the same as --format json")
    .option("--until <op>", "the last operation to run, counted from 0", wholeNumber)
    .addOption(new Option("--show <what>", "the heap afterwards instead").choices(VIEWS));
  addMachineOptions(command).addHelpText("after", DETAILS).action(run);
}

async function run(word: string, options: ReplayOptions): Promise<void> {
  if (isForeignSource(word)) return await runForeign(word, options);
  const source = resolveSource(word);
  const machine = machineFor(source.program, machineOverrides(options));
  const program = cutProgram(source.program, options.until);
  const { name, heap, invariants } = source;
  const shown = { name, program, machine, heap, invariants };
  const format = options.json ? "json" : options.format;
  if (options.show !== undefined) {
    print(`${showHeap({ ...shown, view: options.show }, format)}\n`);
    return;
  }
  print(`${SHOW[format](shown)}\n`);
}

/** A foreign module has no machine, and nothing to show but what it answers. */
async function runForeign(word: string, options: ReplayOptions): Promise<void> {
  const { format, json, until, show } = options;
  const said = Object.entries(machineOverrides(options)).find(([, value]) => value !== undefined);
  if (show !== undefined || format === "log" || said !== undefined) {
    const what = said?.[0] ?? (show === undefined ? "--format log" : "--show");
    throw new UserError(`${word}: is a program of a foreign module, ${what} says nothing about it`);
  }
  await replayForeignCommand(word, { isJson: json === true || format === "json", until });
}

interface Shown {
  readonly name: string;
  readonly program: Program;
  readonly machine: Machine;
  readonly heap: SlabHeap;
  readonly invariants: InvariantCadence | undefined;
}

const SHOW: Readonly<Record<Format, (shown: Shown) => string>> = {
  dmesg: showTranscript,
  log: showLog,
  json: showRecord,
};

function cutProgram(program: Program, until: number | undefined): Program {
  if (until === undefined) return program;
  if (until >= program.ops.length) {
    throw new UserError(
      `--until ${until}: the program has operations 0 to ${program.ops.length - 1}`,
    );
  }
  return firstOperations(program, until + 1);
}

function showHeap(request: ShowRequest, format: Format): string {
  if (format === "json") return JSON.stringify(heapRecord(request), null, 2);
  if (format === "dmesg") return showText(request);
  throw new UserError("--show has no log format: it prints text, or data with --json");
}

function showTranscript({ name, program, machine, heap }: Shown): string {
  const ops = transcriptOf(machine, replay(program, machine, { heap }));
  const ending = endingLines(ops, program.ops.length);
  return [machineLine(name, machine), ...ops.flatMap(paintedLines), "", ...ending].join("\n");
}

/** Operations stand out from what the kernel says about them. */
function paintedLines(op: TranscriptOp): string[] {
  const { bold, yellow } = colours();
  const [head, ...kernel] = opLines(op);
  return [kernel.length === 0 ? head : bold(head), ...kernel.map(yellow)];
}

function showLog({ name, program, machine, heap }: Shown): string {
  return logOf(name, machine, replay(program, machine, { heap })).join("\n");
}

function showRecord({ name, program, machine, heap, invariants }: Shown): string {
  const ops = transcriptOf(machine, replay(program, machine, { heap }));
  const judged = judgeProgram(program, machine, heap, invariants);
  return JSON.stringify(replayRecord({ source: name, machine, ops, judged }), null, 2);
}
