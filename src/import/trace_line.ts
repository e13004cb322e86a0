// What readers of traces are: each takes one line after the other, and tells a heap of the calls.

/** What is told of calls of an allocator; blocks are known by their addresses. */
export interface CallSink {
  allocated(pointer: number, size: number, align?: number): void;
  zeroed(pointer: number, count: number, size: number): void;
  resized(old: number, pointer: number, size: number): void;
  freed(pointer: number): void;
}

/** A line had a call, had nothing to tell, or was wrong: then a sentence says what is. */
export type LineTaken = "call" | "nothing" | { readonly wrong: string };

export type LineReader = (line: string) => LineTaken;

/** A hexadecimal or decimal number as C prints it; undefined beyond what is counted exactly. */
export function printedNumber(text: string): number | undefined {
  if (/^\(?(nil|null)\)?$/.test(text)) return 0;
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** How many bytes: refused requests may be for more than is counted exactly. */
export function sizeFrom(text: string): number | undefined {
  return printedNumber(text) ?? (/^0x[0-9a-f]{14,16}$/i.test(text) ? Number(text) : undefined);
}

/** The same for digits of base 16 without a mark. */
export function hexFrom(text: string): number | undefined {
  return /^[0-9a-f]+$/i.test(text) ? printedNumber(`0x${text}`) : undefined;
}

/** Does something with numbers, unless one of them is none. */
export function withNumbers(
  numbers: readonly (number | undefined)[],
  call: (...numbers: readonly number[]) => void,
): LineTaken {
  if (numbers.includes(undefined)) return { wrong: "has no number where one is needed" };
  call(...(numbers as readonly number[]));
  return "call";
}
