// Files: read whole, or written so that they exist whole or not at all, however the process
// ends. All output goes through here, so that it follows no link.
import {
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { freshSeed } from "./prng.ts";
import { reasonOf, UserError } from "./user_error.ts";

/** No file that slabfuzz reads is larger; V8 has no longer strings than twice that. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;
const STREAM_CHUNK = 1 << 20;

/** The text of a file. Every complaint is a UserError "FILE: what is wrong". */
export function readTextFile(path: string): string {
  return readBinaryFile(path).toString("utf8");
}

/** The bytes of a file, with the same complaints. */
export function readBinaryFile(path: string): Buffer<ArrayBuffer> {
  try {
    return readBounded(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: ${reasonOf(error)}`);
  }
}

/** What a shell has opened already, such as `<(command)`; opening it does not wait. */
const OPEN_PIPE = /^\/(dev|proc\/self)\/(fd\/|stdin$)/;

/** Refuses what has no contents, and what would be waited for. */
function requireContents(path: string): Stats {
  const stat = statSync(path);
  if (stat.isDirectory()) throw new UserError(`${path}: is a folder`);
  if (stat.isFIFO() && !OPEN_PIPE.test(path)) {
    throw new UserError(`${path}: is a pipe with a name: put what comes out of it into a file`);
  }
  return stat;
}

/** A pipe or a device has no size, and may never end. */
function readBounded(path: string): Buffer<ArrayBuffer> {
  const stat = requireContents(path);
  if (stat.size > FILE_BYTES_MAX) throw tooLarge(path, `${stat.size}`);
  return stat.isFile() ? readFileSync(path) : readStream(path);
}

function readStream(path: string): Buffer<ArrayBuffer> {
  return Buffer.concat(Array.from(readChunks(path), (chunk) => Buffer.from(chunk)));
}

/**
 * Reads a file chunk by chunk, of any size if it is a plain one. A chunk is valid until the next
 * one is asked for.
 */
export function* readChunks(path: string): Generator<Uint8Array, void> {
  try {
    const isPlain = requireContents(path).isFile();
    const file = openSync(path, "r");
    try {
      yield* chunksOf(file, isPlain ? Number.POSITIVE_INFINITY : FILE_BYTES_MAX, path);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: ${reasonOf(error)}`);
  }
}

/** What an open file gives; `path` is what a complaint about more than `most` bytes calls it. */
export function* chunksOf(file: number, most: number, path: string): Generator<Uint8Array, void> {
  const chunk = new Uint8Array(STREAM_CHUNK);
  for (let total = 0; ; ) {
    const length = readSync(file, chunk);
    if (length === 0) return;
    total += length;
    if (total > most) throw tooLarge(path, `over ${most}`);
    yield chunk.subarray(0, length);
  }
}

function tooLarge(path: string, size: string): UserError {
  return new UserError(`${path}: is too large (${size} bytes, at most ${FILE_BYTES_MAX})`);
}

/** What a path leads to; links are not followed. */
export type EntryKind = "nothing" | "file" | "folder" | "link" | "special";

/** What is at a path. */
export function kindOfEntry(path: string): EntryKind {
  const stat = statOf(path);
  if (stat === undefined) return "nothing";
  if (stat.isSymbolicLink()) return "link";
  if (stat.isDirectory()) return "folder";
  return stat.isFile() ? "file" : "special";
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw new UserError(`${path}: ${reasonOf(error)}`);
  }
}

/** Refuses a link, and what never ends; a plain file may be there or not. */
export function requirePlainFile(path: string): void {
  const kind = kindOfEntry(path);
  if (kind === "nothing" || kind === "file") return;
  const what = kind === "special" ? "no file" : `a ${kind}`;
  throw new UserError(`${path}: is ${what}: move it away, or choose another place`);
}

/** Names of drafts are random, so that two runs do not share one. */
const DRAFT = /^\.draft-[0-9a-f]{16}$/;

/** A name beside a path that cannot be guessed. */
export function draftBeside(path: string): string {
  const number = freshSeed().toString(16).padStart(16, "0");
  return join(dirname(path), `.draft-${number}`);
}

/** Removes the drafts that a run left in its folder when it was killed. */
export function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (DRAFT.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * Writes under another name beside it, and renames: a reader sees the old file until then.
 * Takes the place of plain files only. Returns how many bytes it has.
 */
export function writeWholeFile(path: string, text: string): number {
  const bytes = Buffer.from(text);
  closeSync(openWholeFile(path, bytes));
  return bytes.length;
}

/** The same for a file that is written to later on: what is written then goes to its end. */
export function openWholeFile(path: string, bytes: Uint8Array): number {
  const draft = draftBeside(path);
  try {
    requirePlainFile(path);
    const file = openNewFile(draft, bytes);
    renameSync(draft, path);
    return file;
  } catch (error) {
    rmSync(draft, { force: true });
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: cannot be written (${reasonOf(error)})`);
  }
}

const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW = 0 } = constants;

/** Writes a file where there is none, not even a link; it is left open. */
export function openNewFile(path: string, bytes: Uint8Array): number {
  const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW);
  try {
    writeAll(file, bytes);
    fsyncSync(file);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** One write may store only a part. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
