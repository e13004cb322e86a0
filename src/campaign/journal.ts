// The journal of a campaign: what was done so far, in the folder of its findings. Whatever ends the
// process, and whenever, what the journal says is true; what came after it is run again.
//
// Lines are only ever added, once in a second or so. When they have become many, their sum replaces
// them: under another name first, then renamed.
import { join } from "node:path";
import { AppendFile } from "../base/append_file.ts";
import { nowMs } from "../base/clock.ts";
import { UserError } from "../base/user_error.ts";
import { kindOfEntry, readTextFile, requirePlainFile } from "../base/whole_file.ts";
import type { JournalContent, JournalHeader } from "./journal_text.ts";
import { journalText, parseJournal, partLine } from "./journal_text.ts";
import { type Part, PartSum } from "./part.ts";

const FILE = "campaign.journal";
/** How long what was done may stay unwritten. */
const FLUSH_MS = 1000;
/** Bytes of lines after which they are added up. */
const COMPACT_BYTES = 4 << 20;

export class Journal {
  readonly header: JournalHeader;
  readonly #compactBytes: number;
  readonly #file: AppendFile;
  /** Bytes of the file that no sum has replaced. */
  #loose = 0;
  /** Everything that the file says. */
  readonly #sum: PartSum;
  /** What it does not say yet. */
  #pending = new PartSum();
  #flushedMs = nowMs();
  #isOpen = true;

  private constructor(path: string, header: JournalHeader, parts: readonly Part[], limit: number) {
    this.header = header;
    this.#compactBytes = limit;
    this.#sum = new PartSum(parts);
    this.#file = new AppendFile(path, journalText({ header, parts }));
  }

  /**
   * Begins a journal with what is known. It replaces the one that is there: a caller that
   * needs the old one reads it first.
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
    const { part } = this.#pending;
    this.#loose += this.#file.append(partLine(part));
    this.#pending = new PartSum();
    this.#sum.add(part);
    if (this.#loose > this.#compactBytes) this.#compact();
  }

  /** What remains is a line or two. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.flush();
      if (this.#loose > 0) this.#compact();
    } finally {
      this.#file.close();
    }
  }

  #compact(): void {
    this.#file.replace(journalText({ header: this.header, parts: [this.#sum.part] }));
    this.#loose = 0;
  }
}

export function journalPath(folder: string): string {
  return join(folder, FILE);
}

/** Whether something has the name of the journal, whatever it is. */
export function hasJournal(folder: string): boolean {
  return kindOfEntry(journalPath(folder)) !== "nothing";
}

/** Reads the journal of a folder; a last line that was cut short does not count. */
export function readJournal(folder: string): JournalContent {
  const path = journalPath(folder);
  if (!hasJournal(folder)) throw new UserError(`${folder}: holds no campaign (no ${FILE})`);
  requirePlainFile(path);
  return parseJournal(readTextFile(path), path);
}
