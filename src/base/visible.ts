// Text from outside on its way to a reader. Invisible characters (they move a cursor, break
// a line, turn the order of words around) are spelled out, so that a name cannot pass for more than
// a name.

/** Control and format characters but the tab, line separators, and halves of characters. */
const HIDDEN = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** The same without the end of a line. */
export const HIDDEN_IN_LINES = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** One line, whatever was in it: `a\nb`, `\x1b[2J`, `\u202e`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, spelled);
}

/** The same for text of several lines. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN_IN_LINES, spelled);
}

function spelled(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}

/** The value as JSON, in which such characters are escaped; any reader of JSON gets them back. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replace(HIDDEN_IN_LINES, (character) => character.split("").map(unit).join(""))
    .replace(/##(?=\w*\[)/g, "#\\u0023");
}

function unit(half: string): string {
  return `\\u${half.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Characters of a name that somebody else chose. */
const NAME_MAX = 100;

/** A name from outside, which may have no end. */
export function shortName(name: string): string {
  return shortened(name, NAME_MAX);
}

/** The same within a sentence: what it hides is spelled out, and no log takes it for a command. */
export function visibleName(name: string): string {
  return shortName(visible(name).replace(/##(?=\w*\[)/g, "#\\#"));
}

/** `text` at most `most` characters long: what is too long loses its middle. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - 3) / 2);
  return `${text.slice(0, half)}...${text.slice(-half)}`;
}
