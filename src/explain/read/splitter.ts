// A log as a stream of bytes, cut into lines. Memory stays small however large the log is: a long
// line is cut, and of a long log the lines near the words of a report stay.
import { longPattern } from "./pattern.ts";

/** Of one line this much is read; the kernel prints at most 1024 bytes. */
const LINE_MAX = 4096;

/** Lines that stay before and behind a line with a report's words. */
const BEFORE = 60;
const BEHIND = 500;

/** Most lines that stay of one log. */
const KEPT_MAX = 60_000;

/** Logs of up to so many lines stay whole, because prose and registers help, too. */
const WHOLE_LINES = 5000;

/** Words that stand in each report that is looked for. */
const TRIGGER = longPattern(
  String.raw`BUG |BUG:|list_(?:add|del)|slub\.c|slab\.|list_debug|Slab |First byte|Objects?`,
  " remain|general protection|unable to handle|Unable to handle|Oops|kmem_cache",
  "|RELEASE:|Linux version|kfree|kmalloc",
);

/** A line of the log, and where it stands. */
export interface RawLine {
  /** Counted from 1. */
  readonly number: number;
  /** Of its first byte, from the beginning of the input. */
  readonly offset: number;
  readonly text: string;
}

/** What came in, when it has ended. */
export interface LogInput {
  readonly lines: readonly RawLine[];
  readonly lineCount: number;
  readonly byteCount: number;
  /** Bytes that no text has: a file with many of them is no log. */
  readonly binaryCount: number;
  /** Lines that were cut. */
  readonly cutCount: number;
  /** Lines with words of a report that did not stay, because there were too many. */
  readonly droppedCount: number;
}

const LINE_FEED = 10;

/** Spaces that do not break, and such as web pages put between words; a kernel prints none. */
const STRANGE_SPACE = /[\u00a0\u2002-\u200a\u202f]/g;

/** Takes the log chunk by chunk. */
export class LineSplitter {
  readonly #kept: RawLine[] = [];
  readonly #decoder = new TextDecoder();
  #recent: RawLine[] = [];
  #rest: Uint8Array = new Uint8Array(LINE_MAX);
  #restLength = 0;
  #lineStart = 0;
  #lineCount = 0;
  #byteCount = 0;
  #binaryCount = 0;
  #cutCount = 0;
  #droppedCount = 0;
  #keepUntil = WHOLE_LINES;

  push(chunk: Uint8Array): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, from);
      this.#collect(chunk, from, end < 0 ? chunk.length : end);
      if (end < 0) break;
      from = end + 1;
      this.#endLine(this.#byteCount + from);
    }
    this.#byteCount += chunk.length;
  }

  finish(): LogInput {
    if (this.#lineStart < this.#byteCount) this.#endLine(this.#byteCount);
    return {
      lines: this.#kept,
      lineCount: this.#lineCount,
      byteCount: this.#byteCount,
      binaryCount: this.#binaryCount,
      cutCount: this.#cutCount,
      droppedCount: this.#droppedCount,
    };
  }

  #collect(chunk: Uint8Array, from: number, to: number): void {
    const room = LINE_MAX - this.#restLength;
    const taken = chunk.subarray(from, Math.min(to, from + room));
    this.#rest.set(taken, this.#restLength);
    this.#restLength += taken.length;
  }

  #endLine(next: number): void {
    const bytes = this.#rest.subarray(0, this.#restLength);
    const isCut = next - this.#lineStart > LINE_MAX + 1;
    if (isCut) this.#cutCount += 1;
    this.#binaryCount += bytes.includes(0) ? 1 : 0;
    this.#lineCount += 1;
    const text = this.#decoder.decode(bytes).replace(STRANGE_SPACE, " ");
    this.#offer({ number: this.#lineCount, offset: this.#lineStart, text });
    this.#lineStart = next;
    this.#restLength = 0;
  }

  #offer(line: RawLine): void {
    if (TRIGGER.test(line.text)) this.#trigger(line.number);
    if (line.number <= this.#keepUntil && this.#kept.length < KEPT_MAX) {
      this.#kept.push(line);
      return;
    }
    this.#recent.push(line);
    if (this.#recent.length > 2 * BEFORE) this.#recent = this.#recent.slice(-BEFORE);
  }

  #trigger(number: number): void {
    if (this.#kept.length + BEFORE >= KEPT_MAX) {
      this.#droppedCount += 1;
      return;
    }
    for (const line of this.#recent.slice(-BEFORE)) this.#kept.push(line);
    this.#recent = [];
    this.#keepUntil = Math.max(this.#keepUntil, number + BEHIND);
  }
}
