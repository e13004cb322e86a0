// A script as one word: it comes back as it was, and damage is noticed.
import { deflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { scriptOfToken, tokenOfScript } from "../../src/targets/script_token.ts";

const SCRIPT = "# boot: up slub_debug=FZ\ncache c 64 0 -\nalloc c a\nfree c a\nfree c a\n";

it("the token of a script gives the script back, letter for letter", () => {
  const token = tokenOfScript(SCRIPT);
  expect(token).toMatch(/^ss1:[\w-]+$/);
  expect(scriptOfToken(token)).toBe(SCRIPT);
});

it("a script that another machine packed less well is read all the same", () => {
  const packed = deflateSync(SCRIPT, { level: 1 }).toString("base64url");
  expect(scriptOfToken(`ss1:${packed}`)).toBe(SCRIPT);
});

/** A few bits between the end of the text and its checksum mean nothing. */
it("a token with a damaged character is refused, or gives the same script", () => {
  const token = tokenOfScript(SCRIPT);
  const given = new Set<string>();
  for (let at = "ss1:".length; at < token.length; at++) {
    const other = token[at] === "A" ? "B" : "A";
    given.add(readOrRefused(token.slice(0, at) + other + token.slice(at + 1)));
  }
  expect([...given].sort()).toEqual([SCRIPT, "refused"].sort());
});

it.each(["ss1:", "ss1:*", `ss1:${"A".repeat(20)}`])("the token %s is refused", (token) => {
  expect(() => scriptOfToken(token)).toThrow(/the token is damaged/);
});

function readOrRefused(token: string): string {
  try {
    return scriptOfToken(token);
  } catch {
    return "refused";
  }
}
