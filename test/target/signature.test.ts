// Signatures: as text and back, and what reports say of them.
import { describe, expect, it } from "vitest";
import { CaseEngine } from "../../src/slub/engine.ts";
import { DEFAULT_SHAPE } from "../../src/slub/gen/options.ts";
import { INJECTED_BUGS } from "../../src/target/bug_names.ts";
import {
  bareSignature,
  brokenRule,
  parseSignature,
  type Signature,
  signatureOf,
  spokenText,
  symptomText,
} from "../../src/target/signature.ts";

const RULE = { verdict: "invariant", name: "slab-inuse" } as const;
const MADE: readonly Signature[] = [
  signatureOf({
    cause: "off-by-one",
    field: "right-redzone",
    reach: "own-cell",
    symptom: { note: "late", words: "Right Redzone overwritten", at: "list-add" },
  }),
  signatureOf({
    cause: "none",
    field: "a|b",
    reach: "-",
    symptom: { rule: { verdict: "oops", name: "endless" }, words: "" },
  }),
  bareSignature("none", { rule: RULE, words: "Poison overwritten", at: "free" }),
  bareSignature("none", { note: "misuse", rule: RULE, words: "" }),
  bareSignature("bit-flip", { note: "escaped", words: "no case was caught" }),
];

describe("a signature", () => {
  it.each(MADE)("$text comes back from its text", (made) => {
    expect(parseSignature(made.text)).toEqual(made);
  });

  it("of every finding of a campaign comes back from its text", () => {
    const machine = { slubDebug: "FZP" };
    const shape = { ...DEFAULT_SHAPE, bugs: INJECTED_BUGS, bugsPerCase: 2 };
    const engine = new CaseEngine({ ...shape, target: "slub", machine, seed: 3n });
    const seen = new Set<string>();
    for (let number = 0; number < 300; number++) {
      engine.run(number);
      seen.add(engine.signature.text);
      expect(parseSignature(engine.signature.text)).toEqual(engine.signature);
    }
    expect(seen.size).toBeGreaterThan(40);
  });

  it("written by other means keeps its text, and is words only", () => {
    const { text, cause, symptom } = parseSignature("not one of ours");
    expect([text, cause, symptom.words]).toEqual(["not one of ours", "", "not one of ours"]);
  });

  it("names the rule that was broken, unless the program is at fault", () => {
    expect(MADE.map(brokenRule)).toEqual([
      undefined,
      undefined,
      "slab-inuse",
      undefined,
      undefined,
    ]);
  });

  it("says who spoke, without where and how late", () => {
    expect(MADE.map(({ symptom }) => spokenText(symptom))).toEqual([
      "Right Redzone overwritten",
      "oops endless",
      "invariant slab-inuse: Poison overwritten",
      "misuse: invariant slab-inuse",
      undefined,
    ]);
  });

  it("spells a broken rule as a sentence needs it", () => {
    expect(symptomText(MADE[2].symptom, "the rule")).toBe(
      "the rule slab-inuse: Poison overwritten at free",
    );
  });
});
