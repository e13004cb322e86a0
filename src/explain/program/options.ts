// Which debug options would have made the kernel speak earlier: a program under each set of them.
import { TELLING_SETS } from "../../compare/option_sets.ts";
import { kernelProgram, programOfScript } from "../../targets/targets.ts";
import { printedLogOf } from "../printed.ts";

/** What one set of letters shows of a program. */
export interface OptionOutcome {
  readonly letters: string;
  /** The words of the boot line, in the grammar of that kernel. */
  readonly boot: string;
  /** The operation at which the kernel first speaks, counted from 0; null if it is silent. */
  readonly reportedAt: number | null;
}

const BOOT_LINE = /^# boot: (\w+).*$/m;

/** The program of a script under every telling set of letters. */
export async function optionsFor(script: string): Promise<readonly OptionOutcome[]> {
  const variant = BOOT_LINE.exec(script)?.[1] ?? "up";
  const outcomes: OptionOutcome[] = [];
  for (const letters of TELLING_SETS) {
    const boot = letters === "-" ? "" : `slub_debug=${letters}`;
    const text = script.replace(BOOT_LINE, `# boot: ${`${variant} ${boot}`.trimEnd()}`);
    const source = { name: "program", file: "program.slab", text };
    const program = await kernelProgram(await programOfScript(source), "explain");
    outcomes.push({ letters, boot, reportedAt: printedLogOf(program).ops.at(0) ?? null });
  }
  return outcomes;
}
