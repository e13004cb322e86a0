// Which debug options would have made the kernel speak earlier: a program under each set of them,
// with what the set costs.
import { CostCounter } from "../../checks/cost/measure.ts";
import { TELLING_SETS } from "../../compare/option_sets.ts";
import { bootLettersFor, machineFor } from "../../slub/program/boot.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import type { SlubProgram } from "../../slub/slub_program.ts";
import { coreBytes } from "../../targets/core_files.ts";
import { kernelProgram, programOfScript } from "../../targets/targets.ts";
import { printedLogOf } from "../printed.ts";
import { ReplayKernel } from "./replay_kernel.ts";
import type { FoundProgram } from "./search.ts";

/** What one set of letters shows of a program. */
export interface OptionOutcome {
  readonly letters: string;
  /** The words of the boot line, in the grammar of that kernel. */
  readonly boot: string;
  /** The operation at which the kernel first speaks, counted from 0; null if it is silent. */
  readonly reportedAt: number | null;
  /** Of memory, with a share of what a slab leaves over; null for a size that is refused. */
  readonly bytesPerObject: number | null;
  /** How many times as much as without options one allocation and its free execute. */
  readonly cost: number | null;
}

const BOOT_LINE = /^# boot: (\S+).*$/m;

/** The program of a report under every telling set of letters. */
export async function optionsFor(found: FoundProgram): Promise<readonly OptionOutcome[]> {
  const counter = new CostCounter(coreBytes("slub"));
  const base = costOfPair(await programOf(scriptUnder(found, "-")), found, counter);
  const outcomes: OptionOutcome[] = [];
  for (const letters of TELLING_SETS) {
    const program = await programOf(scriptUnder(found, letters));
    const cache = new ReplayKernel({ ...found.setting, letters }).measure(found.objectSize);
    outcomes.push({
      letters,
      boot: bootWordsOf(letters, found),
      reportedAt: printedLogOf(program).ops.at(0) ?? null,
      bytesPerObject: cache === undefined ? null : (PAGE << cache.order) / cache.objects,
      cost: costOfPair(program, found, counter) / base,
    });
  }
  return outcomes;
}

const PAGE = 4096;

function scriptUnder(found: FoundProgram, letters: string): string {
  const variant = BOOT_LINE.exec(found.script)?.[1] ?? "up";
  const boot = bootWordsOf(letters, found);
  return found.script.replace(BOOT_LINE, `# boot: ${`${variant} ${boot}`.trimEnd()}`);
}

const OF_OLD_NAME: ReadonlySet<ProfileName> = new Set(["v3.10", "v6.1"]);

/** From 6.6 on the parameter has a new name; a list names the cache that it is for. */
function bootWordsOf(letters: string, { setting, cache }: FoundProgram): string {
  if (letters === "-") return "";
  const parameter = OF_OLD_NAME.has(setting.profile) ? "slub_debug" : "slab_debug";
  return `${parameter}=${letters}${cache === "" ? "" : `,${cache}`}`;
}

function costOfPair(
  { program }: SlubProgram,
  { objectSize, cache }: FoundProgram,
  counter: CostCounter,
): number {
  const machine = machineFor(program);
  const letters = bootLettersFor(machine, cache === "" ? `kmalloc-${objectSize}` : cache, 0);
  return counter.ofPair(machine, objectSize, letters);
}

async function programOf(text: string): Promise<SlubProgram> {
  const source = { name: "program", file: "program.slab", text };
  return await kernelProgram(await programOfScript(source), "explain");
}
