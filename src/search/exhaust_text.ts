// The result of an exhaustive search for people, and as a JSON record.
import { counted } from "../base/count_text.ts";
import { columnLines } from "../base/option_text.ts";
import { countText } from "../campaign/quantity_text.ts";
import type { Estimate } from "./estimate.ts";
import type { ExhaustCell, Exhausted } from "./exhaust.ts";
import { ORACLE_SAYS } from "./explorer.ts";
import type { SearchScope } from "./vocabulary.ts";

/** `at most 5 operations on 3 objects of one cache (15000 bytes): alloc, free`. */
export function scopeText({ ops, objects, sizes, words, offsets }: SearchScope): string {
  const caches = `${counted(sizes.length, "cache")} of ${sizes.join(" and ")} bytes`;
  const where = words.includes("write") ? ` at ${offsets.join(" and ")}` : "";
  const things = `${counted(objects, "object")}, ${caches}`;
  return `at most ${counted(ops, "operation")} on ${things}: ${words.join(", ")}${where}`;
}

/** What is about to be done; `time` is how long it takes, in words, where that is known. */
export function estimateText({ programs, toRun }: Estimate, time: string | undefined): string {
  const about = time === undefined ? "" : `, which takes about ${time}`;
  return `${countText(programs)} programs, ${countText(toRun)} of them to be run${about}`;
}

export function exhaustLines(result: Exhausted): string[] {
  const head = ["kernel", "options", "programs", "run", "per run", "heap states", "broken"];
  const rows = result.cells.map((cell) => [
    ...[cell.profile, cell.options, countText(cell.programs), countText(cell.run)],
    ...[`${reductionOf(cell).toFixed(1)}x`, countText(cell.states), countText(cell.broken)],
  ]);
  return [
    ...columnLines([head, ...rows]),
    "",
    ...result.cells.flatMap(brokenLines),
    boundText(result),
  ];
}

/** Programs of the scope for each that is run. */
function reductionOf({ programs, toRun }: ExhaustCell): number {
  return Number(programs) / Number(toRun);
}

function brokenLines({ profile, options, first }: ExhaustCell): string[] {
  if (first === undefined) return [];
  const length = counted(first.ops.length, "operation");
  const head = `${profile} ${options}: the shortest program that breaks a rule has ${length}:`;
  return [
    head,
    ...first.script
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
    "",
  ];
}

/** The sentence that one can quote. */
function boundText({ scope, cells }: Exhausted): string {
  const open = cells.filter(({ isComplete }) => !isComplete);
  if (open.length > 0) {
    const names = open.map(({ profile, options }) => `${profile} ${options}`).join(", ");
    return `not all parts were explored, so nothing is proved yet: ${names}`;
  }
  const broken = cells.filter((cell) => cell.broken > 0);
  if (broken.some(({ first }) => first?.problem.startsWith(ORACLE_SAYS))) {
    return "The oracle judged a program for each heap state: a shorter one may break a rule, too.";
  }
  if (broken.length > 0) {
    return "No shorter program breaks a rule: all of those were run, or one that does the same.";
  }
  return `No program breaks a rule: ${scopeText(scope)}.`;
}

export function exhaustRecord({ scope, target, cells, seconds, interrupted }: Exhausted) {
  return {
    scope,
    target,
    cells: cells.map((cell) => ({
      ...cell,
      programs: String(cell.programs),
      toRun: String(cell.toRun),
      reduction: reductionOf(cell),
      first: cell.first && { ...cell.first, length: cell.first.ops.length },
    })),
    seconds,
    interrupted,
  };
}
