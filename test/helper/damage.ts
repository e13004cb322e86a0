// Ways in which a file of lines can be damaged, drawn from a seed.
import type { Prng } from "../../src/base/prng.ts";

export interface Damage {
  /** What was done, for messages. */
  readonly name: string;
  readonly bytes: Buffer;
}

type Way = (bytes: Buffer, prng: Prng) => Buffer;

/** Lines with their ends. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at) < 0 ? bytes.length : bytes.indexOf(10, at) + 1;
    lines.push(bytes.subarray(at, end));
    at = end;
  }
  return lines;
}

/** Does something to the list of lines. */
function byLines(change: (lines: Buffer[], prng: Prng) => void): Way {
  return (bytes, prng) => {
    const lines = linesOf(bytes);
    change(lines, prng);
    return Buffer.concat(lines);
  };
}

const WAYS: Readonly<Record<string, Way>> = {
  "a bit flipped": (bytes, prng) => {
    const copy = Buffer.from(bytes);
    copy[prng.below(copy.length)] ^= 1 << prng.below(8);
    return copy;
  },
  "the end cut off": (bytes, prng) => bytes.subarray(0, prng.below(bytes.length)),
  "the beginning cut off": (bytes, prng) => bytes.subarray(prng.below(bytes.length)),
  "a byte of zero": (bytes, prng) => {
    const copy = Buffer.from(bytes);
    copy[prng.below(copy.length)] = 0;
    return copy;
  },
  "an end of zeros": (bytes) => Buffer.concat([bytes, Buffer.alloc(64)]),
  "a line twice": byLines((lines, prng) => {
    const line = lines[prng.below(lines.length)];
    lines.splice(prng.below(lines.length + 1), 0, line);
  }),
  "a line missing": byLines((lines, prng) => void lines.splice(prng.below(lines.length), 1)),
  "two lines swapped": byLines((lines, prng) => {
    const [one, other] = [prng.below(lines.length), prng.below(lines.length)];
    [lines[one], lines[other]] = [lines[other], lines[one]];
  }),
  "a line of null": byLines((lines, prng) => {
    lines.splice(prng.below(lines.length + 1), 0, Buffer.from("null\n"));
  }),
  "an empty line": byLines((lines, prng) => {
    lines.splice(prng.below(lines.length + 1), 0, Buffer.from("\n"));
  }),
  "a part of a line, and lines behind it": byLines((lines, prng) => {
    const line = lines[prng.below(lines.length)];
    const part = line.subarray(0, 1 + prng.below(line.length - 1));
    lines.splice(prng.below(lines.length), 0, part);
  }),
  "ends of lines as in DOS": (bytes) => Buffer.from(bytes.toString().replaceAll("\n", "\r\n")),
};

/** So many damaged copies, each way as often as any other. */
export function damagedCopies(bytes: Buffer, count: number, prng: Prng): readonly Damage[] {
  const ways = Object.entries(WAYS);
  return Array.from({ length: count }, (_, i) => {
    const [name, way] = ways[i % ways.length];
    return { name: `${i}: ${name}`, bytes: way(bytes, prng) };
  });
}
