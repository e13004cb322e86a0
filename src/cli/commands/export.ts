// slabfuzz export: a program in the form of another tool.
import { type Command, Option } from "commander";
import { writeWholeFile } from "../../base/whole_file.ts";
import { EXPORT_FORMATS, type ExportFormat, exportProgram } from "../../export/export.ts";
import { machineOverrides } from "../case_options.ts";
import { helpText } from "../help_text.ts";
import { MACHINE_OPTIONS, type MachineSettings } from "../options/campaign_options.ts";
import { addOptions } from "../options/option.ts";
import { resolveSource } from "../source.ts";
import { note, printText } from "../terminal.ts";

interface ExportOptions extends MachineSettings {
  readonly format: ExportFormat;
  readonly out?: string;
}

export function register(program: Command): void {
  const command = program
    .command("export")
    .description("write a program as a test, JSON, or a C module")
    .argument("<source>", "a script, the folder of a finding, a token, or -")
    .addOption(
      new Option("--format <format>", "format of the output")
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .option("--out <file>", "write the result to this file instead of stdout");
  addOptions(command, MACHINE_OPTIONS)
    .addHelpText("after", () => helpText("export"))
    .action(run);
}

async function run(word: string, options: ExportOptions): Promise<void> {
  const program = (await resolveSource(word)).on(machineOverrides(options));
  const text = await exportProgram(program, options.format);
  if (options.out === undefined) printText(text);
  else writeWholeFile(options.out, text);
  if (options.out !== undefined) note(`${options.out}: written`);
}
