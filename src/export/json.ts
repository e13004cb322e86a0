// A program as JSON, for other people's tools. docs/interchange.md says what the fields mean.
//
// Operations travel as lists of words, the words of the script language: what is read is checked by
// the parser of scripts, and by nothing else.
import { isText, type JsonObject, parseObject, requireVersion } from "../base/json_file.ts";
import { UserError } from "../base/user_error.ts";
import type { Program } from "../slub/program/op.ts";
import { parseScript, printScript } from "../slub/program/text.ts";
import type { ExportedFinding } from "./exported.ts";

const FORMAT = "slabfuzz-program";
const VERSION = 1;

/** The record, ready for JSON.stringify. */
export function jsonOfFinding({ program, ...shown }: ExportedFinding): object {
  const lines = printScript(program).trimEnd().split("\n");
  const isHeader = (line: string) => line.startsWith("#");
  return {
    format: FORMAT,
    version: VERSION,
    ...shown,
    header: lines.filter(isHeader).map((line) => line.replace(/^# ?/, "")),
    operations: lines
      .filter((line) => line !== "" && !isHeader(line))
      .map((line) => line.split(" ")),
  };
}

/** Reads a record. Every complaint names the file, and the operation if it is about one. */
export function programOfJson(text: string, file: string): Program {
  const record = recordIn(text, file);
  const header = linesIn(record["header"], file, "header");
  const list = record["operations"];
  if (!Array.isArray(list)) throw new UserError(`${file}: has no operations`);
  const operations = list.map((words, index) =>
    linesIn(words, file, `operation ${index}`).join(" "),
  );
  const { source: _, ...program } = parseScript(
    [...header.map((line) => `# ${line}`.trimEnd()), ...operations].join("\n"),
    file,
  );
  return program;
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
