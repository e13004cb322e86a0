// A log from a file or from stdin, chunk by chunk, and files that are no logs.
import { reasonOf, UserError } from "../../base/user_error.ts";
import { chunksOf, readChunks } from "../../base/whole_file.ts";
import { LineSplitter, type LogInput } from "./splitter.ts";

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
  return word === "-" ? splitLog(stdinChunks(), "stdin") : splitLog(readChunks(word), word);
}

function* stdinChunks(): Generator<Uint8Array, void> {
  try {
    yield* chunksOf(STDIN, Number.POSITIVE_INFINITY, "stdin");
  } catch (error) {
    throw new UserError(`stdin: ${reasonOf(error)}`);
  }
}

function splitLog(chunks: Iterable<Uint8Array>, name: string): LogInput {
  const splitter = new LineSplitter();
  let isFirst = true;
  for (const chunk of chunks) {
    if (isFirst) refuseDump(chunk, name);
    isFirst = false;
    splitter.push(chunk);
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
