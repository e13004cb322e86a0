// The journal of a mutation run: what was tried, so that a run that was ended goes on where it was.
// One JSON line a mutant, behind a first line that says what is mutated and by which programs.
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { isCount, isText, type JsonObject, parseObject } from "../../base/json_file.ts";
import { reasonOf, UserError } from "../../base/user_error.ts";
import { readTextFile, writeWholeFile } from "../../base/whole_file.ts";
import type { MutantResult } from "./court.ts";

const FILE = "mutants.jsonl";

/** Which run a journal is of: target, module and programs. */
export interface MutationJournalHeader {
  readonly target: string;
  /** A digest of the module, and one of what the programs answer. */
  readonly module: string;
  readonly programs: string;
}

export class MutationJournal {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** A new journal in a folder; one that is there is overwritten. */
  static begin(folder: string, header: MutationJournalHeader): MutationJournal {
    makeFolder(folder);
    const path = join(folder, FILE);
    writeWholeFile(path, `${JSON.stringify(header)}\n`);
    return new MutationJournal(path);
  }

  /** The journal in a folder, and what it holds; refuses one of another run. */
  static resume(
    folder: string,
    header: MutationJournalHeader,
  ): { journal: MutationJournal; results: readonly MutantResult[] } {
    const path = join(folder, FILE);
    // What the end of a process cut short does not count: whole lines end in a newline.
    const [first = "", ...lines] = readTextFile(path).split("\n").slice(0, -1);
    const found = recordIn(first, `${path}:1`);
    for (const key of ["target", "module", "programs"] as const) {
      if (found[key] === header[key]) continue;
      throw new UserError(`${path}: is of another run (its ${key} is ${found[key]})`);
    }
    const results = lines.map((line, i) => resultIn(line, `${path}:${i + 2}`));
    return { journal: new MutationJournal(path), results };
  }

  add(result: MutantResult): void {
    appendFileSync(this.#path, `${JSON.stringify(result)}\n`);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UserError(`${folder}: ${reasonOf(error)}`);
  }
}

function recordIn(line: string, place: string): JsonObject {
  return parseObject({ text: line, name: place, kind: "line of a journal" });
}

function resultIn(line: string, place: string): MutantResult {
  const record = recordIn(line, place);
  const { id, state, programs, ms } = record;
  const isResult = isText(id) && isText(state) && isCount(programs) && isCount(ms);
  if (isResult) return record as unknown as MutantResult;
  throw new UserError(`${place}: is no result of a mutant`);
}
