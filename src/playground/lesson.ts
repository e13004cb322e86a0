// A lesson: a program, a sentence beside some of its steps, and questions. A question asks for
// another program, and the core says whether that is an answer: what it shows is looked at, not its
// words.
import { UserError } from "../base/user_error.ts";
import type { Machine } from "../slub/program/machine.ts";
import type { Program, ProgramOp } from "../slub/program/op.ts";
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

/** The lesson of a number, counted from 1. Throws a UserError for one that does not exist. */
export function lessonOf(lessons: readonly Lesson[], number: number): Lesson {
  const lesson = lessons[number - 1];
  if (lesson !== undefined) return lesson;
  throw new UserError(`there is no lesson ${number}: they have the numbers 1 to ${lessons.length}`);
}

/** The place of the object that an operation gave, such as `object 3 of slab 0`; empty for none. */
export function objectGiven({ trace }: Answer, name: string, nth = 0): string {
  const set = trace.deltas.flatMap((delta) => delta.set ?? []);
  const cells = set.filter(
    ([, value]) => Array.isArray(value) && value[0] === "L" && value[1] === name,
  );
  return cells[nth]?.[0] ?? "";
}

/** The operations of a kind. */
export function answerOps<Word extends ProgramOp["op"]>(
  { program }: Answer,
  ...words: readonly Word[]
): readonly Extract<ProgramOp, { op: Word }>[] {
  return program.ops.filter((op): op is Extract<ProgramOp, { op: Word }> => {
    return (words as readonly string[]).includes(op.op);
  });
}

/** The first of the reasons that holds. */
export function firstReason(
  ...reasons: readonly (readonly [boolean, string])[]
): string | undefined {
  return reasons.find(([holds]) => holds)?.[1];
}

/** Everything that the kernel printed. */
export function kernelLog({ trace }: Answer): string {
  return trace.ops.flatMap(({ kernel }) => kernel).join("\n");
}
