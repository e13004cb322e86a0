// A lesson: a program, a sentence beside some of its steps, and questions. A question asks for
// another program, and the core says whether that is an answer: what it shows is looked at, not its
// words.
import type { Machine } from "../slub/program/machine.ts";
import type { Program } from "../slub/program/op.ts";
import type { Trace } from "../view/trace.ts";

/** A program that somebody answers with, as it ran. */
export interface Answer {
  readonly program: Program;
  readonly machine: Machine;
  readonly trace: Trace;
}

export interface Question {
  /** What is asked for. */
  readonly ask: string;
  /** Why a program is no answer; undefined for one that is. */
  readonly check: (answer: Answer) => string | undefined;
}

export interface Lesson {
  readonly title: string;
  /** What it is about, in paragraphs. */
  readonly about: readonly string[];
  readonly program: string;
  /** By operation, counted from 0: what to see there. */
  readonly steps: Readonly<Record<number, string>>;
  readonly questions: readonly [Question, Question];
}

/** Where the object lies that an operation put into a slot, such as `c/s0 o3`; empty for none. */
export function placeOfSlot({ program, trace }: Answer, name: string): string {
  const ops = trace.ops.filter((_, at) => {
    const op = program.ops[at];
    return "slot" in op && op.slot === name;
  });
  return /^\S+ o\d+/.exec(ops.at(-1)?.result ?? "")?.[0] ?? "";
}

/** Where the first row of objects (allocn) put its object of a number; `-` for none. */
export function placeInRow({ trace }: Answer, index: number): string {
  const { result = "" } = trace.ops.find(({ text }) => text.startsWith("allocn")) ?? {};
  return /^\S+ o\d+/.exec(result.split("; ")[index] ?? "")?.[0] ?? "-";
}

/** Whether any operation has the word, and these among its words. */
export function hasLine({ trace }: Answer, line: RegExp): boolean {
  return trace.ops.some(({ text }) => line.test(text));
}

/** The class that the shadow saw. */
export function classOf({ trace }: Answer): string {
  return trace.signature.split("|")[0];
}

/** Letters of slub_debug; empty for none. */
export function lettersOf({ machine: { slubDebug } }: Answer): string {
  return slubDebug.given ? (slubDebug.text ?? "FZPU") : "";
}

/** The text of the operation at which the kernel first reported something; empty for none. */
export function reportedAtOp({ trace }: Answer): string {
  return trace.ops[trace.jumps.report ?? trace.jumps.crash ?? -1]?.text ?? "";
}

/** The first of the reasons that holds. */
export function firstReason(
  ...reasons: readonly (readonly [boolean, string])[]
): string | undefined {
  return reasons.find(([holds]) => holds)?.[1];
}
