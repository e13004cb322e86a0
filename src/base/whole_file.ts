// Files that are there whole or not at all, whatever ends the process.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { reasonOf } from "./system_error.ts";
import { UserError } from "./user_error.ts";

/**
 * Writes under another name beside it, and renames: whoever reads meanwhile sees the old file.
 * Returns how many bytes it has.
 */
export function writeWholeFile(path: string, text: string): number {
  const draft = join(dirname(path), `.draft-${basename(path)}`);
  const bytes = Buffer.from(text);
  try {
    writeSynced(draft, bytes);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new UserError(`${path}: cannot be written (${reasonOf(error)})`);
  }
  return bytes.length;
}

function writeSynced(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w");
  try {
    writeAll(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A file may take less at a time than it is offered. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
