// Traces that other tools made, as programs: of a process those of any module's allocator, of the
// kernel's events those of SLUB.
import { gunzipSync } from "node:zlib";
import { counted } from "../base/count_text.ts";
import { UserError } from "../base/user_error.ts";
import { choiceOf } from "../module/load/choice.ts";
import { printForeign } from "../module/program/text.ts";
import { TRACE_OPS_MAX } from "../module/record/recording.ts";
import { TracedHeap, traceNotes } from "../module/record/traced_heap.ts";
import { ANY_MODULE } from "../target/options.ts";
import { heaptrackReader } from "./heaptrack.ts";
import { kmemReader } from "./kmem.ts";
import { KernelScript } from "./kmem_script.ts";
import { ltraceReader } from "./ltrace.ts";
import { mtraceReader } from "./mtrace.ts";
import type { CallSink, LineReader } from "./trace_line.ts";
import { utraceReader } from "./utrace.ts";

/** One line each, for help. */
export const IMPORT_ABOUT = {
  mtrace: "the log of glibc's mtrace (MALLOC_TRACE)",
  ltrace: "what ltrace prints",
  heaptrack: "a file of heaptrack, unpacked",
  utrace: "what kdump prints of jemalloc's utrace",
  kmem: "the kernel's kmem events: ftrace, trace-cmd report, perf script",
} as const;

export type ImportFormat = keyof typeof IMPORT_ABOUT;

export const IMPORT_FORMATS = Object.keys(IMPORT_ABOUT) as readonly ImportFormat[];

const PROCESS_READERS: Readonly<
  Record<Exclude<ImportFormat, "kmem">, (sink: CallSink) => LineReader>
> = {
  mtrace: mtraceReader,
  ltrace: ltraceReader,
  heaptrack: heaptrackReader,
  utrace: utraceReader,
};

/** It sees what the program calls, and not what libraries call of each other. */
const MISSES_CALLS: readonly ImportFormat[] = ["ltrace"];

/** The most operations that a trace of any format becomes. */
export const IMPORT_OPS_MAX = TRACE_OPS_MAX;

export interface ImportRequest {
  /** What people call the file, for complaints. */
  readonly file: string;
  readonly text: string;
  /** Found out from the first lines unless it is said. */
  readonly format: ImportFormat | undefined;
  /** Operations of the program at most. */
  readonly opCountMax: number;
}

/** A line that was skipped, and why. */
export interface WrongLine {
  /** `FILE:LINE`. */
  readonly place: string;
  readonly wrong: string;
}

export interface ImportedTrace {
  readonly format: ImportFormat;
  readonly script: string;
  readonly lines: number;
  readonly calls: number;
  readonly operations: number;
  readonly skipped: readonly WrongLine[];
}

/** The program of a trace. Throws a UserError for a text without a call in a known format. */
export function importTrace({ file, text, format, opCountMax }: ImportRequest): ImportedTrace {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const known = format ?? formatOf(lines);
  if (known === undefined) {
    const names = IMPORT_FORMATS.join(" ");
    throw new UserError(`${file}: has no call in a format that is known (${names})`);
  }
  const conversion = conversionOf(known, opCountMax);
  const { calls, skipped } = readLines(lines, conversion.reader, file);
  if (calls === 0) throw new UserError(`${file}: has no call in the format ${known}`);
  const comments = [`imported: ${known}, ${counted(calls, "call")}`];
  const { script, operations } = conversion.finish(comments);
  return { format: known, script, lines: lines.length, calls, operations, skipped };
}

/** The text of a trace; gzip is unpacked, heaptrack's zstd has to be before. */
export function textOfTrace(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  if (first === 0x1f && second === 0x8b) return gunzipped(bytes, file);
  if (first === 0x28 && second === 0xb5) {
    throw new UserError(`${file}: is packed by zstd, unpack it first: zstd -d ${file}`);
  }
  return new TextDecoder().decode(bytes);
}

const UNPACKED_BYTES_MAX = 256 << 20;

function gunzipped(bytes: Uint8Array, file: string): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX }).toString("utf8");
  } catch {
    throw new UserError(
      `${file}: cannot be unpacked, or has more than ${UNPACKED_BYTES_MAX} bytes`,
    );
  }
}

function readLines(lines: readonly string[], reader: LineReader, file: string) {
  const skipped: WrongLine[] = [];
  let calls = 0;
  for (const [index, line] of lines.entries()) {
    const taken = reader(line.trimEnd());
    if (taken === "call") calls++;
    else if (taken !== "nothing") skipped.push({ place: `${file}:${index + 1}`, ...taken });
  }
  return { calls, skipped };
}

/** Lines that are looked at to find out a format. */
const LOOKED_AT = 2000;

/** The format in which most of the first lines are calls. */
function formatOf(lines: readonly string[]): ImportFormat | undefined {
  const first = lines.slice(0, LOOKED_AT);
  const counts = IMPORT_FORMATS.map((format) => readLines(first, readerOf(format), "").calls);
  const most = Math.max(...counts);
  return most === 0 ? undefined : IMPORT_FORMATS[counts.indexOf(most)];
}

const NOBODY = { allocated() {}, zeroed() {}, resized() {}, freed() {} };

function readerOf(format: ImportFormat): LineReader {
  return format === "kmem" ? kmemReader(NOBODY) : PROCESS_READERS[format](NOBODY);
}

interface Conversion {
  readonly reader: LineReader;
  finish(comments: readonly string[]): { readonly script: string; readonly operations: number };
}

function conversionOf(format: ImportFormat, opCountMax: number): Conversion {
  return format === "kmem" ? kernelConversion(opCountMax) : processConversion(format, opCountMax);
}

function kernelConversion(opCountMax: number): Conversion {
  const program = new KernelScript(opCountMax);
  return {
    reader: kmemReader(program),
    finish: (comments) => ({ script: program.script(comments), operations: program.opCount }),
  };
}

/** Blocks from before the trace may be freed: nobody knows them, and that is right. */
function processConversion(format: Exclude<ImportFormat, "kmem">, opCountMax: number): Conversion {
  const heap = new TracedHeap({
    ...{ opCountMax, dropsOldest: false, unknownFrees: "leave out", beganLate: true },
    missesCalls: MISSES_CALLS.includes(format),
  });
  return {
    reader: PROCESS_READERS[format](heap),
    finish: (comments) => {
      const { ops } = heap;
      const all = [...comments, ...traceNotes(heap)];
      const choice = choiceOf({ target: ANY_MODULE });
      return {
        script: printForeign({ choice, bug: "none", comments: all, ops }),
        operations: ops.length,
      };
    },
  };
}
