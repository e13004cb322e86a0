// What ltrace prints of a program: calls of functions of libraries, of which those that allocate
// matter. It sees what the program itself calls, and not what one library calls of another.
//
//   malloc(24)                                = 0x5581e2a0
//   [pid 7] prog->realloc(0x5581e2a0, 48)     = 0x5581e2c0       with -f, -l, times
//   free@libc.so.6(0x5581e2c0)                = <void>            with -x
//   [pid 7] malloc(24 <unfinished ...>                            another thread comes between
//   [pid 7] <... malloc resumed> )            = 0x5581e2f0
import {
  type CallSink,
  type LineReader,
  type LineTaken,
  printedNumber,
  withNumbers,
} from "./trace_line.ts";

type Call = (
  sink: CallSink,
  args: readonly (number | undefined)[],
  result: number | undefined,
) => LineTaken;

const alloc: Call = (sink, [size], result) =>
  withNumbers([result, size], (to, bytes) => sink.allocated(to, bytes));
const aligned: Call = (sink, [align, size], result) =>
  withNumbers([result, size, align], (to, bytes, step) => sink.allocated(to, bytes, step));
const free: Call = (sink, [pointer]) => withNumbers([pointer], (from) => sink.freed(from));

/** C's functions, and C++'s by the names that linkers know. */
const CALLS: Readonly<Record<string, Call>> = {
  malloc: alloc,
  calloc: (sink, [count, size], result) =>
    withNumbers([result, count, size], (to, many, bytes) => sink.zeroed(to, many, bytes)),
  realloc: (sink, [old, size], result) =>
    withNumbers([old, result, size], (from, to, bytes) => sink.resized(from, to, bytes)),
  memalign: aligned,
  aligned_alloc: aligned,
  free,
  cfree: free,
  ...{ _Znwm: alloc, _Znam: alloc, _Znwj: alloc, _Znaj: alloc },
  ...{ _ZdlPv: free, _ZdaPv: free, _ZdlPvm: free, _ZdaPvm: free, _ZdlPvj: free, _ZdaPvj: free },
};

const NAMES = Object.keys(CALLS).join("|");
const BEGUN = new RegExp(`(?:^|[\\s>])(${NAMES})(?:@[^\\s(]+)?\\((.*)$`);
const RESUMED = new RegExp(`<\\.\\.\\. (${NAMES})(?:@\\S+)? resumed>.*= (\\S+)$`);
const ENDED = /^(.*?)\)\s*= (\S+)/;
const UNFINISHED = /^(.*?)\s*<unfinished \.\.\.>$/;
const THREAD = /^\[pid\s+(\d+)\]/;

export function ltraceReader(sink: CallSink): LineReader {
  /** The arguments of calls that are not back, by thread and function. */
  const pending = new Map<string, string>();
  const call = (name: string, args: string, result: string): LineTaken =>
    CALLS[name](
      sink,
      args.split(",").map((arg) => printedNumber(arg.trim())),
      printedNumber(result),
    );
  return (line) => {
    const [, thread = ""] = THREAD.exec(line) ?? [];
    const [, resumed, late] = RESUMED.exec(line) ?? [];
    if (resumed !== undefined) {
      const args = pending.get(`${thread} ${resumed}`);
      if (args === undefined) return { wrong: `resumes a ${resumed} that no line before it began` };
      pending.delete(`${thread} ${resumed}`);
      return call(resumed, args, late);
    }
    const [, name, rest] = BEGUN.exec(line) ?? [];
    if (name === undefined) return "nothing";
    const [, args, result] = ENDED.exec(rest) ?? [];
    if (args !== undefined) return call(name, args, result);
    const [, begun] = UNFINISHED.exec(rest) ?? [];
    if (begun === undefined) return { wrong: `does not say what ${name} returned` };
    pending.set(`${thread} ${name}`, begun);
    return "nothing";
  };
}
