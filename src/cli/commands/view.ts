// slabfuzz view: a page on which a program is shown step by step.
import type { Command } from "commander";
import { OP_MAX } from "../../abi.ts";
import { UserError } from "../../base/user_error.ts";
import { isProfileName } from "../../slub/program/variant.ts";
import type { MachineOverrides } from "../../target/options.ts";
import { viewPage } from "../../view/page.ts";
import { traceOf } from "../../view/trace_of.ts";
import { machineOverrides, writePage } from "../case_options.ts";
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

interface ViewOptions extends MachineSettings, TargetSettings {
  readonly html: string;
  readonly with?: string;
  readonly until?: number;
}

export function register(program: Command): void {
  const command = program
    .command("view")
    .description("show one program step by step, as a page")
    .argument("<source>", "a script, the folder of a finding, a token, or -")
    .requiredOption("--html <file>", "the page to write")
    .option("--with <letters>", "beside it: debug letters, a kernel, or both (FZ; v6.1; v6.1 FZ)")
    .option("--until <op>", "the last operation to run, counted from 0", numberFrom(0, OP_MAX - 1));
  addOptions(command, { ...TARGET_OPTIONS, ...MACHINE_OPTIONS })
    .addHelpText("after", () => helpText("view"))
    .action(run);
}

async function run(word: string, options: ViewOptions): Promise<void> {
  const program = cutProgram(await resolveSource(word, options), options.until);
  const machine = machineOverrides(options);
  const traces = [await traceOf(program, machine)];
  if (options.with !== undefined) {
    traces.push(await traceOf(program, { ...machine, ...otherMachine(options.with) }));
  }
  writePage(options.html, viewPage(traces, `slabfuzz view ${word} --html ${options.html}`));
}

/** `FZ`, `v6.1`, `v6.1 FZ`: a kernel, debug letters, or both. */
function otherMachine(text: string): MachineOverrides {
  const words = text.trim().split(/\s+/);
  const profiles = words.filter(isProfileName);
  const letters = words.filter((word) => !isProfileName(word));
  if (words[0] === "" || profiles.length > 1 || letters.length > 1) {
    throw new UserError(`--with ${JSON.stringify(text)}: give a kernel, debug letters, or both`);
  }
  return {
    ...(profiles.length === 0 ? {} : { profile: profiles[0] }),
    ...(letters.length === 0 ? {} : { slubDebug: letters[0] }),
  };
}
