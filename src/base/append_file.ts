// A file that grows: a journal. At any end of the process it holds all that was added before, and
// at most a part of what was added last.
import { closeSync, fstatSync, ftruncateSync, lstatSync } from "node:fs";
import { reasonOf, UserError } from "./user_error.ts";
import { openWholeFile, writeAll } from "./whole_file.ts";

export class AppendFile {
  readonly path: string;
  #file: number;
  #length: number;

  /** Begins with this text, in place of what the file held. */
  constructor(path: string, text: string) {
    this.path = path;
    const bytes = Buffer.from(text);
    this.#file = openWholeFile(path, bytes);
    this.#length = bytes.length;
  }

  /** Returns how many bytes were added; a failed write adds none. */
  append(text: string): number {
    this.#refuseCompany();
    const bytes = Buffer.from(text);
    try {
      writeAll(this.#file, bytes);
    } catch (error) {
      // A part of a line would spoil the next one.
      ftruncateSync(this.#file, this.#length);
      throw new UserError(`${this.path}: cannot be written to (${reasonOf(error)})`);
    }
    this.#length += bytes.length;
    return bytes.length;
  }

  /** Replaces the contents by this text. */
  replace(text: string): void {
    const bytes = Buffer.from(text);
    const file = openWholeFile(this.path, bytes);
    closeSync(this.#file);
    this.#file = file;
    this.#length = bytes.length;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Two processes that write to one file would each lose what the other did. */
  #refuseCompany(): void {
    const mine = fstatSync(this.#file);
    const there = lstatSync(this.path, { throwIfNoEntry: false });
    if (there?.ino === mine.ino && mine.size === this.#length) return;
    const what = there === undefined ? "was deleted meanwhile" : "others write to it, too";
    throw new UserError(`${this.path}: ${what}`);
  }
}
