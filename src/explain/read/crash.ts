// A crash as it is printed, before it is clear whether it is about the allocator: what it says it
// died of, and the function that it died in.

import { poisonOf } from "../damage/word.ts";
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
  /** A function that did what another one asked for, and died of it. */
  readonly helper?: string;
}

const BUG_AT = /kernel BUG at (\S{1,120}?):(\d{1,6})!?/;
const PAGE_FAULT = longPattern(
  "[Uu]nable to handle (?:kernel |unknown )?(paging request|page fault|NULL pointer dereference",
  String.raw`|access to user memory|pointer dereference|data access|access|paging fault)\b`,
  String.raw`(?:[a-z ]{0,40}?[ :]{1,3}(0x[0-9a-f]{1,16}|[0-9a-f]{8,16}|\(null\)))?(?:\W|$)`,
);
const NULL_POINTER = longPattern(
  "[Kk]ernel (NULL pointer dereference)",
  "(?:, address:| on (?:read|write) at| at) (?:0x)?([0-9a-f]{8,16})",
);
const PROTECTION = /(general protection fault)(?:[^:]{0,60}address (0x[0-9a-f]{1,16}):)?/;
/** Other words of x86, and of parisc. */
const OTHER_FAULT = longPattern(
  String.raw`\b(stack segment): 0000`,
  String.raw`|Kernel Fault: .{0,60}?\b(Data TLB miss fault)\)(?: at addr ([0-9a-f]{8,16}))?`,
);
const OOPS = /(?:Oops: |Oops ?\[#|Internal error: |Kernel access of bad area)/;
/** s390 says the address on a line of its own, without its place in the page. */
const FAILING = /\bFailing address: ([0-9a-f]{8,16})/;

/** What the crash tool shows without saying which one it was. */
export const EXCEPTION = "exception";

/** The beginning of a crash. */
export function crashIn(line: LogLine): Crash | undefined {
  const { text } = line;
  const bug = BUG_AT.exec(text);
  if (bug !== null) return crash(line, `kernel BUG at ${bug[1]}:${bug[2]}`, bug);
  const fault = PAGE_FAULT.exec(text) ?? NULL_POINTER.exec(text) ?? PROTECTION.exec(text);
  if (fault !== null) return crash(line, fault[1], undefined, fault[2]);
  const [, segment, data, at] = OTHER_FAULT.exec(text) ?? [];
  if (segment !== undefined || data !== undefined) {
    return crash(line, segment ?? data, undefined, at);
  }
  if (text.includes("[exception RIP: ")) return crash(line, EXCEPTION, undefined);
  return OOPS.test(text) ? crash(line, "oops", undefined) : undefined;
}

/** The address of a crash whose first line did not say it. */
export function failingAddressIn(text: string): bigint | undefined {
  const address = FAILING.exec(text)?.[1];
  return address === undefined ? undefined : pointerOf(address);
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
  /^IP: (?:\[<[0-9a-f]{8,16}>\] )?([A-Za-z_][\w.]{1,79})\+0x/,
  /\bEIP(?: is at|:)? (?:[0-9a-f:[\]<> ]{1,40})?([A-Za-z_][\w.]{1,79})\+0x/,
  /\bexception RIP: ([A-Za-z_][\w.]{1,79})\+/,
  /\b(?:pc|[Pp][Cc] is at|ip is at|epc|era|ERA) ?:? (?:[0-9a-f]{8,16} )?([A-Za-z_][\w.]{1,79})\+0x/,
  /(?:\bTPC: <|^PC: \[<[0-9a-f]{8}>\] |\bIAOQ\[0\]: )([A-Za-z_][\w.]{1,79})\+0x/,
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

/** Files whose BUG()s tell that an address is none of memory, whoever asks. */
const OF_ADDRESSES = /\binclude\/linux\/[\w-]{1,30}\.h$|\barch\/\w{1,20}\/mm\/[\w-]{1,30}\.c$/;

/** What a crash in this function means; undefined if it has nothing to do with the allocator. */
export function checkOfCrash(crash: Crash, fn: string): SlabCheck | undefined {
  const { file, fileLine } = crash;
  const task = taskOf(fn);
  if (file !== undefined) {
    if (/\bslub\.c$/.test(file)) return bugOfLine(fileLine, fn);
    if (isOfListDebug(file)) return "list";
    return OF_ADDRESSES.test(file) && task === "free" ? "kfree-page" : undefined;
  }
  if (task === undefined) return poisonOf(crash.address) === undefined ? undefined : "poison-oops";
  return task === "free" ? "free-oops" : "alloc-oops";
}

export function isOfListDebug(file: string): boolean {
  return /\blist_debug\.c$/.test(file);
}

/** Functions that others call to fill, compare, or translate memory: the caller had the address. */
const HELPER = longPattern(
  String.raw`^_{0,3}(?:mem(?:set|cpy|move|chr_inv|cmp)\w{0,20}|clear_page\w{0,20}`,
  String.raw`|phys_addr\w{0,20})$`,
);

/** Whether a function only does what the function that called it has asked for. */
export function isHelper(fn: string): boolean {
  return HELPER.test(fn.replace(/\..*$/, ""));
}

const REGISTER =
  /\b(R[A-D]X|R[SD]I|R[SB]P|R\d\d?|E[A-D]X|E[SD]I|E[SB]P|CR2|[xr]\d\d?)\s?: ?([0-9a-f]{8,16})\b/g;
/** Rows of registers that only the first has a name of, on ppc and mips. */
const ROW = /(?:\bGPR(\d\d)|^\$ ?(\d\d?)) *: ((?:(?:[0-9a-f]{16}|[0-9a-f]{8})\b ?){1,8})/;

/** Reports of checks that the machine outlives print registers that say nothing of the slab. */
const DIES = /list|oops|free|bug|page/;

export function takeRegisters(report: Report, text: string): void {
  if (!DIES.test(report.check)) return;
  for (const [, name, value] of text.matchAll(REGISTER)) {
    if (!report.registers.has(name)) report.registers.set(name, BigInt(`0x${value}`));
  }
  const row = ROW.exec(text);
  if (row === null) return;
  row[3]
    .trim()
    .split(" ")
    .forEach((value, i) => {
      const name = `r${Number(row[1] ?? row[2]) + i}`;
      if (!report.registers.has(name)) report.registers.set(name, BigInt(`0x${value}`));
    });
}
