// A crash as it is printed, before it is clear whether it is about the allocator: what it says it
// died of, and the function that it died in.

import type { Report, SlabCheck } from "../report.ts";
import { bugOfLine, taskOf } from "../wording.ts";
import { pointerOf } from "./numbers.ts";
import { longPattern } from "./pattern.ts";
import type { LogLine } from "./unwrap.ts";

export interface Crash {
  readonly line: LogLine;
  readonly words: string;
  /** In short, such as `page fault`. */
  readonly what: string;
  /** FILE and LINE of a BUG(). */
  readonly file: string | undefined;
  readonly fileLine: number;
  readonly address: bigint | undefined;
}

const BUG_AT = /kernel BUG at (\S{1,120}?):(\d{1,6})!?/;
const PAGE_FAULT = longPattern(
  "[Uu]nable to handle (?:kernel )?(paging request|page fault|NULL pointer",
  String.raw` dereference|access to user memory|pointer dereference)\b`,
  String.raw`(?:[a-z ]{0,40}?[ :]{1,3}(0x[0-9a-f]{1,16}|[0-9a-f]{8,16}|\(null\)))?(?:\W|$)`,
);
const NULL_POINTER = /kernel (NULL pointer dereference), address: ([0-9a-f]{8,16})/;
const PROTECTION = /general protection fault(?:[^:]{0,60}address (0x[0-9a-f]{1,16}):)?/;
const OOPS = /(?:Oops: |Internal error: Oops|Kernel access of bad area)/;

/** The beginning of a crash. */
export function crashIn(line: LogLine): Crash | undefined {
  const { text } = line;
  const bug = BUG_AT.exec(text);
  if (bug !== null) return crash(line, `kernel BUG at ${bug[1]}:${bug[2]}`, bug);
  const fault = PAGE_FAULT.exec(text) ?? NULL_POINTER.exec(text);
  if (fault !== null) return crash(line, fault[1], undefined, fault[2]);
  const protection = PROTECTION.exec(text);
  if (protection !== null) return crash(line, "general protection fault", undefined, protection[1]);
  return OOPS.test(text) ? crash(line, "oops", undefined) : undefined;
}

function crash(
  line: LogLine,
  what: string,
  bug: RegExpExecArray | undefined,
  address?: string,
): Crash {
  return {
    line,
    words: line.text,
    what,
    file: bug?.[1],
    fileLine: Number(bug?.[2] ?? 0),
    address: address === undefined ? undefined : pointerOf(address),
  };
}

const DIED_IN: readonly RegExp[] = [
  longPattern(
    String.raw`\bRIP:? (?:[0-9a-f]{4}:)?(?:\[<[0-9a-f.]{1,16}>\] {1,2}(?:\[<[0-9a-f.]{1,16}>\]`,
    String.raw` )?)?([A-Za-z_][\w.]{1,79})(?:\+0x|\+\d| \S{1,80}:\d+ \[inline\]|$)`,
  ),
  /\bEIP(?: is at|:)? (?:[0-9a-f:[\]<> ]{1,40})?([A-Za-z_][\w.]{1,79})\+0x/,
  /\bexception RIP: ([A-Za-z_][\w.]{1,79})\+/,
  /\b(?:pc|PC is at|epc|era) ?:? (?:[0-9a-f]{8,16} )?([A-Za-z_][\w.]{1,79})\+0x/,
  /\bNIP \[[0-9a-f]{8,16}\] ([.A-Za-z_][\w.]{1,79})\+0x/,
  /\bKrnl PSW : [0-9a-f]{16} [0-9a-f]{16} \(([A-Za-z_][\w.]{1,79})\+0x/,
  /\bepc\s*: (?:\d+ )?[0-9a-f]{8,16} ([A-Za-z_][\w.]{1,79})\+0x/,
];

/** The function that a line says the machine died in. */
export interface DiedIn {
  readonly fn: string;
  /** The line of an inlined function: the real one follows. */
  readonly isInline: boolean;
}

export function diedIn(text: string): DiedIn | undefined {
  for (const pattern of DIED_IN) {
    const fn = pattern.exec(text)?.[1];
    if (fn !== undefined) return { fn: fn.replace(/^\./, ""), isInline: text.includes("[inline]") };
  }
  return undefined;
}

/** What a crash in this function means; undefined if it has nothing to do with the allocator. */
export function checkOfCrash({ file, fileLine }: Crash, fn: string): SlabCheck | undefined {
  if (file !== undefined) return /\bslub\.c$/.test(file) ? bugOfLine(fileLine, fn) : undefined;
  const task = taskOf(fn);
  if (task === undefined) return undefined;
  return task === "free" ? "free-oops" : "alloc-oops";
}

const REGISTER =
  /\b(R[A-D]X|R[SD]I|R[SB]P|R\d\d?|E[A-D]X|E[SD]I|E[SB]P|CR2|[xr]\d\d?)\s?: ?([0-9a-f]{8,16})\b/g;
const GPR_ROW = /\bGPR(\d\d): ((?:[0-9a-f]{16} ?){1,4})/;

/** Reports of checks that the machine outlives print registers that say nothing of the slab. */
const DIES = /list|oops|free|bug|page/;

export function takeRegisters(report: Report, text: string): void {
  if (!DIES.test(report.check)) return;
  for (const [, name, value] of text.matchAll(REGISTER)) {
    if (!report.registers.has(name)) report.registers.set(name, BigInt(`0x${value}`));
  }
  const row = GPR_ROW.exec(text);
  if (row === null) return;
  row[2]
    .trim()
    .split(" ")
    .forEach((value, i) => {
      const name = `r${Number(row[1]) + i}`;
      if (!report.registers.has(name)) report.registers.set(name, BigInt(`0x${value}`));
    });
}
