// The texts of help in docs/help/: examples, which stand first, and what stands below the options.
import { existsSync } from "node:fs";
import { packagePath } from "../base/package_file.ts";
import { readTextFile } from "../base/whole_file.ts";

/** Help fits a terminal of the usual width. */
export const HELP_WIDTH = 80;

const EXAMPLES = "Examples:\n";

/** The text that belongs to a command, with a value in place of each {name}; no examples. */
export function helpText(command: string, values: Readonly<Record<string, string>> = {}): string {
  const [text] = partsOf(command);
  return fitted(
    `\n${text.trimEnd().replace(/\{([a-z-]+)\}/g, (place, name) => values[name] ?? place)}`,
  );
}

/** What a command does, and its examples, if it has some. */
export function helpBeginning(command: string, description: string): string {
  const [, examples] = existsSync(pathOf(command)) ? partsOf(command) : [];
  return examples === undefined
    ? description
    : `${description}\n\n${EXAMPLES}${examples}`.trimEnd();
}

/** What stands before the examples of a text, and the examples. */
function partsOf(command: string): readonly string[] {
  return readTextFile(pathOf(command)).split(EXAMPLES);
}

function pathOf(command: string): string {
  return packagePath(`docs/help/${command}.txt`);
}

/** A name or a usage, and the column at which the words about it begin. */
const SECOND_COLUMN = /^ *\S.{0,40}? {2,}(?=\S)/;

/** Breaks lines that are too long. What is behind a break stands below the words of its line. */
function fitted(text: string): string {
  return paragraphsOf(text.split("\n")).flatMap(fittedLine).join("\n");
}

/** Joins lines of prose, so that it is broken where the terminal ends, not where its file did. */
function paragraphsOf(lines: readonly string[]): readonly string[] {
  const paragraphs: string[] = [];
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1] ?? "";
    const goesOn = isProse(before) && !before.endsWith(":") && isProse(line);
    if (goesOn) paragraphs.push(`${paragraphs.pop()} ${line}`);
    else paragraphs.push(line);
  }
  return paragraphs;
}

function isProse(line: string): boolean {
  return /^\S/.test(line) && !SECOND_COLUMN.test(line);
}

function fittedLine(line: string): readonly string[] {
  if (line.length <= HELP_WIDTH) return [line];
  const indent = (SECOND_COLUMN.exec(line) ?? /^ */.exec(line) ?? [""])[0].length;
  const at = line.lastIndexOf(" ", HELP_WIDTH);
  if (at <= indent) return [line];
  return [line.slice(0, at), ...fittedLine(" ".repeat(indent) + line.slice(at + 1))];
}
