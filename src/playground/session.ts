// What the playground asks of the core: everything about a program that is a text. It knows no page
// and no thread; the worker of the page, lessons and tests call it.
import { UserError } from "../base/user_error.ts";
import { matrixOf } from "../compare/matrix/matrix.ts";
import { matrixParts } from "../compare/matrix/matrix_sections.ts";
import { OPTION_SETS } from "../compare/option_sets.ts";
import { representativeOf } from "../compare/score/representative.ts";
import { kernelModuleOf } from "../export/kernel_module.ts";
import { vitestFileOf } from "../export/vitest_file.ts";
import { html } from "../html/html.ts";
import { SlabHeap } from "../slub/core/heap.ts";
import { coreOf } from "../slub/named_core.ts";
import { machineFor } from "../slub/program/boot.ts";
import { parseScript, printScript } from "../slub/program/text.ts";
import { PROFILES } from "../slub/program/variant.ts";
import { judgeProgram } from "../slub/run/case.ts";
import { SlubProgram } from "../slub/slub_program.ts";
import type { BugName } from "../target/bug_names.ts";
import type { ShownByRun, ShrunkProgram } from "../target/program.ts";
import { recordTrace } from "../view/record.ts";
import type { Trace } from "../view/trace.ts";
import { lessonOf } from "./lessons/lessons.ts";
import { type ChosenMachine, chosenMachine, scriptOnMachine } from "./machine_lines.ts";

/** What complaints call the text of the editor. */
export const PROGRAM_NAME = "program";

/** Runs are shown, so that one of them must not take all memory. */
export const SHOWN_OPS_MAX = 5000;

/** Candidates of a shrink run some operations each; this takes a few seconds. */
const SHRINK_EFFORT = 200_000;

/** A program that ran. */
export interface PlaygroundRun {
  readonly trace: Trace;
  /** By operation: its line in the text, counted from 1. */
  readonly lines: readonly number[];
  readonly machine: ChosenMachine;
}

export const EXPORT_KINDS = ["script", "vitest", "c"] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** Every method throws a UserError for a program that cannot run as it stands. */
export class Session {
  readonly #heaps: SlabHeap[] = [];

  /** Runs a program and records what happens. */
  run(text: string): PlaygroundRun {
    const slub = programOf(text);
    const { program } = slub;
    if (program.ops.length > SHOWN_OPS_MAX) {
      const count = `has ${program.ops.length} operations`;
      throw new UserError(`${PROGRAM_NAME}: ${count}, and ${SHOWN_OPS_MAX} can be shown`);
    }
    const machine = machineFor(program);
    const used: SlabHeap[] = [];
    const newHeap = (): SlabHeap => {
      const heap = this.#heaps.pop() ?? slub.newHeap();
      used.push(heap);
      return heap;
    };
    const trace = recordTrace({ name: PROGRAM_NAME, program, machine, newHeap });
    // A heap whose core trapped is not used again.
    this.#heaps.push(...used);
    return { trace, lines: program.source?.lines ?? [], machine: chosenMachine(machine) };
  }

  /** Judges a program, as `slabfuzz replay --json` does. */
  judge(text: string): ShownByRun {
    const slub = programOf(text);
    const heap = this.#heaps.pop() ?? slub.newHeap();
    const judged = judgeProgram(slub.program, machineFor(slub.program), heap);
    this.#heaps.push(heap);
    const { verdict, signature, impact, digest } = judged;
    return { verdict, signature, impact, digest };
  }

  /** The smallest program that shows the same. */
  async shrink(text: string): Promise<ShrunkProgram> {
    return await programOf(text).shrink({ machine: {}, effortMax: SHRINK_EFFORT });
  }

  /** Tables of what every set of options of every kernel reports, as HTML. */
  matrix(text: string): string {
    const { program } = programOf(text);
    const heap = this.#heaps.pop() ?? new SlabHeap();
    const asked = { heap, profiles: PROFILES, options: OPTION_SETS };
    const matrix = matrixOf({ name: PROGRAM_NAME, program, ...asked });
    this.#heaps.push(heap);
    return html`${matrixParts(matrix)}`.text;
  }

  /** The program in the form of another tool. */
  async exported(text: string, kind: ExportKind): Promise<string> {
    const slub = programOf(text);
    slub.requireRunnable();
    if (kind === "script") return text;
    const shown = await slub.judge();
    return kind === "c" ? kernelModuleOf(slub.program, shown) : vitestFileOf(slub.script, shown);
  }

  /** The script with a header that says another machine; the rest stays as it was written. */
  onMachine(text: string, chosen: ChosenMachine): string {
    return scriptOnMachine(text, parseScript(text, PROGRAM_NAME), chosen);
  }

  /**
   * Why a program does not answer a question of a lesson; undefined if it does. Lessons are counted
   * from 1, questions from 0.
   */
  answered(text: string, lesson: number, question: number): string | undefined {
    const { program } = programOf(text);
    const { trace } = this.run(text);
    const asked = lessonOf(lesson).questions[question];
    return asked.check({ program, machine: machineFor(program), trace });
  }

  /** A generated program of a bug class, or its benign twin; empty if none makes the mistake. */
  drawn(bug: BugName, isTwin: boolean): string {
    const program = representativeOf({ bug, seed: 1n, isTwin });
    return program === undefined ? "" : printScript(program);
  }
}

function programOf(text: string): SlubProgram {
  const program = parseScript(text, PROGRAM_NAME);
  return new SlubProgram({ name: PROGRAM_NAME, program, core: coreOf(program) });
}
