// What a command is given to run: a script, the folder of a finding, or a token.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/user_error.ts";
import { recallToken } from "../campaign/recall.ts";
import { heapFor, parseTarget, type Target } from "../campaign/target.ts";
import { isToken } from "../campaign/token.ts";
import { isJson, programOfJson } from "../interchange/json.ts";
import type { Program } from "../program/op.ts";
import { parseScript } from "../program/text.ts";
import type { SlabHeap } from "../wasm/heap.ts";
import { note, readSource, sourceName } from "./terminal.ts";

const SLUB = parseTarget("slub");

/** A program, and what people call it. */
export interface ReplaySource {
  readonly name: string;
  readonly program: Program;
  /** A heap of the target that it was found on. */
  readonly heap: SlabHeap;
  /** Another one of the kind. */
  readonly newHeap: () => SlabHeap;
}

/** What a log of a replay, or of a real kernel, has at the start of its lines. */
const IS_RECORDING = /^@@ op \d+: /m;

/** The program that a word of the command line names; `-` is stdin. */
export function resolveSource(word: string): ReplaySource {
  if (isToken(word)) return sourceOfToken(word);
  if (isFolder(word)) return sourceOfFinding(word);
  const text = readSource(word);
  if (IS_RECORDING.test(text)) {
    throw new UserError(`${word}: is a recording, replay the script that it was made from`);
  }
  const name = sourceName(word);
  return sourceOf(name, isJson(text) ? programOfJson(text, name) : parseScript(text, name), SLUB);
}

function sourceOf(name: string, program: Program, target: Target): ReplaySource {
  const newHeap = () => heapFor(target);
  return { name, program, newHeap, heap: newHeap() };
}

function sourceOfToken(word: string): ReplaySource {
  const { program, target, isOtherBuild } = recallToken(word);
  if (isOtherBuild) note(`${word}: was made by another build; what it shows may differ`);
  return sourceOf(word, program, target);
}

function isFolder(word: string): boolean {
  return word !== "-" && existsSync(word) && statSync(word).isDirectory();
}

/** The script in a finding's folder. Its header says on which machine it was found. */
function sourceOfFinding(folder: string): ReplaySource {
  const record = join(folder, "finding.json");
  if (!existsSync(record)) throw new UserError(`${folder}: is no finding, it has no finding.json`);
  const target = targetOfFinding(record);
  const path = join(folder, "program.slab");
  return sourceOf(folder, parseScript(readSource(path), path), target);
}

/** What was fuzzed; records that do not say so are of the SLUB core. */
function targetOfFinding(path: string): Target {
  const { target } = readRecord(path);
  return typeof target === "string" ? parseTarget(target) : SLUB;
}

function readRecord(path: string): { readonly target?: unknown } {
  try {
    return Object(JSON.parse(readSource(path)));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: is damaged, it is not JSON`);
  }
}
