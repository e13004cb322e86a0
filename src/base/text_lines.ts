// Text that people write, line by line: scripts, tables, lists of known findings. One reading of it
// holds for all of them: lines end in LF or CRLF, a mark of the byte order may come first, and
// invisible characters are refused, because two programs would read them in two ways.
import { UserError } from "./user_error.ts";
import { HIDDEN_IN_LINES, shortened, visible } from "./visible.ts";

/** A line without the blanks around it. */
export interface TextLine {
  readonly line: string;
  /** `FILE:LINE`, for complaints. */
  readonly place: string;
  /** Counted from 1. */
  readonly number: number;
}

/** No operation needs a longer one. */
const LINE_MAX = 2 ** 21;
/** Comments that are kept, in all; they are printed again, and held in memory. */
const COMMENTS_MAX = 2 ** 20;

/** The lines of a text, one at a time: a caller that keeps none needs no memory for them. */
export function* linesOf(text: string, file: string): Generator<TextLine> {
  let at = text.startsWith("\ufeff") ? 1 : 0;
  for (let number = 1; at <= text.length; number++) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const place = `${file}:${number}`;
    if (end - at > LINE_MAX) throw new UserError(`${place}: has more than ${LINE_MAX} characters`);
    yield { line: lineIn(text.slice(at, end), place), place, number };
    at = end + 1;
  }
}

function lineIn(text: string, place: string): string {
  const line = text.replace(/^[ \t]+|[ \t]*\r?$/g, "");
  if (!/[^\t -~]/.test(line)) return line;
  const [hidden] = line.match(HIDDEN_IN_LINES) ?? [];
  if (hidden === undefined) return line;
  throw new UserError(`${place}: holds the character ${visible(hidden)}, which is invisible`);
}

/** The words of a line. */
export function wordsIn(line: string): string[] {
  return line.split(/[ \t]+/);
}

/** Comments of a header; refuses to keep more than fits into memory with ease. */
export class CommentList {
  readonly comments: string[] = [];
  #size = 0;

  add(comment: string): void {
    this.comments.push(comment);
    this.#size += comment.length + 1;
    if (this.#size <= COMMENTS_MAX) return;
    throw new UserError(`has more than ${COMMENTS_MAX} characters of comments in its header`);
  }
}

/** What is wrong with the text of a line, cut to what a sentence can hold. */
export function quotedWord(word: string): string {
  return JSON.stringify(shortened(word, 80));
}

/** A sentence on lines of at most `width` characters; those after the first are indented. */
export function wrapped(sentence: string, width: number, indent = ""): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of sentence.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width || line === "") {
      line = longer;
      continue;
    }
    lines.push(line);
    line = `${indent}${word}`;
  }
  return [...lines, line];
}
