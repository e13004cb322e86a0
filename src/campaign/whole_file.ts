// Files that are there whole or not at all, whatever ends the process.
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/** Writes a file under another name and then renames it. Returns how many bytes it has. */
export function writeFileWhole(path: string, text: string): number {
  const draft = `${path}.draft`;
  const bytes = Buffer.from(text);
  const file = openSync(draft, "w");
  try {
    writeAll(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  return bytes.length;
}

/** A file may take less at a time than it is offered. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
