// Files: read whole, or written so that they are there whole or not at all, whatever ends the
// process.
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { reasonOf, UserError } from "./user_error.ts";

/** No file that slabfuzz reads is larger; V8 has no longer strings than twice that. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** The text of a file. Every complaint is a UserError "FILE: what is wrong". */
export function readTextFile(path: string): string {
  return readBinaryFile(path).toString("utf8");
}

/** The bytes of a file, with the same complaints. */
export function readBinaryFile(path: string): Buffer<ArrayBuffer> {
  try {
    refuseLargeFile(path);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: ${reasonOf(error)}`);
  }
}

function refuseLargeFile(path: string): void {
  const stat = statSync(path);
  if (stat.isDirectory()) throw new UserError(`${path}: is a folder`);
  if (stat.size <= FILE_BYTES_MAX) return;
  throw new UserError(`${path}: is too large (${stat.size} bytes, at most ${FILE_BYTES_MAX})`);
}

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
