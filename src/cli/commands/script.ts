// slabfuzz help script: the script language, with every operation as the tables of syntax have it.
import type { Command } from "commander";
import { CYCLE_MODES } from "../../module/judge/cycle.ts";
import { FOREIGN_OPS } from "../../module/program/op.ts";
import { foreignUsage } from "../../module/program/text.ts";
import { isOpWord, SYNTAX, usageOf } from "../../slub/program/syntax.ts";
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

/** The reference; docs/help/script.txt says what each operation does. */
export function scriptReference(): string {
  const kernel = Object.keys(SYNTAX).filter(isOpWord);
  const usages = [
    ...kernel.map((op) => [op, usageOf(op)]),
    ...FOREIGN_OPS.map((op) => [`module-${op}`, foreignUsage(op)]),
  ];
  return helpText("script", {
    ...Object.fromEntries(usages.map(([name, usage]) => [name, usage.padEnd(USAGE_WIDTH)])),
    variants: Object.keys(VARIANTS).join(" "),
    profiles: PROFILES.join(" "),
    modes: CYCLE_MODES.map((mode, number) => `${number} ${mode}`).join(", "),
  });
}
