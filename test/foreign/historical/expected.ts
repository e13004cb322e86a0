// What tests ask of a mistake, and of a heap without one.
import { expect } from "vitest";
import type { Mistake } from "./mistakes.ts";
import { moduleWith } from "./modules.ts";
import { search } from "./search.ts";

/** Processor time for a search: what is wanted of all of them. */
const BUDGET_SECONDS = 60;
const OPERATIONS_MAX = 6;

export function expectMistakeFound(mistake: Mistake): void {
  const { finding } = search(moduleWith(mistake), { seconds: BUDGET_SECONDS }, mistake.told);
  expect(mistake.told).toContain(finding?.family);
  expect(finding?.program.length).toBeLessThanOrEqual(OPERATIONS_MAX);
}

/** The rule that a module breaks in its first cases, if it breaks any. */
export function ruleBroken(path: string, cases: number): string | undefined {
  return search(path, { seconds: BUDGET_SECONDS, cases }).finding?.rule;
}
