// What a command is given to run, where it is a program for a foreign module: a script that names
// such a target, the folder of a finding on one, or a token.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { foreignChoice } from "../module/foreign_target.ts";
import { targetInText } from "../module/program/text.ts";
import { type ForeignCase, foreignCaseOf, recallForeign } from "../module/recall.ts";
import { isForeignToken } from "../module/token.ts";
import { isToken } from "../slub/token.ts";
import { note, readSource, sourceName } from "./terminal.ts";

export interface ForeignSource extends ForeignCase {
  readonly name: string;
}

/** A build covers the module with what slabfuzz puts into it. */
const OTHER_BUILD = "was made on another module, or by another slabfuzz; what it shows may differ";

/** Whether a word names a program for a foreign module. */
export function isForeignSource(word: string): boolean {
  if (isToken(word)) return isForeignToken(word);
  const target = targetInText(textOf(word) ?? "");
  return target !== undefined && isForeignTarget(target);
}

export async function resolveForeign(word: string): Promise<ForeignSource> {
  const name = sourceName(word);
  const found = isForeignToken(word)
    ? await recallForeign(word)
    : await foreignCaseOf(textOf(word) ?? "", fileOf(word));
  if (found.isOtherBuild) note(`${word}: ${OTHER_BUILD}`);
  return { ...found, name };
}

/** Those with a core are named by the words that only they have. */
function isForeignTarget(target: string): boolean {
  return foreignChoice(target) !== undefined || target.endsWith(".wasm");
}

function fileOf(word: string): string {
  const inFolder = join(word, "program.slab");
  return word !== "-" && existsSync(inFolder) ? inFolder : word;
}

/** The text of a script; undefined for what is none. Whoever runs it says what is wrong with it. */
function textOf(word: string): string | undefined {
  const path = fileOf(word);
  try {
    return readSource(path);
  } catch {
    return undefined;
  }
}
