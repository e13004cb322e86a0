// Puts programs to a kernel, many in one boot, and judges what it said. What a machine that died
// left over goes to a fresh one.
import { UserError } from "../../src/base/user_error.ts";
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import { printOp } from "../../src/slub/program/syntax.ts";
import { CoreBoot, judge, type Verdict } from "./comparison.ts";
import { type KernelLogOf, parseConsole } from "./console.ts";
import { CACHES_OF_BOOT } from "./limits.ts";
import type { TestProgram } from "./programs.ts";
import { machineOf, setupName } from "./setups.ts";
import type { Boot, Machines } from "./vm.ts";

/** Boots in vain. */
const FAILURES_MAX = 3;

/** A program and its verdict. */
export interface Judged {
  readonly program: TestProgram;
  readonly verdict: Verdict;
  /** What the kernel said. */
  readonly log: KernelLogOf;
  /** The core's machine, with the named memory where the kernel had it. */
  readonly machine: Machine;
}

/** Runs all programs on one kernel. The order of the answers is that of the boots. */
export async function runBatch(
  machines: Machines,
  boot: Boot,
  heap: SlabHeap,
  programs: readonly TestProgram[],
): Promise<Judged[]> {
  const judged: Judged[] = [];
  let left = inBootOrder(programs);
  for (let failures = 0; left.length > 0; ) {
    const chosen = fillBoot(left);
    const { console } = await machines.run(boot, chosen.map(scriptOf).join(""));
    const isLastTry = failures === FAILURES_MAX;
    const answers = judgeBoot(boot, heap, { programs: chosen, console, takesGarbled: isLastTry });
    judged.push(...answers);
    left = left.filter((program) => !answers.some((answer) => answer.program === program));
    if (answers.length === 0 && ++failures > FAILURES_MAX) {
      throw new UserError(`${setupName(boot)} ends before any script: ${console.slice(-200)}`);
    }
  }
  return judged;
}

/** Those that will kill or silence the machine come last, as far as the core knows. */
function inBootOrder(programs: readonly TestProgram[]): readonly TestProgram[] {
  return [...programs.filter((p) => !endsBoot(p)), ...programs.filter(endsBoot)];
}

function endsBoot({ outcome, speaksOnce }: TestProgram): boolean {
  return outcome !== "done" || speaksOnce === true;
}

/** As many as one boot can take: up to the first that ends it, within the driver's tables. */
function fillBoot(programs: readonly TestProgram[]): readonly TestProgram[] {
  let caches = 0;
  const end = programs.findIndex(({ program }, i) => {
    caches += program.ops.filter(({ op }) => op === "cache").length;
    const isBehindEnd = i > 0 && endsBoot(programs[i - 1]);
    return i > 0 && (caches > CACHES_OF_BOOT || isBehindEnd);
  });
  return end === -1 ? programs : programs.slice(0, end);
}

function nameOf({ id }: TestProgram): string {
  return `p${id}`;
}

function scriptOf(one: TestProgram): string {
  const lines = one.program.ops.map(printOp);
  return [`begin ${nameOf(one)}`, ...lines, "end", ""].join("\n");
}

interface BootRun {
  readonly programs: readonly TestProgram[];
  readonly console: string;
  /** What cannot be read is a difference, and no reason to try again. */
  readonly takesGarbled: boolean;
}

/** Judges what a boot got to. */
function judgeBoot(
  boot: Boot,
  heap: SlabHeap,
  { programs, console, takesGarbled }: BootRun,
): Judged[] {
  const logs = parseConsole(console, (name, op) => {
    const named = programs.find((one) => nameOf(one) === name);
    const found = named?.program.ops[op];
    return found && printOp(found);
  });
  const [first] = logs;
  if (first === undefined) return [];
  const machine = { ...machineOf(boot), glob: first.glob, vglob: first.vglob };
  const core = new CoreBoot(machine, heap);
  const judged: Judged[] = [];
  for (const [i, log] of logs.entries()) {
    const program = programs[i];
    if (log.isGarbled && !takesGarbled) continue;
    const verdict = judge(boot.kernel, program.program, log, core.run(program.program));
    // Behind a program that differs, others may differ because it did: those get another chance.
    const isFirst = judged.every((other) => other.verdict.comparison.equal);
    if (verdict.comparison.equal || isFirst) judged.push({ program, verdict, log, machine });
  }
  return judged;
}
