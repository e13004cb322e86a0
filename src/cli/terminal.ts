// The process around a command: its streams, its exit code, and whether a person is watching. Only
// src/cli knows that there is a process.
import { readFileSync } from "node:fs";
import picocolors from "picocolors";
import { reasonOf, UserError } from "../base/user_error.ts";
import { jsonOf, visible, visibleText } from "../base/visible.ts";
import { readTextFile } from "../base/whole_file.ts";
import type { ExitCode } from "./exit_code.ts";

/** The folder that a run writes to. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/** The streams of this process. */
export const PROCESS_STREAMS: Streams = {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
};

/** A line, or lines, to stdout; whatever a line holds, it stays one line. */
export function print(lines: string | readonly string[]): void {
  PROCESS_STREAMS.out(
    [lines]
      .flat()
      .map((line) => `${safeLine(line)}\n`)
      .join(""),
  );
}

/** A file's text to stdout, such as a script: its lines stay as they are. */
export function printText(text: string): void {
  const whole = visibleText(text);
  PROCESS_STREAMS.out(whole.endsWith("\n") ? whole : `${whole}\n`);
}

export function printJson(value: unknown): void {
  PROCESS_STREAMS.out(`${jsonOf(value)}\n`);
}

/** Commands to GitHub, from the one place that makes them; no other line of ours is one. */
export function commandGitHub(lines: readonly string[], say: "out" | "error"): void {
  for (const line of lines) PROCESS_STREAMS[say](`${visible(line)}\n`);
}

/** Progress and diagnostics: a line to stderr. */
export function note(line: string): void {
  PROCESS_STREAMS.error(`${safeLine(line)}\n`);
}

/** Colours that this program uses; other sequences come from names that others chose. */
const OWN_COLOURS = /(\x1b\[(?:0|1|2|22|3[0-79])m)/;

/** A line that neither moves the cursor nor is a command of a log that a CI system reads. */
export function safeLine(line: string): string {
  const parts = line.split(isColoured() ? OWN_COLOURS : /(?!)/);
  return parts
    .map((part, i) => (i % 2 === 1 ? part : visible(part).replace(/##(\w*)\[/g, "#\\#$1[")))
    .join("")
    .replace(/^(\s*):(?=:)/, "$1\\:");
}

function isColoured(): boolean {
  return !hasNoColor() && (process.stdout.isTTY === true || process.stderr.isTTY === true);
}

/** Lines of the screen that stand above the cursor. */
let drawn = 0;

/** Lines on stderr that the next ones overwrite; nothing unless a person is watching. */
export function showScreen(lines: readonly string[]): void {
  if (!isWatched()) return;
  const text = lines.map((line) => `${safeLine(line)}\x1b[K\n`).join("");
  process.stderr.write(`${backToTop()}${text}\x1b[J`);
  drawn = lines.length;
}

/** Takes the screen away. */
export function clearScreen(): void {
  if (drawn === 0) return;
  process.stderr.write(`${backToTop()}\x1b[J`);
  drawn = 0;
}

function backToTop(): string {
  return drawn === 0 ? "" : `\x1b[${drawn}A\r`;
}

/** Another screen, so that what stood on the first is there again afterwards; no cursor. */
const ENTER_SCREEN = "\x1b[?1049h\x1b[?25l";
const LEAVE_SCREEN = "\x1b[?25h\x1b[?1049l";

/** Whether stdout has a whole screen now. */
let isFull = false;

/** Lines on stdout that take the whole screen; a terminal that cannot move its cursor scrolls. */
export function showFullScreen(lines: readonly string[]): void {
  if (process.env["TERM"] === "dumb") {
    print([...lines, ""]);
    return;
  }
  const text = lines.map((line) => `${safeLine(line)}\x1b[K`).join("\r\n");
  process.stdout.write(`${isFull ? "" : ENTER_SCREEN}\x1b[H${text}\x1b[J`);
  isFull = true;
}

/** Gives the screen back. */
export function leaveFullScreen(): void {
  if (isFull) process.stdout.write(LEAVE_SCREEN);
  isFull = false;
}

/** Size of the terminal that stdout goes to; some do not know theirs, and say 0. */
export function fullScreenSize(): { columns: number; rows: number } {
  const { columns, rows } = process.stdout;
  return { columns: columns || 80, rows: rows || 24 };
}

/** Size of the terminal that stderr goes to. */
export function screenSize(): { columns: number; rows: number } {
  const { columns = 80, rows = 24 } = process.stderr;
  return { columns, rows };
}

/** Whether stderr is a terminal that may be drawn on. */
export function isWatched(): boolean {
  return process.stderr.isTTY === true && !hasNoColor() && process.env["TERM"] !== "dumb";
}

/** Whether stdout is a terminal: then people read it. */
export function isShown(): boolean {
  return process.stdout.isTTY === true;
}

/** Colours for stderr, if it is a terminal. */
export function errorColours(): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(isWatched());
}

/** Colours for stdout; all of them do nothing unless it is a terminal. */
export function colours(): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(process.stdout.isTTY === true && !hasNoColor());
}

/** The exit code of the process. */
export function setExitCode(code: ExitCode): void {
  process.exitCode = code;
}

/** The text of stdin, which can be read only once. */
let stdinText: string | undefined;

/** A file's text, or all of stdin for `-`. */
export function readSource(path: string): string {
  if (path !== "-") return readTextFile(path);
  try {
    stdinText ??= readFileSync(0, "utf8");
    return stdinText;
  } catch (error) {
    throw new UserError(`${path}: ${reasonOf(error)}`);
  }
}

/** The name of a source in messages. */
export function sourceName(path: string): string {
  return path === "-" ? "stdin" : path;
}

/** A reader that goes away (`| head`) ends the process quietly; a full disk is said. */
export function endWhenUnread(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    process.stderr.write(`stdout: cannot be written to (${reasonOf(error)})\n`);
    process.exit(2 satisfies ExitCode);
  });
  // No stream is left to report it on.
  process.stderr.on("error", () => {});
}

function hasNoColor(): boolean {
  return (process.env["NO_COLOR"] ?? "") !== "";
}

/** The words as one line for a POSIX shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
