import { describe, expect, it } from "vitest";
import { invariantLines, invariantsText, parseInvariants } from "../../src/slub/invariant_text.ts";
import { INVARIANT_NAMES } from "../../src/slub/oracle/violation.ts";

describe("the list of rules on a command line", () => {
  it("switches a rule off, or keeps it in one case of so many", () => {
    expect(parseInvariants("poison=off,red-zone=4")).toEqual({ poison: 0, "red-zone": 4 });
    expect(invariantsText(parseInvariants("poison=off,red-zone=4"))).toBe("poison=off,red-zone=4");
  });

  it.each([
    ["poisn=off", /unknown invariant "poisn"/],
    ["poison=often", /poison=often: off, or N/],
    ["poison", /poison=: off, or N/],
    ["crash=off", /crash is part of every verdict/],
  ])("is refused as %s", (text, reason) => {
    expect(() => parseInvariants(text)).toThrow(reason);
  });

  it("is printed with costs and meanings, one line for each rule", () => {
    const lines = invariantLines({ poison: 0 });
    expect(lines.length).toBe(INVARIANT_NAMES.length + 1);
    expect(lines.find((line) => line.startsWith("poison"))).toMatch(/bytes +no case +the payload/);
    expect(lines.find((line) => line.startsWith("padding"))).toMatch(/bytes +1 case of 16/);
    expect(INVARIANT_NAMES.length).toBeGreaterThanOrEqual(30);
  });
});
