// Where in a text the mistake is that a message complains of: messages begin with FILE:LINE, and
// errors of one word know which.
import type { UserError } from "../base/user_error.ts";

export interface ScriptMistake {
  readonly message: string;
  /** Counted from 1. */
  readonly line: number;
  /** The first character, counted from 1, and the one behind the last. */
  readonly column: number;
  readonly end: number;
}

/** A mistake that no line made alone is shown at the first line. */
export function mistakeIn(text: string, { message, word }: UserError): ScriptMistake {
  const [, number = "1", rest = message] = /^[^:\s]+:(\d+): (.*)$/s.exec(message) ?? [];
  const line = Number(number);
  const whole = text.split("\n")[line - 1] ?? "";
  const words = [...whole.matchAll(/[^ \t\r]+/g)];
  const [first, last] = word === undefined ? [words[0], words.at(-1)] : [words[word], words[word]];
  const column = (first ?? words[0])?.index ?? 0;
  const end = last === undefined ? whole.length : last.index + last[0].length;
  const said = rest.replace(/^program: /, "");
  return { message: said, line, column: column + 1, end: Math.max(end, column + 1) + 1 };
}
