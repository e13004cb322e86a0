// What a command is given to run: a script, or the folder of a finding.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/user_error.ts";
import type { Program } from "../program/op.ts";
import { parseScript } from "../program/text.ts";
import { readSource, sourceName } from "./terminal.ts";

/** A program, and what people call it. */
export interface ReplaySource {
  readonly name: string;
  readonly program: Program;
}

/** The program that a word of the command line names; `-` is stdin. */
export function resolveSource(word: string): ReplaySource {
  const path = isFolder(word) ? programOfFinding(word) : word;
  return { name: sourceName(word), program: parseScript(readSource(path), sourceName(path)) };
}

function isFolder(word: string): boolean {
  return word !== "-" && existsSync(word) && statSync(word).isDirectory();
}

/** The script in a finding's folder. Its header says on which machine it was found. */
function programOfFinding(folder: string): string {
  const record = join(folder, "finding.json");
  if (!existsSync(record)) throw new UserError(`${folder}: is no finding, it has no finding.json`);
  try {
    JSON.parse(readSource(record));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${record}: is damaged, it is not JSON`);
  }
  return join(folder, "program.slab");
}
