// What a command is given to run: a script, the folder of a finding, or a token.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/user_error.ts";
import { recallToken } from "../campaign/recall.ts";
import { heapFor } from "../campaign/target.ts";
import { isToken } from "../campaign/token.ts";
import type { Program } from "../program/op.ts";
import { parseScript } from "../program/text.ts";
import { SlabHeap } from "../wasm/heap.ts";
import { note, readSource, sourceName } from "./terminal.ts";

/** A program, and what people call it. */
export interface ReplaySource {
  readonly name: string;
  readonly program: Program;
  /** A heap of the target that it was found on. */
  readonly heap: SlabHeap;
}

/** What a log of a replay, or of a real kernel, has at the start of its lines. */
const IS_RECORDING = /^@@ op \d+: /m;

/** The program that a word of the command line names; `-` is stdin. */
export function resolveSource(word: string): ReplaySource {
  if (isToken(word)) return sourceOfToken(word);
  const path = isFolder(word) ? programOfFinding(word) : word;
  const text = readSource(path);
  if (IS_RECORDING.test(text)) {
    throw new UserError(`${word}: is a recording, replay the script that it was made from`);
  }
  const program = parseScript(text, sourceName(path));
  return { name: sourceName(word), program, heap: new SlabHeap() };
}

function sourceOfToken(word: string): ReplaySource {
  const { program, target, isOtherBuild } = recallToken(word);
  if (isOtherBuild) note(`${word}: was made by another build; what it shows may differ`);
  return { name: word, program, heap: heapFor(target) };
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
