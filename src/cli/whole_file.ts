// Files that a command writes: whole or not at all.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../base/user_error.ts";
import { reasonOf } from "./terminal.ts";

/** Writes under another name beside it, and renames: whoever reads meanwhile sees the old file. */
export function writeWholeFile(path: string, text: string): void {
  const draft = join(dirname(path), `.draft-${basename(path)}`);
  try {
    writeFileSync(draft, text, { flush: true });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new UserError(`${path}: cannot be written (${reasonOf(error)})`);
  }
}
