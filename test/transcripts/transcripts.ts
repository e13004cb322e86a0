// Transcripts in README.md and docs/: indented blocks whose first line is a command after "$ ", and
// what it printed. Every line that is shown has to be printed, in that order. A line of three dots
// stands for any lines, three dots within a line for any text, and all times are alike.
//
//   npx tsx test/transcripts/transcripts.ts [WORD]    prints what the commands print now
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const INDENT = "    ";
const COMMAND = `${INDENT}$ npx slabfuzz `;
const DOTS = "...";

/** Commands that take minutes: test/deep/transcripts.deep.ts runs these. */
export const LONG_COMMANDS: readonly string[] = ["fuzz", "score", "ci"];

export interface Transcript {
  readonly file: string;
  /** What stands behind `slabfuzz`. */
  readonly words: readonly string[];
  readonly shown: readonly string[];
}

/** Those that show something. A command whose output goes to a file shows nothing. */
export function transcripts(): readonly Transcript[] {
  const docs = readdirSync(`${ROOT}docs`).filter((name) => name.endsWith(".md"));
  const files = ["README.md", ...docs.map((name) => `docs/${name}`)];
  return files.flatMap((file) => transcriptsIn(file, readFileSync(`${ROOT}${file}`, "utf8")));
}

export function transcriptsIn(file: string, text: string): readonly Transcript[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    if (!line.startsWith(COMMAND)) return [];
    const rest = lines.slice(at + 1);
    const length = rest.findIndex((one, i) => isEnd(one, rest[i + 1]));
    const shown = rest.slice(0, length).map((one) => one.slice(INDENT.length).trimEnd());
    const words = wordsOf(line.slice(COMMAND.length));
    return shown.length === 0 ? [] : [{ file, words, shown }];
  });
}

/** A block ends with a line that is not indented; an empty line within it is followed by more. */
function isEnd(line: string, next = ""): boolean {
  return line === "" ? !next.startsWith(INDENT) : !line.startsWith(INDENT);
}

function wordsOf(command: string): readonly string[] {
  const words = command.match(/"[^"]*"|\S+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ""));
}

/** The first shown line that was not printed where it has to be; undefined if all were. */
export function firstWrongLine(shown: readonly string[], printed: string): string | undefined {
  const lines = printed.split("\n").map((line) => line.trimEnd());
  let at = -1;
  let maySkip = true;
  for (const line of shown) {
    if (line === DOTS) {
      maySkip = true;
      continue;
    }
    const pattern = patternOf(line);
    const found = lines.findIndex((one, i) => i > at && pattern.test(one));
    if (found < 0 || (!maySkip && found !== at + 1)) return line;
    at = found;
    maySkip = false;
  }
  return undefined;
}

function patternOf(line: string): RegExp {
  const escaped = line.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replaceAll("\\.\\.\\.", ".*");
  const timeless = escaped
    .replace(/ *\d+\\\.\d s\b/g, " *\\d+\\.\\d s")
    .replace(/jobs \d+/, "jobs \\d+")
    .replace(/ {2,}/g, " +");
  return new RegExp(`^${timeless}$`);
}

function printAll(word: string): void {
  for (const { file, words } of transcripts()) {
    if (!words.includes(word) && word !== "") continue;
    const out = execFileSync(process.execPath, ["bin/slabfuzz.js", ...words], { cwd: ROOT });
    console.log(
      [`${file}: slabfuzz ${words.join(" ")}`, ...String(out).split("\n")].join("\n    "),
    );
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) printAll(process.argv[2] ?? "");
