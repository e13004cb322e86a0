// slabfuzz help script: the script language, with every operation as the tables of syntax have it.
import type { Command } from "commander";
import { CYCLE_MODES } from "../../module/judge/cycle.ts";
import { FOREIGN_OPS } from "../../module/program/op.ts";
import { foreignUsage } from "../../module/program/text.ts";
import { GROUPS, isOpWord, type OpWord, operationOf } from "../../slub/program/operations.ts";
import { usageOf } from "../../slub/program/syntax.ts";
import { PROFILES, VARIANTS } from "../../slub/program/variant.ts";
import { helpText } from "../help_text.ts";
import { print } from "../terminal.ts";

const USAGE_WIDTH = 38;

export function register(program: Command): void {
  program
    .command("script")
    .description("print the script language")
    .addHelpText("after", scriptReference)
    .action(() => print(scriptReference().trim()));
}

/** The reference; docs/help/script.txt says what stands around the operations. */
export function scriptReference(): string {
  const usages = FOREIGN_OPS.map((op) => [`module-${op}`, foreignUsage(op).padEnd(USAGE_WIDTH)]);
  return helpText("script", {
    ...Object.fromEntries(usages),
    operations: GROUPS.map(([title, group]) => groupText(title, Object.keys(group))).join("\n\n"),
    variants: Object.keys(VARIANTS).join(" "),
    profiles: PROFILES.join(" "),
    modes: CYCLE_MODES.map((mode, number) => `${number} ${mode}`).join(", "),
  });
}

function groupText(title: string, words: readonly string[]): string {
  const line = (op: OpWord) => `  ${usageOf(op).padEnd(USAGE_WIDTH)} ${operationOf(op).help}`;
  return [title, ...words.filter(isOpWord).map(line)].join("\n");
}
