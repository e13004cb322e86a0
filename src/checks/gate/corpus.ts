// The regression corpus: a folder of programs, each of which says in its header what it must show.
//
//   # boot: up slub_debug=FZ
//   # expect: detected
//   # signature: off-by-one|right-redzone|own-cell|Right Redzone overwritten at free
//   cache c 64 0 -
//   ...
//
// `signature` may be left out, and is for `expect: ok`; `digest`, over every answer and every line
// of the kernel's, may be added so that the target must answer to the byte as before.
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { reasonOf, reworded, UserError } from "../../base/user_error.ts";
import { readTextFile } from "../../base/whole_file.ts";
import type { ShownByRun, TargetProgram } from "../../target/program.ts";
import { VERDICTS } from "../../target/verdict.ts";
import { programOfScript } from "../../targets/targets.ts";

const EXTENSION = ".slab";
const KEYS = ["expect", "signature", "digest"] as const;
type Key = (typeof KEYS)[number];
const LINE = /^(expect|signature|digest): *(.*?) *$/;

/** What a program must show. */
export interface Expected {
  readonly verdict: string;
  readonly signature: string | undefined;
  readonly digest: string | undefined;
}

export interface CorpusEntry {
  /** The file's name without its ending. */
  readonly name: string;
  readonly path: string;
  /** The file's text. */
  readonly script: string;
  readonly program: TargetProgram;
  readonly expected: Expected;
}

/**
 * Reads the programs of a folder, in the order of their names: every file that ends in `.slab`.
 * Throws a UserError for a folder that is missing, and for a program that cannot run or does not
 * say what it must show (`# expect: VERDICT`).
 */
export async function readCorpus(folder: string): Promise<readonly CorpusEntry[]> {
  const paths = namesIn(folder).map((name) => join(folder, name));
  const entries: CorpusEntry[] = [];
  for (const path of paths) entries.push(await readEntry(path));
  return entries;
}

export function hasCorpus(folder: string): boolean {
  return existsSync(folder);
}

function namesIn(folder: string): readonly string[] {
  try {
    if (!statSync(folder).isDirectory()) throw new UserError(`${folder}: is no folder`);
    return readdirSync(folder)
      .filter((name) => name.endsWith(EXTENSION))
      .sort();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${folder}: ${reasonOf(error)}`);
  }
}

async function readEntry(path: string): Promise<CorpusEntry> {
  const entry = await parseEntry(readTextFile(path), path);
  const at = (message: string) => `${path}: ${message}`;
  reworded(at, () => entry.program.requireRunnable());
  return entry;
}

/** Reads a program of the corpus; refuses one that does not say what it must show. */
export async function parseEntry(script: string, path: string): Promise<CorpusEntry> {
  const program = await programOfScript({ name: path, file: path, text: script });
  const name = basename(path, EXTENSION);
  return { name, path, script, program, expected: expectedIn(program, path) };
}

function expectedIn({ comments }: TargetProgram, path: string): Expected {
  const found = new Map<Key, string>();
  for (const comment of comments) {
    const [, key, value] = LINE.exec(comment) ?? [];
    if (key === undefined) continue;
    if (found.has(key as Key)) throw new UserError(`${path}: "# ${key}:" stands here twice`);
    found.set(key as Key, value);
  }
  const verdict = found.get("expect") ?? "";
  if (!(VERDICTS as readonly string[]).includes(verdict)) {
    const wrong = found.has("expect")
      ? `"# expect:" is ${JSON.stringify(verdict)}`
      : 'no "# expect:"';
    throw new UserError(`${path}: ${wrong}, it has to be one of ${VERDICTS.join(" ")}`);
  }
  return { verdict, signature: found.get("signature"), digest: found.get("digest") };
}

/** The text of a program that must show this; comments of its own stay. */
export function entryText(program: TargetProgram, expected: Expected): string {
  const { verdict, signature, digest } = expected;
  const kept = program.comments.filter((comment) => !LINE.test(comment));
  const lines = [
    `expect: ${verdict}`,
    ...(signature === undefined || verdict === "ok" ? [] : [`signature: ${signature}`]),
    ...(digest === undefined ? [] : [`digest: ${digest}`]),
  ];
  return program.withComments([...lines, ...kept]).script;
}

/** The first difference from what it must show, in a few words; undefined without one. */
export function differenceFrom(expected: Expected, shown: ShownByRun): string | undefined {
  if (shown.verdict !== expected.verdict) {
    const what = shown.verdict === "ok" ? "" : ` (${shown.signature})`;
    return `shows ${shown.verdict}${what} instead of ${expected.verdict}`;
  }
  if (expected.signature !== undefined && shown.signature !== expected.signature) {
    return `shows ${shown.signature} instead of ${expected.signature}`;
  }
  if (expected.digest !== undefined && shown.digest !== expected.digest) {
    return `answers otherwise than before (digest ${shown.digest} instead of ${expected.digest})`;
  }
  return undefined;
}
