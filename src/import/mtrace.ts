// Logs of glibc's mtrace: MALLOC_TRACE=FILE, with mtrace() in the program. A line each:
//
//   = Start                                      = End
//   @ ./a.out:(main+0x1c)[0x4011a2] + 0x1a2b3c0 0x18      a block, and its size
//   @ ./a.out:[0x4011b0] - 0x1a2b3c0                      freed
//   @ ./a.out:[0x4011c4] < 0x1a2b3c0                      resized: the old block, and on the next
//   @ ./a.out:[0x4011c4] > 0x1a2b3e0 0x40                 line the new one
//   @ ./a.out:[0x4011d0] ! 0x1a2b3e0 0x7fffffffffff       resizing was refused
import {
  type CallSink,
  type LineReader,
  printedNumber,
  sizeFrom,
  withNumbers,
} from "./trace_line.ts";

const CALL = /^(?:@ .* )?([-+<>!]) (0x[0-9a-f]+|\(nil\)|0)(?: (0x[0-9a-f]+|0))?$/i;

export function mtraceReader(sink: CallSink): LineReader {
  let old: number | undefined;
  return (line) => {
    const [, sign, address, length] = CALL.exec(line) ?? [];
    if (sign === undefined)
      return /^(=.*)?$/.test(line) ? "nothing" : { wrong: "is no mtrace line" };
    const pointer = printedNumber(address);
    const size = length === undefined ? undefined : sizeFrom(length);
    switch (sign) {
      case "+":
        return withNumbers([pointer, size], (to, bytes) => sink.allocated(to, bytes));
      case "-":
        return withNumbers([pointer], (from) => sink.freed(from));
      case "!":
        return withNumbers([pointer, size], (from, bytes) => sink.resized(from, 0, bytes));
      case "<":
        old = pointer;
        return "nothing";
      default: {
        const from = old;
        old = undefined;
        if (from === undefined)
          return { wrong: "says the new place of a block without the old one" };
        return withNumbers([pointer, size], (to, bytes) => sink.resized(from, to, bytes));
      }
    }
  };
}
