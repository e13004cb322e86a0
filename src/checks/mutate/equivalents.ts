// Mutants that nothing can tell from the original, each with the reason why. The list is checked: a
// listed mutant that is killed, or that is not there any more, is an error.
import * as v from "valibot";
import { readJson } from "../../base/json_file.ts";
import { jsonList, jsonObject, jsonText, jsonTextLike, jsonVersion } from "../../base/schema.ts";
import { UserError } from "../../base/user_error.ts";
import { readTextFile } from "../../base/whole_file.ts";
import type { MutantResult } from "./mutant_result.ts";

const VERSION = 1;

/** Reason by the mutant's id. */
export type Equivalents = ReadonlyMap<string, string>;

export const NO_EQUIVALENTS: Equivalents = new Map();

/** Mutants by reason, as the file has them; `target`: of which, where that is said. */
const FILE = jsonObject({
  version: jsonVersion(VERSION),
  target: v.optional(jsonText),
  groups: jsonList(
    jsonObject({
      reason: jsonTextLike(/\S/, "words that say why they are equivalent"),
      mutants: jsonList(jsonText),
    }),
  ),
});

/** `target`: a list that names another one is of no mutants of this one, and so is empty. */
export function readEquivalents(path: string, target?: string): Equivalents {
  return parseEquivalents(readTextFile(path), path, target);
}

/** Reads a list; `name` is what messages call it. */
export function parseEquivalents(text: string, name: string, target?: string): Equivalents {
  const found = readJson({ text, name, kind: "list of equivalent mutants" }, FILE);
  const isOfAnother = target !== undefined && (found.target ?? target) !== target;
  return isOfAnother ? NO_EQUIVALENTS : reasonsIn(found.groups, name);
}

type Groups = v.InferOutput<typeof FILE>["groups"];

function reasonsIn(groups: Groups, name: string): Equivalents {
  const reasons = new Map<string, string>();
  for (const [i, { reason, mutants }] of groups.entries()) {
    for (const id of mutants) {
      if (reasons.has(id)) throw new UserError(`${name}: groups[${i}]: ${id} is listed twice`);
      reasons.set(id, reason);
    }
  }
  return reasons;
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
