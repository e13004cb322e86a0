// slabfuzz explain: reads the log of a real kernel and names the causes that fit it.
import type { Command } from "commander";
import { explain } from "../../explain/explain.ts";
import { readLog } from "../../explain/read/file.ts";
import { explainRecord } from "../../explain/record.ts";
import { explainLines } from "../../explain/text.ts";
import { helpText } from "../help_text.ts";
import { colours, print, printJson, sourceName } from "../terminal.ts";

interface ExplainOptions {
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("explain")
    .description("read the log of a real kernel and name the causes that fit it")
    .argument("<log>", "a file with the log, or -")
    .option("--json", "print the answer as JSON")
    .addHelpText("after", () => helpText("explain"))
    .action(run);
}

async function run(word: string, { json = false }: ExplainOptions): Promise<void> {
  const explanation = await explain(readLog(word), sourceName(word));
  if (json) {
    printJson(explainRecord(explanation));
    return;
  }
  const { bold, dim } = colours();
  print(explainLines(explanation, { strong: bold, faint: dim }));
}
