// The source that a command runs: a script, a record in JSON, the folder of a finding, or a token.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { readJson } from "../base/json_file.ts";
import { jsonObject, jsonText } from "../base/schema.ts";
import { UserError } from "../base/user_error.ts";
import type { SlubProgram } from "../slub/slub_program.ts";
import type { TargetProgram } from "../target/program.ts";
import { isToken, kernelProgram, programOfScript, programOfToken } from "../targets/targets.ts";
import { note, readSource, sourceName } from "./terminal.ts";

/** The program that a word of the command line names; `-` is stdin. */
export async function resolveSource(word: string): Promise<TargetProgram> {
  const program = await readProgram(word);
  if (program.note !== undefined) note(program.note);
  return program;
}

/** The same where only programs of the kernel's operations make sense; `use` says why. */
export async function resolveKernelSource(word: string, use: string): Promise<SlubProgram> {
  return await kernelProgram(await resolveSource(word), use);
}

async function readProgram(word: string): Promise<TargetProgram> {
  if (isToken(word)) return await programOfToken(word);
  if (isFolder(word)) return await programOfFinding(word);
  const name = sourceName(word);
  return await programOfScript({ name, file: name, text: readSource(word) });
}

function isFolder(word: string): boolean {
  return word !== "-" && existsSync(word) && statSync(word).isDirectory();
}

const RECORD = jsonObject({
  target: v.optional(jsonText),
  invariants: v.nullish(jsonText),
});

/** The script in a finding's folder; its header says what it is for. */
async function programOfFinding(folder: string): Promise<TargetProgram> {
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
    invariants: invariants ?? undefined,
  });
}

/** The first operations of a program, up to the one that `--until` names. */
export function cutProgram(program: TargetProgram, until: number | undefined): TargetProgram {
  if (until === undefined) return program;
  if (until < program.opCount) return program.first(until + 1);
  throw new UserError(`--until ${until}: the program has operations 0 to ${program.opCount - 1}`);
}
