// Files of heaptrack as text: unpacked, they are lines of a letter and hexadecimal numbers. There
// are two forms. What the traced program writes names blocks by their addresses; what
// heaptrack_interpret makes of it, and heaptrack keeps, by the kind of the allocation: its size and
// call stack.
//
//   + SIZE TRACE POINTER     - POINTER                             as the program wrote it
//   a SIZE TRACE             a kind of allocation; they are counted from 0
//   + KIND                   - KIND                                interpreted
//
// Which of the blocks of one kind is freed, an interpreted file does not say: here it is the one
// that came last. A realloc is a free and an allocation.
import {
  type CallSink,
  hexFrom,
  type LineReader,
  type LineTaken,
  withNumbers,
} from "./trace_line.ts";

/** Lines of other kinds: versions, strings, modules, frames, times, sizes of the process. */
const OTHER_LINE = /^($|#|[vxXIAmstiRcS]( |$))/;

/** Between blocks that get an address here. */
const GAP = 16;

interface Kind {
  readonly size: number;
  /** Addresses of its blocks that live. */
  readonly live: number[];
}

export function heaptrackReader(sink: CallSink): LineReader {
  const kinds: Kind[] = [];
  let end = GAP;

  function allocated(kind: Kind): void {
    sink.allocated(end, kind.size);
    kind.live.push(end);
    end += kind.size + GAP;
  }

  function ofKind(index: number | undefined, call: (kind: Kind) => void): LineTaken {
    const kind = index === undefined ? undefined : kinds[index];
    if (kind === undefined)
      return { wrong: "names a kind of allocation that no line before it has" };
    call(kind);
    return "call";
  }

  return (line) => {
    const [mark, ...words] = line.split(" ");
    const numbers = words.map(hexFrom);
    if (mark === "a" && words.length === 2) {
      const [size] = numbers;
      if (size === undefined) return { wrong: "has no number where one is needed" };
      kinds.push({ size, live: [] });
      return "nothing";
    }
    if (mark === "+" && words.length === 3) {
      return withNumbers(numbers, (size, _, pointer) => sink.allocated(pointer, size));
    }
    if (mark === "+" && words.length === 1) return ofKind(numbers[0], allocated);
    if (mark === "-" && words.length === 1 && kinds.length > 0) {
      return ofKind(numbers[0], ({ live }) => sink.freed(live.pop() ?? end));
    }
    if (mark === "-" && words.length === 1) {
      return withNumbers(numbers, (pointer) => sink.freed(pointer));
    }
    return OTHER_LINE.test(line) ? "nothing" : { wrong: "is no line of heaptrack" };
  };
}
