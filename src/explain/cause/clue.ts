// Evidence: what a report says for some causes or against them.
import type { LogReading, Report } from "../report.ts";
import type { CauseName } from "./prior.ts";

export interface Clue {
  readonly causes: readonly CauseName[];
  /** How many times more often reports say this if the cause is true; below 1 it speaks against. */
  readonly factor: number;
  readonly text: string;
}

/** Looks at one report of a log. */
export type CauseRule = (report: Report, reading: LogReading) => readonly Clue[];

export function clue(factor: number, text: string, ...causes: CauseName[]): Clue {
  return { causes, factor, text };
}

/** A clue if the condition holds, else nothing. */
export function cluesIf(condition: boolean, ...clues: Clue[]): readonly Clue[] {
  return condition ? clues : [];
}
