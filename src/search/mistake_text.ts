// The shortest programs with a mistake, as a table for people and as a JSON record.
import { columnLines } from "../base/option_text.ts";
import { countText } from "../campaign/quantity_text.ts";
import { VERDICTS } from "../target/verdict.ts";
import { scopeText } from "./exhaust_text.ts";
import type { MistakeCell, Mistakes } from "./mistakes.ts";

const NO_PROGRAM = ".";

/** A table for each kernel: a row for each class and verdict, a column for each set of options. */
export function mistakeLines(mistakes: Mistakes): string[] {
  const { scope, cells } = mistakes;
  const profiles = [...new Set(cells.map(({ profile }) => profile))];
  const programs = cells.reduce((sum, cell) => sum + cell.programs, 0);
  const tables = profiles.flatMap((profile) => {
    const own = cells.filter((cell) => cell.profile === profile);
    return [`${profile}: operations of the shortest program`, ...tableOf(mistakes, own), ""];
  });
  const all = `${countText(programs)} programs with one mistake were judged`;
  const bound = `${NO_PROGRAM} stands for none of ${scopeText(scope)}`;
  return [...tables, `${all}; no shorter one has the same outcome; ${bound}.`];
}

function tableOf({ classes }: Mistakes, cells: readonly MistakeCell[]): string[] {
  const outcomes = cells.flatMap((cell) => cell.outcomes);
  const rows = classes.flatMap((cause) =>
    VERDICTS.filter((verdict) =>
      outcomes.some((one) => one.cause === cause && one.verdict === verdict),
    ).map((verdict) => [cause, verdict, ...cells.map((cell) => lengthIn(cell, cause, verdict))]),
  );
  return columnLines([["class", "verdict", ...cells.map(({ options }) => options)], ...rows]);
}

function lengthIn({ outcomes }: MistakeCell, cause: string, verdict: string): string {
  const found = outcomes.find((one) => one.cause === cause && one.verdict === verdict);
  return found === undefined ? NO_PROGRAM : String(found.length);
}

export function mistakeRecord({ scope, classes, cells, seconds, interrupted }: Mistakes) {
  return { scope, classes, cells, seconds, interrupted };
}
