// The journal of a mutation run: what was tried, so that a run that was ended goes on where it was.
// One JSON line a mutant, behind a first line that says what is mutated and by which programs. A
// line ends with a check over what stands before it; lines of earlier versions have none.
import { join } from "node:path";
import * as v from "valibot";
import { AppendFile } from "../../base/append_file.ts";
import { pick } from "../../base/fields.ts";
import { Digest } from "../../base/hash.ts";
import { hex32 } from "../../base/hex.ts";
import { readJson } from "../../base/json_file.ts";
import { makeOutputFolder } from "../../base/output_folder.ts";
import { jsonCount, jsonObject, jsonText, type Schema } from "../../base/schema.ts";
import { reasonOf, UserError } from "../../base/user_error.ts";
import { kindOfEntry, readTextFile, requirePlainFile } from "../../base/whole_file.ts";
import { type MutantResult, mutantResultWith } from "./mutant_result.ts";

const FILE = "mutants.jsonl";
const CHECK = /,"sum":"([0-9a-f]{8})"\}$/;

const words = v.optional(jsonText);
const HEADER = jsonObject({
  ...{ target: jsonText, module: jsonText, programs: jsonText },
  ...{ function: words, file: words },
  ...{ sample: v.optional(jsonCount), seed: v.optional(jsonCount) },
});
const RESULT = mutantResultWith({});

/** Which mutants of a target a run tries; what is left out has its default. */
export interface MutantSelection {
  /** Only in the function of that name. */
  readonly function?: string | undefined;
  /** Only in the source file, or folder, with that path. */
  readonly file?: string | undefined;
  /** So many, drawn by the seed; default all. */
  readonly sample?: number | undefined;
  /** Default 1. */
  readonly seed?: number | undefined;
}

/** Which run a journal is of: target, module and programs, and which mutants it was to try. */
export interface MutationJournalHeader extends MutantSelection {
  readonly target: string;
  /** A digest of the module, and one of what the programs answer. */
  readonly module: string;
  readonly programs: string;
}

export class MutationJournal {
  readonly #file: AppendFile;

  private constructor(path: string, lines: readonly string[]) {
    this.#file = new AppendFile(path, lines.map((line) => `${line}\n`).join(""));
  }

  /** A new journal in a folder; one of the same run that is there is overwritten. */
  static begin(folder: string, header: MutationJournalHeader): MutationJournal {
    makeFolder(folder);
    const path = join(folder, FILE);
    if (kindOfEntry(path) !== "nothing") requireSameRun(linesIn(path)[0], header, path);
    return new MutationJournal(path, [lineOf(header)]);
  }

  /** Which mutants the journal in a folder is of; journals of earlier versions do not say. */
  static selectionIn(folder: string): MutantSelection {
    const path = join(folder, FILE);
    return pick(headerIn(linesIn(path)[0], path), ["function", "file", "sample", "seed"]);
  }

  /**
   * The journal in a folder, and what it holds; refuses one of another run. From now on it is of
   * the mutants that the header says.
   */
  static resume(
    folder: string,
    header: MutationJournalHeader,
  ): { journal: MutationJournal; results: readonly MutantResult[] } {
    const path = join(folder, FILE);
    const lines = linesIn(path);
    requireSameRun(lines[0], header, path);
    const results = new Map<string, MutantResult>();
    lines.slice(1).forEach((line, i) => {
      const place = `${path}:${i + 2}`;
      const result = recordIn(line, place, RESULT) as MutantResult;
      const { id } = result;
      const known = results.get(id) ?? result;
      if (JSON.stringify(known) !== JSON.stringify(result)) {
        throw new UserError(`${place}: has another result of ${id} than a line before it`);
      }
      results.set(id, result);
    });
    const kept = [lineOf(header), ...lines.slice(1)];
    return { journal: new MutationJournal(path, kept), results: [...results.values()] };
  }

  add(result: MutantResult): void {
    this.#file.append(`${lineOf(result)}\n`);
  }

  close(): void {
    this.#file.close();
  }
}

function makeFolder(folder: string): void {
  try {
    makeOutputFolder(folder);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${folder}: ${reasonOf(error)}`);
  }
}

/** Whole lines end in a newline: what the end of a process cut short does not count. */
function linesIn(path: string): readonly string[] {
  requirePlainFile(path);
  return readTextFile(path).split("\n").slice(0, -1);
}

function requireSameRun(first = "", header: MutationJournalHeader, path: string): void {
  const found = headerIn(first, path);
  for (const key of ["target", "module", "programs"] as const) {
    if (found[key] === header[key]) continue;
    throw new UserError(`${path}: is of another run (its ${key} is ${found[key]})`);
  }
}

function headerIn(first = "", path: string): MutationJournalHeader {
  return recordIn(first, `${path}:1`, HEADER);
}

function lineOf(record: object): string {
  const text = JSON.stringify(record);
  return `${text.slice(0, -1)},"sum":"${sumOf(text)}"}`;
}

function sumOf(text: string): string {
  return hex32(new Digest().text(text).low);
}

function recordIn<T>(line: string, name: string, schema: Schema<T>): T {
  const [end = "}", sum] = CHECK.exec(line) ?? [];
  const text = `${line.slice(0, -end.length)}}`;
  if (sum !== undefined && sum !== sumOf(text)) throw new UserError(`${name}: is damaged`);
  return readJson(
    { text: sum === undefined ? line : text, name, kind: "line of a journal" },
    schema,
  );
}
