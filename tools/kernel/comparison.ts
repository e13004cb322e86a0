// One program on both sides: the log that the core gives, and whether a kernel's log is the same.
import { Status } from "../../src/abi.ts";
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import type { Program } from "../../src/slub/program/op.ts";
import { replay } from "../../src/slub/run/replay.ts";
import { LogWriter } from "../../src/slub/words/log.ts";
import { type Comparison, compareLogs } from "../../test/recordings/compare.ts";
import type { KernelLogOf } from "./console.ts";
import type { LiveKernel } from "./images.ts";
import { hasSameShape, maskRandom, withoutChance } from "./random_text.ts";

/** What the core says. */
export interface CoreLog {
  readonly lines: readonly string[];
  /** The same on a machine in which everything is different that chance decides. */
  readonly shifted: readonly string[];
}

/** How a line of kernel text begins. */
const TEXT = "    | ";
// Chosen so that every byte changes that tells a page frame, a time or a stack.
const OTHER_SEED = 0x5bd1e995;
const PAGES_FURTHER = 0x5558;
const TICKS_LATER = 0x11337;
const STACKS_MORE = (0x0303 << 10) | 0x155;

/** The same machine on another day. */
function otherMachine(machine: Machine): Machine {
  return {
    ...machine,
    seedLow: (machine.seedLow ^ OTHER_SEED) >>> 0,
    physBasePfn: machine.physBasePfn + PAGES_FURTHER,
    ticks: machine.ticks + TICKS_LATER,
    stacks: machine.stacks + STACKS_MORE,
  };
}

/**
 * The core's side of one boot: it remembers what a kernel remembers from one program to the next.
 */
export class CoreBoot {
  readonly #machine: Machine;
  readonly #other: Machine;
  readonly #heap: SlabHeap;
  readonly #writer: LogWriter;
  readonly #otherWriter: LogWriter;

  constructor(machine: Machine, heap: SlabHeap) {
    this.#machine = machine;
    this.#other = otherMachine(machine);
    this.#heap = heap;
    this.#writer = new LogWriter(machine);
    this.#otherWriter = new LogWriter(this.#other);
  }

  run(program: Program): CoreLog {
    return {
      lines: this.#linesOf(program, this.#machine, this.#writer),
      shifted: this.#linesOf(program, this.#other, this.#otherWriter),
    };
  }

  #linesOf(program: Program, machine: Machine, writer: LogWriter): string[] {
    const lines: string[] = [];
    for (const step of replay(program, machine, { heap: this.#heap })) {
      lines.push(...writer.lines(step));
      if (step.status === Status.CRASH || step.status === Status.HANG) break;
    }
    return lines;
  }
}

/** Both logs, and what comparing them gave. */
export interface Verdict {
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  /** The core's log with everything in it that is a matter of chance. */
  readonly coreLines: readonly string[];
  readonly comparison: Comparison;
  /** The same text, but some of it came when the next operation ran. */
  readonly isLate: boolean;
  /** The course of the program depends on chance: it cannot be compared. */
  readonly isRandom: boolean;
}

export function judge(
  kernel: LiveKernel,
  program: Program,
  log: KernelLogOf,
  core: CoreLog,
): Verdict {
  const lines = withoutChance(core.lines, program);
  const shifted = withoutChance(core.shifted, program);
  const said = withoutChance(log.lines, program);
  const isRandom = !hasSameShape(lines, shifted);
  const masked = isRandom ? said : maskRandom(said, { lines, shifted });
  const comparison = compareLogs(masked, lines, { profile: kernel });
  const logs = { expected: masked, actual: lines, coreLines: core.lines };
  const verdict = { ...logs, comparison, isLate: false, isRandom };
  if (comparison.equal || isRandom) return verdict;
  const asOne = compareLogs(textLast(masked), textLast(lines), { profile: kernel });
  return asOne.equal ? { ...verdict, comparison: asOne, isLate: true } : verdict;
}

/** A log with all kernel text at its end: with several CPUs, a kernel may print a line late. */
export function textLast(log: readonly string[]): readonly string[] {
  const isText = (line: string) => line.startsWith(TEXT);
  return [...log.filter((line) => !isText(line)), ...log.filter(isText)];
}
