// The source that a command runs: a script, a record in JSON, the folder of a finding, or a token.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { readJson } from "../base/json_file.ts";
import { jsonObject, jsonText } from "../base/schema.ts";
import { UserError } from "../base/user_error.ts";
import type { SlubProgram } from "../slub/slub_program.ts";
import type { OtherTarget, ScriptSource, TargetProgram } from "../target/program.ts";
import { isToken, kernelProgram, programOfScript, programOfToken } from "../targets/targets.ts";
import type { TargetSettings } from "./options/campaign_options.ts";
import { note, readSource, sourceName } from "./terminal.ts";

/**
 * The program that a word of the command line names; `-` is stdin. It runs on the target that
 * options name, if they do.
 */
export async function resolveSource(
  word: string,
  options: TargetSettings = {},
): Promise<TargetProgram> {
  const { fuel, memory } = options;
  const limits = { fuel, memory };
  const program = await readProgram(word, { otherTarget: otherTargetIn(options), limits });
  if (program.note !== undefined) note(program.note);
  return program;
}

/** The same where only programs of the kernel's operations make sense; `use` says why. */
export async function resolveKernelSource(word: string, use: string): Promise<SlubProgram> {
  return await kernelProgram(await resolveSource(word), use);
}

function otherTargetIn({ target, exports }: TargetSettings): OtherTarget | undefined {
  if (target !== undefined) return { target, exports };
  if (exports === undefined) return undefined;
  throw new UserError("--exports: says how a target is called, name that with --target");
}

/** What it is to run on, instead of what it says itself. */
type Place = Pick<ScriptSource, "otherTarget" | "limits">;

async function readProgram(word: string, place: Place): Promise<TargetProgram> {
  if (isToken(word)) {
    if (place.otherTarget === undefined) return await programOfToken(word, place.limits);
    throw new UserError("--target: a token is of one target, give a script or a finding's folder");
  }
  if (isFolder(word)) return await programOfFinding(word, place);
  const name = sourceName(word);
  return await programOfScript({ name, file: name, text: readSource(word), ...place });
}

function isFolder(word: string): boolean {
  return word !== "-" && existsSync(word) && statSync(word).isDirectory();
}

const RECORD = jsonObject({
  target: v.optional(jsonText),
  invariants: v.nullish(jsonText),
});

/** The script in a finding's folder; its header says what it is for. */
async function programOfFinding(folder: string, place: Place): Promise<TargetProgram> {
  const record = join(folder, "finding.json");
  if (!existsSync(record)) throw new UserError(`${folder}: is no finding, it has no finding.json`);
  const kind = "record of a finding";
  const { target, invariants } = readJson({ text: readSource(record), name: record, kind }, RECORD);
  const file = join(folder, "program.slab");
  return await programOfScript({
    name: folder,
    file,
    text: readSource(file),
    target,
    ...place,
    invariants: invariants ?? undefined,
  });
}

/** The first operations of a program, up to the one that `--until` names. */
export function cutProgram(program: TargetProgram, until: number | undefined): TargetProgram {
  if (until === undefined) return program;
  if (until < program.opCount) return program.first(until + 1);
  throw new UserError(`--until ${until}: the program has operations 0 to ${program.opCount - 1}`);
}
