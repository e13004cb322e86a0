// A log from a file or from stdin, chunk by chunk, and files that are no logs.
import { closeSync, openSync, readSync } from "node:fs";
import { UserError } from "../../base/user_error.ts";
import { LineSplitter, type LogInput } from "./splitter.ts";

const CHUNK_BYTES = 1 << 20;
const STDIN = 0;

/** First bytes of files that hold the memory of a machine. */
const DUMPS: readonly (readonly [string, string])[] = [
  ["KDUMP   ", "a compressed vmcore"],
  ["DISKDUMP", "a disk dump"],
  ["\u007fELF", "an ELF file, such as a vmcore or a vmlinux"],
  ["\u001f\u008b", "compressed by gzip: unpack it first"],
];

/** Reads the log that a word of the command line names; `-` is stdin. */
export function readLog(word: string): LogInput {
  const name = word === "-" ? "stdin" : word;
  try {
    const file = word === "-" ? STDIN : openSync(word, "r");
    try {
      return readAll(file, name);
    } finally {
      if (file !== STDIN) closeSync(file);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readAll(file: number, name: string): LogInput {
  const splitter = new LineSplitter();
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let total = 0; ; ) {
    const length = readSync(file, chunk, 0, CHUNK_BYTES, null);
    if (length === 0) break;
    if (total === 0) refuseDump(chunk, name);
    total += length;
    splitter.push(chunk.subarray(0, length));
  }
  const input = splitter.finish();
  if (input.byteCount === 0) throw new UserError(`${name}: is empty`);
  return input;
}

function refuseDump(bytes: Uint8Array, name: string): void {
  const head = String.fromCharCode(...bytes.subarray(0, 8));
  const [, what] = DUMPS.find(([magic]) => head.startsWith(magic)) ?? [];
  if (what !== undefined) throw new UserError(`${name}: is ${what}, not a log in text`);
}
