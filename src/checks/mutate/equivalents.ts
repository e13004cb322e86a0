// Mutants that nothing can tell from the original, each with the reason why. The list is checked: a
// listed mutant that is killed, or that is not there any more, is an error.
import {
  isObject,
  isText,
  parseObject,
  requireList,
  requireVersion,
} from "../../base/json_file.ts";
import { UserError } from "../../base/user_error.ts";
import { readTextFile } from "../../base/whole_file.ts";
import type { MutantResult } from "./court.ts";

const VERSION = 1;

/** Reason by the mutant's id. */
export type Equivalents = ReadonlyMap<string, string>;

export const NO_EQUIVALENTS: Equivalents = new Map();

/** Mutants by reason, as the file has them. */
interface Group {
  readonly reason: string;
  readonly mutants: readonly string[];
}

export function readEquivalents(path: string): Equivalents {
  return parseEquivalents(readTextFile(path), path);
}

/** Reads a list; `name` is what messages call it. */
export function parseEquivalents(text: string, name: string): Equivalents {
  const { version, groups } = parseObject({ text, name, kind: "list of equivalent mutants" });
  requireVersion(version, VERSION, `${name}: version`);
  const reasons = new Map<string, string>();
  for (const [i, group] of requireList(groups, `${name}: groups`).entries()) {
    const { reason, mutants } = checkedGroup(group, `${name}: groups[${i}]`);
    for (const id of mutants) {
      if (reasons.has(id)) throw new UserError(`${name}: groups[${i}]: ${id} is listed twice`);
      reasons.set(id, reason);
    }
  }
  return reasons;
}

function checkedGroup(value: unknown, place: string): Group {
  const { reason, mutants } = isObject(value) ? value : {};
  if (!isText(reason) || reason.trim() === "") {
    throw new UserError(`${place}.reason: must say why they are equivalent`);
  }
  if (!Array.isArray(mutants) || !mutants.every(isText)) {
    throw new UserError(`${place}.mutants: must be a list of mutants' names`);
  }
  return { reason, mutants };
}

/** What is wrong with a list, a line each. `all`: the names of all mutants that there are. */
export function complaintsAbout(
  equivalents: Equivalents,
  all: ReadonlySet<string>,
  results: readonly MutantResult[],
): readonly string[] {
  const gone = [...equivalents.keys()].filter((id) => !all.has(id));
  const killed = results.filter(({ id, state }) => state === "killed" && equivalents.has(id));
  return [
    ...gone.map((id) => `listed as equivalent, but there is no such mutant: ${id}`),
    ...killed.map(({ id, check }) => `listed as equivalent, but killed by ${check}: ${id}`),
  ];
}
