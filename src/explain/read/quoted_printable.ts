// Mails as they are stored: many are in quoted-printable, which writes `=` as `=3D` and ends lines
// inside words with a `=` (RFC 2045, 6.7).
import type { RawLine } from "./splitter.ts";

/** Fields of a report, and how each stands in such a mail. */
const ENCODED = /\b(?:age|cpu|pid|objects|used|fp|flags|offset|next|prev)=3D/;
const PLAIN = /\b(?:age|cpu|pid|objects|used|fp|flags|offset|next|prev)=(?!3D)[0-9a-f(]/;
/** A line that was cut where it had grown as long as lines may be. */
const FULL_LINE = /^.{72,75}=\r?$/;
const SOFT_BREAK = /=[ \t]*\r?$/;
const BYTES = /(?:=[0-9A-F]{2})+/g;

/** A line of a mail has at most 76 characters, so that one of the kernel has few parts. */
const PARTS_MAX = 20;

/** The lines as they were before they were sent; those of other logs as they are. */
export function withoutMailEncoding(lines: readonly RawLine[]): readonly RawLine[] {
  const isMail = lines.some(({ text }) => ENCODED.test(text) || FULL_LINE.test(text));
  if (!isMail || lines.some(({ text }) => PLAIN.test(text))) return lines;
  const whole: RawLine[] = [];
  let parts = 0;
  for (const line of lines) {
    const open = whole.at(-1);
    const isPart = open !== undefined && SOFT_BREAK.test(open.text) && parts < PARTS_MAX;
    parts = isPart ? parts + 1 : 0;
    if (isPart) whole[whole.length - 1] = { ...open, text: joined(open.text, line.text) };
    else whole.push(line);
  }
  return whole.map((line) => ({ ...line, text: decoded(line.text) }));
}

function joined(before: string, rest: string): string {
  return before.replace(SOFT_BREAK, "") + rest;
}

function decoded(text: string): string {
  return text.replace(BYTES, (run) => {
    const bytes = run.slice(1).split("=");
    return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
  });
}
