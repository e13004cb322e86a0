// What a command is given to run: a script, the folder of a finding, or a token.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isText, parseObject } from "../base/json_file.ts";
import { UserError } from "../base/user_error.ts";
import { isJson, programOfJson } from "../export/json.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import { parseInvariants } from "../slub/invariant_text.ts";
import { heapFor, onTarget, parseTarget, type Target, targetOf } from "../slub/named_core.ts";
import type { InvariantCadence } from "../slub/oracle/violation.ts";
import type { Program } from "../slub/program/op.ts";
import { parseScript } from "../slub/program/text.ts";
import { recallToken } from "../slub/recall.ts";
import { isToken } from "../slub/token.ts";
import { isForeignSource } from "./foreign_source.ts";
import { note, readSource, sourceName } from "./terminal.ts";

/** A program, and what people call it. */
export interface ReplaySource {
  readonly name: string;
  readonly program: Program;
  /** A heap of the target that it was found on. */
  readonly heap: SlabHeap;
  /** Another one of the kind. */
  readonly newHeap: () => SlabHeap;
  /** How often rules are kept, where it is not as usual. */
  readonly invariants: InvariantCadence | undefined;
}

/** What a log of a replay, or of a real kernel, has at the start of its lines. */
const IS_RECORDING = /^@@ op \d+: /m;

/** The program that a word of the command line names; `-` is stdin. */
export function resolveSource(word: string): ReplaySource {
  if (isForeignSource(word)) {
    throw new UserError(`${word}: is a program of a foreign module: replay and shrink know those`);
  }
  if (isToken(word)) return sourceOfToken(word);
  if (isFolder(word)) return sourceOfFinding(word);
  const text = readSource(word);
  if (IS_RECORDING.test(text)) {
    throw new UserError(`${word}: is a recording, replay the script that it was made from`);
  }
  const name = sourceName(word);
  const program = isJson(text) ? programOfJson(text, name) : parseScript(text, name);
  return sourceOf(name, program, targetOfScript(name, program));
}

function targetOfScript(name: string, program: Program): Target {
  try {
    return targetOf(program);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${name}: ${error.message}`);
    throw error;
  }
}

function sourceOf(
  name: string,
  program: Program,
  target: Target,
  invariants?: InvariantCadence,
): ReplaySource {
  const newHeap = () => heapFor(target);
  return { name, program: onTarget(program, target), newHeap, heap: newHeap(), invariants };
}

function sourceOfToken(word: string): ReplaySource {
  const { program, target, invariants, isOtherBuild } = recallToken(word);
  if (isOtherBuild) note(`${word}: was made by another build; what it shows may differ`);
  return sourceOf(word, program, target, invariants);
}

function isFolder(word: string): boolean {
  return word !== "-" && existsSync(word) && statSync(word).isDirectory();
}

/** The script in a finding's folder. Its header says on which machine it was found. */
function sourceOfFinding(folder: string): ReplaySource {
  const record = join(folder, "finding.json");
  if (!existsSync(record)) throw new UserError(`${folder}: is no finding, it has no finding.json`);
  const { target, invariants } = parseObject({
    text: readSource(record),
    name: record,
    kind: "record of a finding",
  });
  const path = join(folder, "program.slab");
  const program = parseScript(readSource(path), path);
  const known = isText(target) ? parseTarget(target) : targetOfScript(path, program);
  return sourceOf(folder, program, known, invariantsOf(invariants));
}

function invariantsOf(text: unknown): InvariantCadence | undefined {
  return isText(text) && text !== "" ? parseInvariants(text) : undefined;
}
