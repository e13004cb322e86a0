// The process around a command: its streams, its exit code, and whether a person is watching. Only
// src/cli knows that there is a process.
import { readFileSync, statSync } from "node:fs";
import picocolors from "picocolors";
import { UserError } from "../base/user_error.ts";
import type { ExitCode } from "./exit_code.ts";

/** Data: whole text to stdout. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") || text === "" ? text : `${text}\n`);
}

/** Progress and diagnostics: a line to stderr. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A progress line on stderr that the next one overwrites; nothing unless a person is watching. */
export function showProgress(line: string): void {
  if (isWatched()) process.stderr.write(`\r\x1b[K${line}`);
}

/** Takes the progress line away. */
export function clearProgress(): void {
  if (isWatched()) process.stderr.write("\r\x1b[K");
}

/** Whether stderr is a terminal that may be drawn on. */
export function isWatched(): boolean {
  return process.stderr.isTTY === true && !hasNoColor();
}

/** Colours for stdout; all of them do nothing unless it is a terminal. */
export function colours(): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(process.stdout.isTTY === true && !hasNoColor());
}

/** What the process will end with. */
export function setExitCode(code: ExitCode): void {
  process.exitCode = code;
}

/** A file's text, or all of stdin for `-`. */
export function readSource(path: string): string {
  try {
    if (path !== "-" && statSync(path).isDirectory()) throw new UserError(`${path}: is a folder`);
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: ${reasonOf(error)}`);
  }
}

/** What people call a source. */
export function sourceName(path: string): string {
  return path === "-" ? "stdin" : path;
}

/** Why the operating system refused, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "no such file";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  return error instanceof Error ? error.message : String(error);
}

/** A reader that goes away (`| head`) ends the process quietly. */
export function endQuietlyWhenUnread(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
}

function hasNoColor(): boolean {
  return (process.env["NO_COLOR"] ?? "") !== "";
}
