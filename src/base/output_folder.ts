// A folder that slabfuzz writes into. It may hold other people's files: these stay as they are.
import { closeSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "./user_error.ts";
import { draftBeside, kindOfEntry, openNewFile, removeDrafts } from "./whole_file.ts";

/** Room that results are sure to need; a disk that has less counts as full. */
const PROBE_BYTES = 1 << 20;

/** Makes a folder and those above it; throws what the system says. */
export function makeOutputFolder(path: string): void {
  makeSharedFolder(path);
  removeDrafts(path);
}

/** The same for a folder that others write into meanwhile: their drafts stay. */
export function makeSharedFolder(path: string): void {
  if (kindOfEntry(resolve(path)) === "link") {
    throw new UserError(`${path}: is a link: name the folder that it leads to`);
  }
  makeFolder(resolve(path));
}

/** Level by level: Node's recursive mkdir never returns where no folders can be (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** Throws what the system says when there is no room for anything. */
export function probeOutputFolder(path: string): void {
  const probe = draftBeside(`${path}/probe`);
  try {
    closeSync(openNewFile(probe, new Uint8Array(PROBE_BYTES)));
  } finally {
    rmSync(probe, { force: true });
  }
}
