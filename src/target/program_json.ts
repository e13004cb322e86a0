// A program as JSON, for other people's tools. docs/interchange.md says what the fields mean.
//
// Operations travel as lists of words, the words of the script language: what is read is checked by
// the parser of scripts, and by nothing else.
import { isText, type JsonObject, parseObject, requireVersion } from "../base/json_file.ts";
import { UserError } from "../base/user_error.ts";

const FORMAT = "slabfuzz-program";
const VERSION = 1;

/** What goes with a program that leaves. */
export interface ShownByScript {
  readonly script: string;
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
}

/** The record, ready for JSON.stringify. */
export function jsonOfScript({ script, verdict, signature, impact }: ShownByScript): object {
  const lines = script.trimEnd().split("\n");
  const isHeader = (line: string) => line.startsWith("#");
  return {
    format: FORMAT,
    version: VERSION,
    verdict,
    signature,
    impact,
    header: lines.filter(isHeader).map((line) => line.replace(/^# ?/, "")),
    operations: lines
      .filter((line) => line !== "" && !isHeader(line))
      .map((line) => line.split(" ")),
  };
}

/** The script in a record. Every complaint names the file, and the operation it is about. */
export function scriptOfJson(text: string, file: string): string {
  const record = recordIn(text, file);
  const header = linesIn(record["header"], file, "header");
  const list = record["operations"];
  if (!Array.isArray(list)) throw new UserError(`${file}: has no operations`);
  const operations = list.map((words, index) =>
    linesIn(words, file, `operation ${index}`).join(" "),
  );
  return [...header.map((line) => `# ${line}`.trimEnd()), ...operations].join("\n");
}

/** Whether a text is meant as such a record. */
export function isJson(text: string): boolean {
  return text.trimStart().startsWith("{");
}

function recordIn(text: string, file: string): JsonObject {
  const record = parseObject({ text, name: file, kind: FORMAT });
  if (record["format"] !== FORMAT) throw new UserError(`${file}: is no ${FORMAT}`);
  requireVersion(record["version"], VERSION, `${file}: version`);
  return record;
}

/** Strings of one line each. */
function linesIn(value: unknown, file: string, what: string): readonly string[] {
  const isLine = (one: unknown) => isText(one) && !/[\r\n]/.test(one);
  if (Array.isArray(value) && value.every(isLine)) return value;
  throw new UserError(`${file}: ${what} is no list of words`);
}
