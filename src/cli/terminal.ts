// The process around a command: its streams, its exit code, and whether a person is watching. Only
// src/cli knows that there is a process.
import { readFileSync } from "node:fs";
import picocolors from "picocolors";
import { reasonOf, UserError } from "../base/user_error.ts";
import { readTextFile } from "../base/whole_file.ts";
import type { ExitCode } from "./exit_code.ts";

/** Data: whole text to stdout. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") || text === "" ? text : `${text}\n`);
}

/** Progress and diagnostics: a line to stderr. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Lines of the screen that stand above the cursor. */
let drawn = 0;

/** Lines on stderr that the next ones overwrite; nothing unless a person is watching. */
export function showScreen(lines: readonly string[]): void {
  if (!isWatched()) return;
  const text = lines.map((line) => `${line}\x1b[K\n`).join("");
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

/** Colours for stderr, for whoever asked whether it is watched. */
export function errorColours(): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(isWatched());
}

/** Colours for stdout; all of them do nothing unless it is a terminal. */
export function colours(): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(process.stdout.isTTY === true && !hasNoColor());
}

/** What the process will end with. */
export function setExitCode(code: ExitCode): void {
  process.exitCode = code;
}

/** What came from stdin: it comes only once. */
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

/** What people call a source. */
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
  // There is nobody left to tell.
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
