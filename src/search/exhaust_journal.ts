// The journal of an exhaustive search: what it is about, and then a line for each part that was
// explored. Whatever ends the process, what the journal says is true, and the rest is explored when
// the search is resumed. Journals of shards are read together.
import { join } from "node:path";
import * as v from "valibot";
import { AppendFile } from "../base/append_file.ts";
import { makeOutputFolder } from "../base/output_folder.ts";
import {
  checkValue,
  jsonCount,
  jsonCountUpTo,
  jsonList,
  jsonObject,
  jsonText,
} from "../base/schema.ts";
import { reasonOf, UserError } from "../base/user_error.ts";
import { kindOfEntry, readTextFile, requirePlainFile } from "../base/whole_file.ts";
import { checkedLine, checkedValues } from "../campaign/journal_text.ts";
import type { Explored } from "./explorer.ts";

const FILE = "exhaust.journal";
const VERSION = 1;

/** A part that was explored: its number among all parts of all cells. */
export interface DonePart {
  readonly part: number;
  readonly explored: Explored;
}

const word = jsonCountUpTo(0xffffffff);

const HEADER = jsonObject({ exhaust: v.literal(VERSION, `must be ${VERSION}`), search: jsonText });

const LINE = jsonObject({
  part: jsonCount,
  explored: jsonObject({
    programs: jsonList(jsonCount),
    broken: jsonCount,
    first: v.optional(jsonObject({ ops: jsonList(jsonCount), problem: jsonText })),
    states: jsonText,
    digestHigh: word,
    digestLow: word,
  }),
});

export class ExhaustJournal {
  readonly #file: AppendFile;

  /** `search`: what tells this search from all others. Parts that are known are written first. */
  constructor(folder: string, search: string, known: readonly DonePart[]) {
    try {
      makeOutputFolder(folder);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${folder}: cannot be made (${reasonOf(error)})`);
    }
    const lines = [checkedLine({ exhaust: VERSION, search }), ...known.map(checkedLine)];
    this.#file = new AppendFile(join(folder, FILE), lines.join(""));
  }

  add(done: DonePart): void {
    this.#file.append(checkedLine(done));
  }

  close(): void {
    this.#file.close();
  }
}

/** Whether a folder holds the journal of a search. */
export function hasExhaustJournal(folder: string): boolean {
  return kindOfEntry(join(folder, FILE)) !== "nothing";
}

/** The parts that a folder's journal has. Refuses the journal of another search. */
export function readExhaustJournal(folder: string, search: string): readonly DonePart[] {
  const path = join(folder, FILE);
  if (!hasExhaustJournal(folder)) throw new UserError(`${folder}: holds no search (no ${FILE})`);
  requirePlainFile(path);
  const [header, ...lines] = checkedValues(readTextFile(path), path);
  if (checkValue(header, HEADER, `${path}: line 1`).search !== search) {
    throw new UserError(`${path}: is of another search or build: name another folder by --out`);
  }
  return lines.map((line, i) => {
    const { part, explored } = checkValue(line, LINE, `${path}: line ${i + 2}`);
    return { part, explored: { ...explored, first: explored.first } };
  });
}
