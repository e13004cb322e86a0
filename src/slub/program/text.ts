// The script language: reading a program and printing it. Both are strict and exact: printing what
// was read and reading that again gives the same program.
import { OP_MAX } from "../../abi.ts";
import { unknownText } from "../../base/option_text.ts";
import { linesOf, wordsIn } from "../../base/text_lines.ts";
import { reworded, UserError } from "../../base/user_error.ts";
import { Arguments } from "./arguments.ts";
import { HeaderReader, printHeader } from "./header_text.ts";
import type { Program, ProgramOp } from "./op.ts";
import { isOpWord, OP_WORDS } from "./operations.ts";
import { Scope } from "./scope.ts";
import { printOp, readOp } from "./syntax.ts";

/**
 * Reads a script; `file` is what complaints call it, no file is read. Every complaint is a
 * UserError `FILE:LINE: what is wrong`: an unknown operation, a bad number, a name that no earlier
 * line made.
 */
export function parseScript(text: string, file: string): Program {
  const header = new HeaderReader();
  const scope = new Scope();
  const ops: ProgramOp[] = [];
  const lines: number[] = [];
  const texts: string[] = [];
  for (const { line, place, number } of linesOf(text, file)) {
    if (line === "") continue;
    if (line.startsWith("#")) {
      if (ops.length === 0) at(place, () => header.line(line));
      continue;
    }
    if (ops.length === OP_MAX) throw new UserError(`${place}: more than ${OP_MAX} operations`);
    const op = parseLine(line, place, scope);
    scope.add(op);
    ops.push(op);
    lines.push(number);
    texts.push(line);
  }
  return { header: at(file, () => header.finish()), ops, source: { file, lines, texts } };
}

/** A program as a script, one operation a line; `parseScript` reads the same program from it. */
export function printScript(program: Program): string {
  const lines = [...printHeader(program.header), ...program.ops.map(printOp)];
  return lines.map((line) => `${line}\n`).join("");
}

function parseLine(line: string, place: string, scope: Scope): ProgramOp {
  const [word, ...words] = wordsIn(line);
  const args: Arguments = new Arguments(place, words, scope);
  if (!isOpWord(word)) args.fail(unknownText("operation", word, OP_WORDS));
  return readOp(word, args, words.length);
}

/** Puts a place before whatever a function complains of. */
function at<T>(place: string, work: () => T): T {
  return reworded((message) => `${place}: ${message}`, work);
}
