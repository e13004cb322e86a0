// One program on both sides: the log that the core gives, and whether a kernel's log is the same.
import { Status } from "../../src/abi.ts";
import type { Machine } from "../../src/program/machine.ts";
import type { Program } from "../../src/program/op.ts";
import { type Comparison, compareLogs } from "../../src/report/compare.ts";
import { LogWriter } from "../../src/report/log.ts";
import { replay } from "../../src/run/replay.ts";
import type { SlabHeap } from "../../src/wasm/heap.ts";
import type { KernelLogOf } from "./console.ts";
import type { LiveKernel } from "./images.ts";
import { hasSameShape, maskRandom, withoutChance } from "./random_text.ts";

/** What the core says. */
export interface CoreLog {
  readonly lines: readonly string[];
  /** The same on a machine with other random numbers; undefined where nothing is random. */
  readonly shifted: readonly string[] | undefined;
}

/** Another machine of the same kind. */
const OTHER_SEED = 0x5bd1e995;

/**
 * The core's side of one boot: it remembers what a kernel remembers from one program to the next.
 */
export class CoreBoot {
  readonly #machine: Machine;
  readonly #heap: SlabHeap;
  readonly #writer: LogWriter;
  readonly #shiftedWriter: LogWriter;

  constructor(machine: Machine, heap: SlabHeap) {
    this.#machine = machine;
    this.#heap = heap;
    this.#writer = new LogWriter(machine);
    this.#shiftedWriter = new LogWriter(machine);
  }

  run(program: Program): CoreLog {
    const lines = this.#linesOf(program, this.#machine, this.#writer);
    if (!this.#machine.hardened) return { lines, shifted: undefined };
    const other = { ...this.#machine, seedLow: (this.#machine.seedLow ^ OTHER_SEED) >>> 0 };
    return { lines, shifted: this.#linesOf(program, other, this.#shiftedWriter) };
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
  readonly comparison: Comparison;
  /** What follows from a random number cannot be compared. */
  readonly isRandom: boolean;
}

export function judge(
  kernel: LiveKernel,
  program: Program,
  log: KernelLogOf,
  core: CoreLog,
): Verdict {
  const lines = withoutChance(core.lines, program);
  const shifted = core.shifted && withoutChance(core.shifted, program);
  const said = withoutChance(log.lines, program);
  const isRandom = shifted !== undefined && !hasSameShape(lines, shifted);
  const masked = isRandom ? said : maskRandom(said, { lines, shifted });
  const comparison = compareLogs(masked, lines, { profile: kernel });
  return { expected: masked, actual: lines, comparison, isRandom };
}
