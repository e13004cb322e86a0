// The journal of a campaign: what was done so far, in the folder of its findings. Whatever ends the
// process, and whenever, what the journal says is true; what came after it is run again.
//
// Lines are only ever added, once in a second or so. When they have become many, their sum replaces
// them: under another name first, then renamed.
import { closeSync, existsSync, fstatSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { nowMs } from "../base/clock.ts";
import { reasonOf, UserError } from "../base/user_error.ts";
import { readTextFile, writeAll, writeWholeFile } from "../base/whole_file.ts";
import type { JournalContent, JournalHeader } from "./journal_text.ts";
import { headerLine, parseJournal, partLine } from "./journal_text.ts";
import { type Part, PartSum } from "./part.ts";

const FILE = "campaign.journal";
/** How long what was done may stay unwritten. */
const FLUSH_MS = 1000;
/** Bytes of lines after which they are added up. */
const COMPACT_BYTES = 4 << 20;

export class Journal {
  readonly path: string;
  readonly header: JournalHeader;
  readonly #compactBytes: number;
  #file: number;
  /** Bytes of the file, and those of them that no sum has replaced. */
  #length: number;
  #loose = 0;
  /** Everything that the file says. */
  readonly #sum: PartSum;
  /** What it does not say yet. */
  #pending = new PartSum();
  #flushedMs = nowMs();

  private constructor(path: string, header: JournalHeader, parts: readonly Part[], limit: number) {
    this.path = path;
    this.header = header;
    this.#compactBytes = limit;
    this.#sum = new PartSum(parts);
    this.#length = writeWholeFile(path, [headerLine(header), ...parts.map(partLine)].join(""));
    this.#file = openSync(path, "a");
  }

  /**
   * Begins a journal with what is known. Of one that is there already nothing is left: whoever
   * wants to keep it reads it first.
   */
  static begin(
    folder: string,
    header: JournalHeader,
    parts: readonly Part[] = [],
    limit = COMPACT_BYTES,
  ): Journal {
    return new Journal(journalPath(folder), header, parts, limit);
  }

  /** Takes note of a part, and writes it down before long. */
  add(part: Part): void {
    this.#pending.add(part);
    if (nowMs() - this.#flushedMs >= FLUSH_MS) this.flush();
  }

  /** Writes down what is not yet. */
  flush(): void {
    this.#flushedMs = nowMs();
    if (this.#pending.isEmpty) return;
    this.#refuseCompany();
    const { part } = this.#pending;
    this.#pending = new PartSum();
    this.#sum.add(part);
    const line = Buffer.from(partLine(part));
    this.#write(line);
    this.#length += line.length;
    this.#loose += line.length;
    if (this.#loose > this.#compactBytes) this.#compact();
  }

  /** What remains is a line or two. */
  close(): void {
    this.flush();
    if (this.#loose > 0) this.#compact();
    closeSync(this.#file);
  }

  #write(line: Uint8Array): void {
    try {
      writeAll(this.#file, line);
    } catch (error) {
      throw new UserError(`${this.path}: cannot be written to (${reasonOf(error)})`);
    }
  }

  #compact(): void {
    closeSync(this.#file);
    this.#length = writeWholeFile(this.path, headerLine(this.header) + partLine(this.#sum.part));
    this.#file = openSync(this.path, "a");
    this.#loose = 0;
  }

  /** Two runs that write to one journal would each lose what the other did. */
  #refuseCompany(): void {
    const mine = fstatSync(this.#file);
    const there = existsSync(this.path) ? statSync(this.path) : undefined;
    if (there?.ino === mine.ino && mine.size === this.#length) return;
    throw new UserError(`${this.path}: somebody else writes to it, too`);
  }
}

export function journalPath(folder: string): string {
  return join(folder, FILE);
}

export function hasJournal(folder: string): boolean {
  return existsSync(journalPath(folder));
}

/** Reads the journal of a folder; a last line that was cut short does not count. */
export function readJournal(folder: string): JournalContent {
  const path = journalPath(folder);
  if (!existsSync(path)) throw new UserError(`${folder}: holds no campaign (no ${FILE})`);
  return parseJournal(readTextFile(path), path);
}
