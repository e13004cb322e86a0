// Lines as the kernel printed them: without prefixes, and whole again where a mail program or a
// narrow terminal wrapped them.
import { longPattern } from "./pattern.ts";
import { bareLines } from "./prefix.ts";
import type { RawLine } from "./splitter.ts";

/** A line of the kernel. */
export interface LogLine {
  /** The lines of the file that it stands on, counted from 1. */
  readonly first: number;
  readonly last: number;
  /** Of its first byte, from the beginning of the input. */
  readonly offset: number;
  readonly text: string;
  readonly seconds: number | undefined;
  /** The task or the CPU that printed it, where the kernel says so. */
  readonly caller: string | undefined;
}

/** A line that begins so is no rest of the line before it. */
const BEGINNING = longPattern(
  String.raw`^(?:={4,}|-{4,}|#PF|BUG\b|INFO:|WARNING:|Oops|Internal error|general protection`,
  "|[Uu]nable to handle|invalid opcode|PGD |Call [Tt]race|Slab 0x|(?:Object|Redzone",
  String.raw`|Padding)\s+(?:0x)?(?:[0-9a-f]{3}|<|\()|Bytes b4`,
  "|Allocated (?:in|by)|Freed (?:in|by)|FIX ",
  String.raw`|list_(?:add|del)|slab \S+ start|kernel BUG|[RE]IP|IP: |NIP|LR|GPR`,
  "|[Pp][Cc] is|LR is|pc :|epc|[TP]?PC:|ERA:|IAOQ",
  "|Krnl|Fail|Fault|pgd|SLUB|kmem:|Pid:|Backtrace|Stack:|Process |page:|[BL]E PAGE",
  "|lr :|sp :|CPU:|Tainted:|Hardware|Workqueue|Modules linked|Code:",
  String.raw`|[RED][A-Z0-9]{2,3}:|x\d+\s?:|CR2|FS:|CS:|0x[0-9a-f]+-0x|<TASK>|</TASK>`,
  String.raw`|Disabling|Kernel panic|\[(?:<|exception|[0-9a-f]{8,16}\])|\[[\w ]{1,30}`,
  String.raw` overwritten\]|\?? ?[\w.]+\+0x[0-9a-f]+/0x|crash>|[A-Z ]{4,14}: )`,
);

/** A line that begins so may go on behind a wrap, if it is the log of no logger. */
const WRAPPABLE = longPattern(
  String.raw`^(?:BUG |INFO:|Slab 0x|Object\s|Redzone\s|Padding\s|Bytes b4|Allocated in|Freed`,
  String.raw` in|FIX |list_(?:add|del)|slab \S+ start|0x[0-9a-f]+-0x|\[[\w ]{1,30}`,
  String.raw` overwritten\]|CPU:|WARNING:|cache_from_obj|kmem_cache_|(?:Oops: )?general protection`,
  "|BUG:|[Uu]nable to handle|kernel BUG)",
);

/** A warning whose function was wrapped off. */
const LACKS_FUNCTION = /^WARNING: .{0,80} at \S{1,80}:\d{1,6}$/;

const DASHES = /^[-=]{4,}$/;
const WRAP_COLUMN = 44;
/** A wrapped line of the kernel has no more rests than this. */
const RESTS_MAX = 4;

interface Draft {
  readonly line: LogLine;
  readonly isStamped: boolean;
  readonly rests: number;
  /** Whether its last line was cut at the width of a terminal, inside a word. */
  readonly isCut: boolean;
  /** Whether a space stands where a cut line would go on. */
  readonly isSpaced: boolean;
}

/** The lines of the kernel that the lines of a file hold, in order. */
export function* unwrapped(lines: readonly RawLine[]): Generator<LogLine> {
  const width = terminalWidth(lines);
  let draft: Draft | undefined;
  for (const raw of lines) {
    for (const next of draftsOf(raw, width)) {
      if (draft !== undefined && isRest(draft, next)) {
        draft = joined(draft, next);
        continue;
      }
      if (draft !== undefined) yield draft.line;
      draft = next;
    }
  }
  if (draft !== undefined) yield draft.line;
}

const LEADING_SPACE = /^(?:[>|] ?){0,8}\s/;

function draftsOf({ number, offset, text }: RawLine, width: number): Draft[] {
  const whole = text.replace(/\r$/, "");
  const isCut = whole.length === width && !whole.endsWith(" ");
  const isSpaced = LEADING_SPACE.test(whole);
  return bareLines(whole).map((bare) => {
    const { isStamped, ...printed } = bare;
    const line = { first: number, last: number, offset, ...printed };
    return { line, isStamped, rests: 0, isCut, isSpaced };
  });
}

const WIDTH_MIN = 60;
const WIDTH_MAX = 200;
const CUTS_MIN = 2;
/** A mail program leaves less room than this at the end of a line that it wraps. */
const WORD_MAX = 20;

/**
 * The width at which a terminal cut all lines that are longer; 0 if none did. A mail program wraps
 * at spaces, so that what it wrapped has many widths.
 */
function terminalWidth(lines: readonly RawLine[]): number {
  const lengths = lines.map(({ text }) => text.replace(/\r$/, "").length);
  const width = lengths.reduce((most, length) => Math.max(most, length), 0);
  if (width < WIDTH_MIN || width > WIDTH_MAX) return 0;
  let cuts = 0;
  let wraps = 0;
  for (const [i, { text }] of lines.entries()) {
    if (i === 0 || !isRestLike(text)) continue;
    if (lengths[i - 1] === width) cuts += 1;
    else if (lengths[i - 1] > width - WORD_MAX) wraps += 1;
  }
  return cuts >= CUTS_MIN && cuts > 3 * wraps ? width : 0;
}

/** Whether a line begins as none of the kernel's and none of a logger's. */
function isRestLike(text: string): boolean {
  const [bare] = bareLines(text);
  return !bare.isStamped && bare.text !== "" && !BEGINNING.test(bare.text);
}

function isRest(draft: Draft, next: Draft): boolean {
  const { text } = next.line;
  if (next.isStamped || text === "" || draft.rests >= RESTS_MAX) return false;
  // In the log of a logger a cut line goes on in one without a stamp, however that begins.
  const isSure = (draft.isCut && draft.isStamped) || LACKS_FUNCTION.test(draft.line.text);
  if (BEGINNING.test(text) && !isSure) return false;
  if (next.line.first !== draft.line.last + 1 || DASHES.test(draft.line.text)) return false;
  if (draft.isCut) return true;
  if (WRAPPABLE.test(draft.line.text)) return draft.line.text.length >= wrapColumn(draft);
  return draft.isStamped && draft.line.text !== "";
}

/** With a prefix before it a line of the kernel wraps earlier. */
function wrapColumn({ isStamped, rests }: Draft): number {
  return isStamped || rests > 0 ? 0 : WRAP_COLUMN;
}

function joined(draft: Draft, next: Draft): Draft {
  const { line, isStamped, rests } = draft;
  const space = draft.isCut && !next.isSpaced ? "" : " ";
  const text = `${line.text}${space}${next.line.text}`;
  const { isCut, isSpaced } = next;
  return {
    line: { ...line, text, last: next.line.last },
    isStamped,
    rests: rests + 1,
    isCut,
    isSpaced,
  };
}
