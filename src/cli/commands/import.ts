// slabfuzz import: a trace that another tool made, as a program.
import { type Command, Option } from "commander";
import { counted } from "../../base/count_text.ts";
import { readBinaryFile, writeWholeFile } from "../../base/whole_file.ts";
import {
  IMPORT_ABOUT,
  IMPORT_FORMATS,
  IMPORT_OPS_MAX,
  type ImportedTrace,
  type ImportFormat,
  importTrace,
  textOfTrace,
} from "../../import/import.ts";
import { helpText } from "../help_text.ts";
import { numberFrom } from "../options/value.ts";
import { note, printJson, printText, readSource, sourceName } from "../terminal.ts";

const AUTO = "auto";

interface ImportOptions {
  readonly format: ImportFormat | typeof AUTO;
  readonly ops: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("import")
    .description("turn the trace of another tool into a program")
    .argument("<file>", "the trace, or - for stdin")
    .addOption(
      new Option("--format <format>", "format of the trace")
        .choices([AUTO, ...IMPORT_FORMATS])
        .default(AUTO),
    )
    .option(
      "--ops <n>",
      "operations of the program at most, the first ones",
      numberFrom(1, IMPORT_OPS_MAX),
      IMPORT_OPS_MAX,
    )
    .option("--out <file>", "write the script to this file instead of stdout")
    .option("--json", "print a JSON record")
    .addHelpText("after", () =>
      helpText("import", {
        "import-formats": IMPORT_FORMATS.map(
          (name) => `  ${name.padEnd(11)}${IMPORT_ABOUT[name]}`,
        ).join("\n"),
      }),
    )
    .action(run);
}

function run(word: string, options: ImportOptions): void {
  const file = sourceName(word);
  const text = word === "-" ? readSource(word) : textOfTrace(readBinaryFile(word), file);
  const format = options.format === AUTO ? undefined : options.format;
  const imported = importTrace({ file, text, format, opCountMax: options.ops });
  const { script, skipped } = imported;
  if (options.out !== undefined) writeWholeFile(options.out, script);
  if (options.json) printJson(recordOf(word, imported));
  else if (options.out === undefined) printText(script);
  for (const { place, wrong } of skipped.slice(0, SKIPPED_SHOWN)) note(`${place}: ${wrong}`);
  note(summaryOf(imported));
}

/** More of them would hide the result. */
const SKIPPED_SHOWN = 20;

function summaryOf({ format, lines, calls, operations, skipped }: ImportedTrace): string {
  const parts = [`${counted(calls, "call")} became ${counted(operations, "operation")}`];
  if (skipped.length > 0) parts.push(`${counted(skipped.length, "line")} of ${lines} skipped`);
  return `${format}: ${parts.join(", ")}`;
}

function recordOf(word: string, { script, ...rest }: ImportedTrace): object {
  return { source: word, ...rest, program: script };
}
