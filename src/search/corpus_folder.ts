// The corpus of a guided search on disk: a script a program, and a record of what they are for. A
// file's name is a digest of its script, so that corpora of one target are put together by putting
// their files into one folder, in any order.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { digestOfText } from "../base/hash.ts";
import { readJson } from "../base/json_file.ts";
import { makeOutputFolder } from "../base/output_folder.ts";
import { jsonObject, jsonText, jsonVersion } from "../base/schema.ts";
import { reasonOf, UserError } from "../base/user_error.ts";
import { kindOfEntry, readTextFile, writeWholeFile } from "../base/whole_file.ts";
import type { GuidedOps, GuidedTarget } from "../target/guided.ts";

const RECORD_FILE = "corpus.json";
const FORMAT = "slabfuzz-corpus";
const VERSION = 1;
const PROGRAM = /^[0-9a-f]{16}\.slab$/;

const RECORD = jsonObject({
  format: v.literal(FORMAT, `must be ${FORMAT}`),
  version: jsonVersion(VERSION),
  target: jsonText,
  build: jsonText,
  place: jsonText,
  campaign: jsonText,
});

type CorpusRecord = v.InferOutput<typeof RECORD>;

/** The token of a search that wrote a corpus: its options say what the programs are for. */
export function campaignOfCorpus(folder: string): string {
  return readRecord(folder).campaign;
}

/** Whether a folder holds a corpus of a guided search. */
export function isCorpusFolder(folder: string): boolean {
  return kindOfEntry(join(folder, RECORD_FILE)) === "file";
}

function readRecord(folder: string): CorpusRecord {
  const path = join(folder, RECORD_FILE);
  if (!isCorpusFolder(folder)) {
    throw new UserError(`${folder}: is no corpus of a guided search (no ${RECORD_FILE})`);
  }
  return readJson({ text: readTextFile(path), name: path, kind: FORMAT }, RECORD);
}

export class CorpusFolder {
  readonly #path: string;
  readonly #guided: GuidedTarget;

  /** Refuses a folder that holds something else, or programs of another target or build. */
  constructor(path: string, guided: GuidedTarget) {
    this.#path = path;
    this.#guided = guided;
    const kind = kindOfEntry(path);
    if (kind !== "nothing" && kind !== "folder") throw new UserError(`${path}: is no folder`);
    if (isCorpusFolder(path)) this.#requireSame(readRecord(path));
    else if (kind === "folder" && readdirSync(path).length > 0) {
      throw new UserError(`${path}: is no corpus of a guided search (no ${RECORD_FILE})`);
    }
  }

  #requireSame({ target, build, place }: CorpusRecord): void {
    const own = this.#record;
    if (target !== own.target || place !== own.place) {
      const theirs = `a corpus of ${target}, ${place}`;
      throw new UserError(`${this.#path}: is ${theirs}, not of ${own.target}, ${own.place}`);
    }
    if (build !== own.build) {
      throw new UserError(`${this.#path}: is a corpus of another build of ${target}: name another`);
    }
  }

  /** The programs, in the order of their files' names. */
  read(): readonly GuidedOps[] {
    return this.#names().map((name) => {
      const path = join(this.#path, name);
      return this.#guided.programs.parse(readTextFile(path), path);
    });
  }

  /** Adds programs; what is there already stays as it is. */
  write(programs: readonly GuidedOps[]): void {
    try {
      makeOutputFolder(this.#path);
      const known = new Set(this.#names());
      for (const ops of programs) this.#add(this.#guided.programs.script(ops, []), known);
      const record = `${JSON.stringify(this.#record, null, 2)}\n`;
      if (!isCorpusFolder(this.#path)) writeWholeFile(join(this.#path, RECORD_FILE), record);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${this.#path}: cannot be written (${reasonOf(error)})`);
    }
  }

  /** Removes the programs that are not among these. */
  keepOnly(programs: readonly GuidedOps[]): void {
    const kept = new Set(programs.map((ops) => nameOf(this.#guided.programs.script(ops, []))));
    for (const name of this.#names()) if (!kept.has(name)) rmSync(join(this.#path, name));
  }

  #add(script: string, known: ReadonlySet<string>): void {
    const name = nameOf(script);
    if (!known.has(name)) writeWholeFile(join(this.#path, name), script);
  }

  #names(): readonly string[] {
    if (kindOfEntry(this.#path) !== "folder") return [];
    return readdirSync(this.#path)
      .filter((name) => PROGRAM.test(name))
      .sort();
  }

  get #record(): CorpusRecord {
    const { target } = this.#guided;
    return {
      format: FORMAT,
      version: VERSION,
      target: target.options.target,
      build: target.build,
      place: target.text.place,
      campaign: target.campaignToken,
    };
  }
}

function nameOf(script: string): string {
  return `${digestOfText(script)}.slab`;
}
