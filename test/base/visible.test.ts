import { describe, expect, it } from "vitest";
import { jsonOf, shortened, visible, visibleText } from "../../src/base/visible.ts";

/** Invisible characters that a name may hold, and how each is spelled out. */
const HIDDEN: readonly (readonly [string, string])[] = [
  ["\x1b[2J", "\\x1b[2J"],
  ["\r", "\\r"],
  ["\0", "\\x00"],
  ["\x7f", "\\x7f"],
  ["\x9b31m", "\\x9b31m"],
  ["\u2028", "\\u2028"],
  ["\u202e", "\\u202e"],
  ["\u2066", "\\u2066"],
  ["\ufeff", "\\ufeff"],
  ["\ud800", "\\ud800"],
  ["\u{e0041}", "\\u{e0041}"],
];

describe("an invisible character", () => {
  it.each(HIDDEN)("is spelled out: %j", (character, spelled) => {
    expect(visible(`a${character}b`)).toBe(`a${spelled}b`);
    expect(visibleText(`a${character}b\n\tc\n`)).toBe(`a${spelled}b\n\tc\n`);
  });

  it.each(HIDDEN)("comes back from JSON as it was: %j", (character) => {
    const value = { [`k${character}`]: [`a${character}b`] };
    const text = jsonOf(value);
    expect(visibleText(text)).toBe(text);
    expect(JSON.parse(text)).toEqual(value);
  });

  it("ends a line only in text of several lines", () => {
    expect([visible("a\nb"), visibleText("a\nb")]).toEqual(["a\\nb", "a\nb"]);
  });
});

it("a visible character stays as it is", () => {
  for (const text of ["plain", "tab\there", "naïve", "日本語", "🎉", "│ box"]) {
    expect([visible(text), visibleText(text)]).toEqual([text, text]);
  }
});

it("a text in JSON holds no workflow command of a CI log", () => {
  expect(jsonOf(["##[error]x", "##vso[task]"])).not.toMatch(/##\w*\[/);
  expect(JSON.parse(jsonOf(["##[error]x", "##vso[task]"]))).toEqual(["##[error]x", "##vso[task]"]);
});

it("a long text loses its middle", () => {
  expect(shortened("abcdefghij", 10)).toBe("abcdefghij");
  expect(shortened("a".repeat(50) + "b".repeat(50), 11)).toBe("aaaa...bbbb");
});
