// What loggers, serial lines and mail programs put before the kernel's words, and how it comes off.
// All patterns are anchored and bounded, because a log is hostile input.

/** A line without its prefixes. */
export interface BareLine {
  readonly text: string;
  /** Whether a logger's time or name came off. */
  readonly isStamped: boolean;
  /** The seconds of the kernel's own clock, where the line has them. */
  readonly seconds: number | undefined;
  /** The task or the CPU that printed it, where the kernel says so. */
  readonly caller: string | undefined;
}

const ESCAPE_SEQUENCE = /\u001b\[[0-9;?]{0,16}[A-Za-z]/g;
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu;

/** What comes off without meaning that a logger wrote the line. */
const MARGIN = /^(?:[>|]|\s)+/;

/** Some makers of devices print the CPU behind it. */
const KERNEL_CLOCK = /^\[\s{0,8}(\d{1,9})[.,](\d{1,9})(?:[@,]\d{1,3})?\s?\]/;

const CALLER = /^\[\s{0,8}([TC]\d{1,9})\]/;

/** What a logger writes before a line. */
const STAMPS: readonly RegExp[] = [
  KERNEL_CLOCK,
  /^\[\s{0,8}[+-]\d{1,9}[.,]\d{1,9}\]/,
  CALLER,
  /^\[\d{1,3}:\s{0,16}[\w/.:-]{1,20}:\s{0,8}\d{1,7}\]/,
  /^-?\(\d{1,2}\)\[\d{1,7}:[^\]]{1,24}\]/,
  /^\[(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?[^\s\]]{0,6}\]/,
  /^\d{1,9}\.\d{6}\]/,
  /^1\d{9}\.\d{3,9}(?=\s)/,
  /^\[\p{L}{2,6}\.? \p{L}{2,9}\.? {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}\]/u,
  /^<\d{1,3}>/,
  /^\d{1,3},\d{1,12},\d{1,16},[^;]{1,40};/,
  /^(?:1 )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s[\]]{0,20}(?=\s|$)/,
  /^\p{L}{2,4}\.? \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [A-Z+\d-]{2,6}(?=\s)/u,
  /^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}(?:\s{1,6}\w{1,8}){2,3}\s[VDIWEF](?=\s)/,
  /^\p{L}{2,10}\.? {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,6})?(?=\s|$)/u,
  /^\d{1,2}:\d\d:\d\d(?:[.,]\d{1,6})?(?=\s)/,
  /^(?:[^\s:]{1,64} {1,2})?kernel(?:\[\d{1,7}\])?:(?=\s|$)/,
  /^[^\s:[\]]{1,64}(?= {1,2}kernel(?:\[\d{1,7}\])?:)/,
  /^[^\s:[\]]{1,64} kernel - - -(?=\s|$)/,
];

/** Web pages have entities and tags, and arrows that an editor has put in the place of `->`. */
const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  nbsp: " ",
  "#39": "'",
};
const ENTITY = /&(lt|gt|amp|quot|nbsp|#39);/g;
const TAG = /<\/?(?:pre|br|p|code|div|span|tt|td|tr|table|font|li)(?: [^<>]{0,200})? ?\/?>/gi;
const ARROW = /(?<=next|prev) ?(?:[\u2010-\u2015\u2212-]>|\u2192) ?/g;
/** Without one of these a line is as it was printed. */
const STRANGE = /&[lgaqn#]|<\/?[a-z]|[\u2010-\u2015\u2192\u2212]/i;

/** A line without what web pages make of its characters. */
function withoutMarkup(text: string): string {
  if (!STRANGE.test(text)) return text;
  return text
    .replace(TAG, "")
    .replace(ENTITY, (_, name: string) => ENTITIES[name])
    .replace(ARROW, "->");
}

/** More prefixes than this on one line are no prefixes. */
const PREFIXES_MAX = 10;

/** A time of the kernel's clock inside a line: a newline before it was lost. */
const CLOCK_INSIDE = /(?=\[\s{0,6}\d{1,7}\.\d{6}\])/;

/** The lines that a line of a file holds: more than one where a newline was lost. */
export function bareLines(raw: string): BareLine[] {
  const plain = raw.replace(ESCAPE_SEQUENCE, "").replaceAll("\t", " ").replace(CONTROLS, "");
  const text = withoutMarkup(plain);
  const first = bareLine(text);
  if (!first.text.includes(".") || !CLOCK_INSIDE.test(first.text)) return [first];
  const [head, ...others] = first.text.split(CLOCK_INSIDE);
  return [{ ...first, text: head.trimEnd() }, ...others.map(bareLine)];
}

function bareLine(line: string): BareLine {
  let text = line;
  let isStamped = false;
  let seconds: number | undefined;
  let caller: string | undefined;
  for (let i = 0; i < PREFIXES_MAX; i++) {
    const rest = text.replace(MARGIN, "");
    const stamp = STAMPS.map((pattern) => pattern.exec(rest)?.[0]).find((found) => found);
    text = rest;
    if (stamp === undefined) break;
    seconds ??= secondsOf(stamp);
    caller ??= CALLER.exec(stamp)?.[1];
    isStamped = true;
    text = rest.slice(stamp.length);
  }
  return { text: text.trimEnd(), isStamped, seconds, caller };
}

function secondsOf(stamp: string): number | undefined {
  const [, whole, part] = KERNEL_CLOCK.exec(stamp) ?? [];
  return whole === undefined ? undefined : Number(`${whole}.${part}`);
}
