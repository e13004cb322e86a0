import { describe, expect, it } from "vitest";
import { CommentList, linesOf } from "../../src/base/text_lines.ts";
import { parseForeign, printForeign } from "../../src/module/program/text.ts";
import { parseScript, printScript } from "../../src/slub/program/text.ts";
import { targetInScript } from "../../src/target/program.ts";

const read = (text: string) => [...linesOf(text, "f")].map(({ line }) => line);

/** The same program in the ways in which editors write it. */
const SAME: Readonly<Record<string, (text: string) => string>> = {
  "ends its lines as Windows does": (text) => text.replaceAll("\n", "\r\n"),
  "begins with a mark of the byte order": (text) => `\ufeff${text}`,
  "has no newline at its end": (text) => text.trimEnd(),
  "is indented with tabs": (text) => text.replace(/^(?=.)/gm, "\t "),
  "has blanks behind its lines": (text) => text.replaceAll("\n", " \t\n"),
};

/** Characters that can make a script look different from what it is. */
const REFUSED: Readonly<Record<string, string>> = {
  "a lone CR": "\r",
  NUL: "\0",
  "an escape": "\x1b[2J",
  "a form feed": "\f",
  "a vertical tab": "\v",
  DEL: "\x7f",
  "a C1 control": "\x85",
  "a line separator": "\u2028",
  "a paragraph separator": "\u2029",
  "a mark that turns words around": "\u202e",
  "a mark of the byte order within": "\ufeff",
  "half of a character": "\ud800",
};

const SLUB = "# boot: smp slub_debug=FZ\n# a note\ncache c 64 0 -\nalloc c a\n";
const MODULE = "# target: x.wasm\n# a note\nalloc b0 24\nfree b0\n";

describe.each(Object.entries(SAME))("a script that %s", (_, change) => {
  it("is the same program", () => {
    expect(printScript(parseScript(change(SLUB), "f"))).toBe(SLUB);
    expect(printForeign(parseForeign(change(MODULE), "f"))).toBe(MODULE);
    expect(targetInScript(change(MODULE), "f")).toBe("x.wasm");
  });
});

describe.each(Object.entries(REFUSED))("a script with %s", (_, character) => {
  it.each([
    ["a header", (text: string) => text.replace(/^(# \w+: \w+)/, `$1${character}x`), 1],
    ["a comment", (text: string) => text.replace("note", `no${character}te`), 2],
    ["an operation", (text: string) => text.replace(/^(alloc \w)/m, `$1${character}`), undefined],
  ])("is refused in %s, with its line", (_where, change, line) => {
    const place = line === undefined ? /^f:\d: holds the character/ : `f:${line}: holds`;
    expect(() => parseScript(change(SLUB), "f")).toThrow(place);
    expect(() => parseForeign(change(MODULE), "f")).toThrow(place);
  });
});

it("a comment may hold letters of other scripts", () => {
  expect(read("# naïve, 日本語 🎉")).toEqual(["# naïve, 日本語 🎉"]);
});

it("a comment behind the first operation costs no memory, and those before it have a limit", () => {
  const many = "# comment\n".repeat(200_000);
  expect(parseScript(`${SLUB}${many}`, "f").header.comments).toEqual(["a note"]);
  expect(() => parseScript(`${many}${SLUB}`, "f")).toThrow(/^f:\d+: has more than 1048576 char/);
  expect(() => parseForeign(`${MODULE}${many}`, "f")).toThrow(/^f: has more than 1048576 char/);
  const few = new CommentList();
  few.add("x".repeat(1_000_000));
  expect(few.comments).toHaveLength(1);
});

it("an overlong line is refused before it is split into words", () => {
  expect(() => parseScript(`cache ${"x ".repeat(2 ** 20)}`, "f")).toThrow(
    "f:1: has more than 2097152 characters",
  );
});
