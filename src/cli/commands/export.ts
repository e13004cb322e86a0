// slabfuzz export: a program in the form of somebody else's tools.
import { type Command, Option } from "commander";
import { writeWholeFile } from "../../base/whole_file.ts";
import { EXPORT_FORMATS, type ExportFormat, exportProgram } from "../../export/export.ts";
import { addMachineOptions, type MachineOptions, machineOverrides } from "../case_options.ts";
import { resolveSource } from "../source.ts";
import { note, print } from "../terminal.ts";

interface ExportOptions extends MachineOptions {
  readonly format: ExportFormat;
  readonly out?: string;
}

const DETAILS = `
SOURCE is a script, the folder of a finding, a token, a JSON export, or - for a script on stdin.

Formats: vitest is a test file that runs in any suite where slabfuzz is installed, and asserts
verdict and signature; json is described in docs/interchange.md, and every command reads it back; c
is a kernel module that does the same on a real machine, through functions that any module may call,
and is for programs of the kernel's operations only.

Examples:
  slabfuzz export shrunk.slab --format vitest --out test/finding.test.ts
  slabfuzz export findings/NAME --format json
  slabfuzz shrink long.slab | slabfuzz export - --format c --out module.c
`;

export function register(program: Command): void {
  const command = program
    .command("export")
    .description("a program as a vitest file, as JSON, or as a kernel module in C")
    .argument("<source>", "a script, the folder of a finding, a token, or -")
    .addOption(
      new Option("--format <format>", "what to make of it")
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .option("--out <file>", "write it there instead of to stdout");
  addMachineOptions(command).addHelpText("after", DETAILS).action(run);
}

async function run(word: string, options: ExportOptions): Promise<void> {
  const program = (await resolveSource(word)).on(machineOverrides(options));
  const text = await exportProgram(program, options.format);
  if (options.out === undefined) print(text);
  else writeWholeFile(options.out, text);
  if (options.out !== undefined) note(`${options.out}: written`);
}
