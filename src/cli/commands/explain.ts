// slabfuzz explain: reads the log of a real kernel and names the causes that fit it.
import type { Command } from "commander";
import { slabfuzzVersion } from "../../base/version.ts";
import { readTextFile } from "../../base/whole_file.ts";
import { parsePrior } from "../../explain/cause/prior.ts";
import { type Explanation, explain } from "../../explain/explain.ts";
import { parseKernelConfig } from "../../explain/kernel_config.ts";
import { explainPage } from "../../explain/page.ts";
import { readLog } from "../../explain/read/file.ts";
import { explainRecord } from "../../explain/record.ts";
import { explainLines } from "../../explain/text.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { PROFILES } from "../../slub/program/variant.ts";
import { writePage } from "../case_options.ts";
import { helpText } from "../help_text.ts";
import { durationMs, knownName } from "../options/value.ts";
import { colours, print, printJson, shellLine, sourceName } from "../terminal.ts";

interface ExplainOptions {
  readonly json?: boolean;
  readonly html?: string;
  readonly profile?: ProfileName;
  readonly kernelConfig?: string;
  readonly prior?: string;
  /** Milliseconds. */
  readonly effort?: number;
}

export function register(program: Command): void {
  program
    .command("explain")
    .description("read the log of a real kernel and name the causes that fit it")
    .argument("<log>", "a file with the log, or -")
    .option("--html <file>", "write the answer as one self-contained page, too")
    .option("--json", "print the answer as JSON")
    .option(
      "--profile <kernel>",
      `replay on ${PROFILES.join(", ")} (default: the nearest to the log's)`,
      knownName("profile", PROFILES),
    )
    .option("--kernel-config <file>", "the .config of the log's kernel (default: unknown)")
    .option("--prior <file>", "shares of causes as JSON (default: those of docs/explain.md)")
    .option("--effort <time>", "how long to look for a program (default: 4s)", durationMs)
    .addHelpText("after", () => helpText("explain"))
    .action(run);
}

async function run(word: string, options: ExplainOptions): Promise<void> {
  const { kernelConfig, prior, profile, effort } = options;
  const explanation = await explain(readLog(word), sourceName(word), {
    profile,
    effortSeconds: effort === undefined ? undefined : effort / 1000,
    config:
      kernelConfig === undefined
        ? undefined
        : parseKernelConfig(readTextFile(kernelConfig), kernelConfig),
    prior: prior === undefined ? undefined : parsePrior(readTextFile(prior), prior),
  });
  if (options.html !== undefined) writeAnswer(options.html, word, explanation);
  if (options.json === true) {
    printJson(explainRecord(explanation));
    return;
  }
  const { bold, dim, red } = colours();
  print(explainLines(explanation, { strong: bold, faint: dim, alarm: red }));
}

function writeAnswer(file: string, word: string, explanation: Explanation): void {
  const command = shellLine(["slabfuzz", "explain", word, "--html", file]);
  writePage(file, explainPage({ explanation, command, version: slabfuzzVersion() }));
}
