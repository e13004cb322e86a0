// slabfuzz replay: runs one program and shows it, operation by operation.
import { type Command, Option } from "commander";
import { OP_MAX } from "../../abi.ts";
import type { ReplayLine, ReplayRequest } from "../../target/program.ts";
import { traceOf } from "../../view/trace_of.ts";
import { machineOverrides } from "../case_options.ts";
import { helpText } from "../help_text.ts";
import {
  MACHINE_OPTIONS,
  type MachineSettings,
  TARGET_OPTIONS,
  type TargetSettings,
} from "../options/campaign_options.ts";
import { addOptions } from "../options/option.ts";
import { numberFrom } from "../options/value.ts";
import { cutProgram, resolveSource } from "../source.ts";
import { requireKeys, stepThrough } from "../step.ts";
import { colours, print, printJson } from "../terminal.ts";

/** What --show shows: slub/words/show.ts makes the views. */
const VIEWS = ["slabs", "slabinfo"];

type Format = "dmesg" | "log" | "json";

interface ReplayOptions extends MachineSettings, TargetSettings {
  readonly format: Format;
  readonly json?: boolean;
  readonly until?: number;
  readonly show?: string;
  readonly step?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("replay")
    .description("run one program and show each operation")
    .argument("<source>", "a script, the folder of a finding, a token, or -")
    .addOption(
      new Option("--format <format>", "format of the output")
        .choices(["dmesg", "log", "json"])
        .default("dmesg"),
    )
    .option("--json", "the same as --format json")
    .option(
      "--until <op>",
      "the last operation to run, counted from 0 (default: all)",
      numberFrom(0, OP_MAX - 1),
    )
    .addOption(
      new Option("--show <what>", "show the heap after the program instead").choices(VIEWS),
    )
    .addOption(
      new Option("--step", "show the heap operation by operation, with keys").conflicts([
        "format",
        "json",
        "show",
      ]),
    );
  addOptions(command, { ...TARGET_OPTIONS, ...MACHINE_OPTIONS })
    .addHelpText("after", () => helpText("replay"))
    .action(run);
}

async function run(word: string, options: ReplayOptions): Promise<void> {
  const { show, step } = options;
  if (step === true) requireKeys("--step");
  const program = cutProgram(await resolveSource(word, options), options.until);
  const machine = machineOverrides(options);
  if (step === true) {
    await stepThrough(await traceOf(program, machine));
    return;
  }
  const isJson = options.json === true || options.format === "json";
  if (isJson) {
    const record = await program.replayRecord({ format: "dmesg", show, machine });
    printJson(record);
    return;
  }
  const format = options.format as ReplayRequest["format"];
  const lines = await program.replay({ format, show, machine });
  print(lines.map(painted));
}

/** Operations stand out from what the kernel says about them. */
function painted({ text, kind }: ReplayLine): string {
  const { bold, yellow } = colours();
  if (kind === "news") return bold(text);
  return kind === "kernel" ? yellow(text) : text;
}
