// What jemalloc tells of its calls by utrace (MALLOC_CONF=utrace:true on FreeBSD), as kdump prints
// it:
//
//    1234 prog     USER  0x801006000 = malloc(24)
//    1234 prog     USER  0x801006040 = realloc(0x801006000, 48)
//    1234 prog     USER  free(0x801006040)
import { type CallSink, type LineReader, printedNumber, withNumbers } from "./trace_line.ts";

const MALLOC = /(?:^|\s)(0x[0-9a-f]+) = malloc\((\d+)\)$/i;
const REALLOC = /(?:^|\s)(0x[0-9a-f]+) = realloc\((0x[0-9a-f]+|0), (\d+)\)$/i;
const FREE = /\sfree\((0x[0-9a-f]+|0)\)$/i;

export function utraceReader(sink: CallSink): LineReader {
  return (line) => {
    const [, made, size] = (MALLOC.exec(line) ?? []).map(printedNumber);
    if (made !== undefined)
      return withNumbers([made, size], (to, bytes) => sink.allocated(to, bytes));
    const [, to, from, length] = (REALLOC.exec(line) ?? []).map(printedNumber);
    if (to !== undefined) {
      return withNumbers([from, to, length], (old, pointer, bytes) =>
        sink.resized(old, pointer, bytes),
      );
    }
    const [, freed] = (FREE.exec(line) ?? []).map(printedNumber);
    if (freed !== undefined) return withNumbers([freed], (pointer) => sink.freed(pointer));
    return "nothing";
  };
}
