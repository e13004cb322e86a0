// slabfuzz golden: does a core still answer what it is known to answer?
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { reasonOf } from "../../base/system_error.ts";
import { UserError } from "../../base/user_error.ts";
import { writeWholeFile } from "../../base/whole_file.ts";
import { parseTarget } from "../../campaign/target.ts";
import {
  type GoldenDigests,
  goldenDifferences,
  goldenDigests,
  goldenText,
  ownGoldenPath,
  parseGolden,
} from "../../gate/golden.ts";
import { ExitCode } from "../exit_code.ts";
import { print, setExitCode } from "../terminal.ts";

const OTHER_FILE = "slabfuzz.golden.json";

interface GoldenOptions {
  readonly file?: string;
  readonly update?: boolean;
}

const DETAILS = `
The golden programs are the programs of the gate's fast part, generated ones for each kernel and
each way to debug it, and scripts. What the shipped core answers to them is stored as digests; for
another TARGET they are in ${OTHER_FILE}, or in --file. A core that answers otherwise has changed:
exit code 1. Whoever changed it on purpose takes them anew with --update.

Examples:
  slabfuzz golden
  slabfuzz golden build/mine.wasm --update
`;

export function register(program: Command): void {
  program
    .command("golden")
    .description("golden programs: does a core still answer what it is known to answer?")
    .argument("[target]", "slub, canary:NAME, or a .wasm file", "slub")
    .option("--file <file>", "where the digests are")
    .option("--update", "take the digests anew")
    .addHelpText("after", DETAILS)
    .action(run);
}

function run(name: string, options: GoldenOptions): void {
  const target = parseTarget(name);
  const file = options.file ?? (name.endsWith(".wasm") ? OTHER_FILE : ownGoldenPath());
  const stored = options.update === true ? undefined : readGolden(file);
  const now = goldenDigests(target);
  if (stored === undefined) {
    writeWholeFile(file, goldenText(now));
    print(`${file}: ${now.size} sets of programs`);
    return;
  }
  const differing = goldenDifferences(stored, now);
  print(differing.map((set) => `${set}: is answered otherwise\n`).join(""));
  print(`${stored.size - differing.length} of ${stored.size} sets of programs as in ${file}`);
  if (differing.length > 0) setExitCode(ExitCode.FINDINGS);
}

function readGolden(file: string): GoldenDigests {
  try {
    return parseGolden(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file}: ${reasonOf(error)}`);
  }
}
