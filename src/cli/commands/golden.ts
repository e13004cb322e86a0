// slabfuzz golden: does a core still answer what it is known to answer?
import type { Command } from "commander";
import { writeWholeFile } from "../../base/whole_file.ts";
import {
  goldenDifferences,
  goldenDigests,
  goldenText,
  requireAllGolden,
} from "../../checks/gate/golden.ts";
import { parseCore } from "../../slub/named_core.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { goldenFileOf, readGolden } from "../known_files.ts";
import { OTHER_GOLDEN } from "../options/ci_options.ts";
import { print, setExitCode } from "../terminal.ts";

interface GoldenOptions {
  readonly file?: string;
  readonly update?: boolean;
}

export function register(program: Command): void {
  program
    .command("golden")
    .description("ask whether a core still answers as before")
    .argument("[target]", "slub, canary:NAME, or a .wasm file", "slub")
    .option("--file <file>", "file of the digests")
    .option("--update", "write the digests of this core to the file")
    .addHelpText("after", () => helpText("golden", { "other-golden": OTHER_GOLDEN }))
    .action(run);
}

function run(name: string, options: GoldenOptions): void {
  const target = parseCore(name);
  const file = options.file ?? goldenFileOf(name);
  const stored = options.update === true ? undefined : readGolden(file).digests;
  if (stored !== undefined) requireAllGolden(stored, file, name);
  const now = goldenDigests(target);
  if (stored === undefined) {
    writeWholeFile(file, goldenText(now));
    print(`${file}: ${now.size} sets of programs`);
    return;
  }
  const differing = goldenDifferences(stored, now);
  print(differing.map((set) => `${set}: is answered otherwise`));
  print(`${stored.size - differing.length} of ${stored.size} sets of programs as in ${file}`);
  if (differing.length > 0) setExitCode(ExitCode.FINDINGS);
}
