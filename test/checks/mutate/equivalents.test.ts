import { describe, expect, it } from "vitest";
import { complaintsAbout, parseEquivalents } from "../../../src/checks/mutate/equivalents.ts";
import type { MutantResult } from "../../../src/checks/mutate/mutant_result.ts";

const LIST = JSON.stringify({
  version: 1,
  groups: [{ reason: "never so many", mutants: ["f gt_u->ge_u #1: x", "g gt_u->ge_u #1: y"] }],
});

function result(id: string, state: MutantResult["state"]): MutantResult {
  return { id, state, check: "invariants v6.1 up -", programs: 1, ms: 1 };
}

describe("a list of equivalent mutants", () => {
  const equivalents = parseEquivalents(LIST, "list.json");
  const [first, second] = [...equivalents.keys()];
  const all = new Set([first, second, "h"]);

  it("has a reason for each", () => {
    expect(equivalents.get(second)).toBe("never so many");
  });

  it("is empty for another target than the one that it names", () => {
    const text = LIST.replace("{", '{"target": "slub", ');
    const sizes = ["own.wasm", "slub", undefined].map((target) => {
      return parseEquivalents(text, "list.json", target).size;
    });
    expect(sizes).toEqual([0, 2, 2]);
  });

  it("passes where its mutants survive", () => {
    const results = [
      result(first, "survived"),
      result(second, "not-reached"),
      result("h", "killed"),
    ];
    expect(complaintsAbout(equivalents, all, results)).toEqual([]);
  });

  it("fails where one of its mutants is killed", () => {
    expect(complaintsAbout(equivalents, all, [result(first, "killed")])).toEqual([
      `listed as equivalent, but killed by invariants v6.1 up -: ${first}`,
    ]);
  });

  it("fails where one of its mutants does not exist", () => {
    expect(complaintsAbout(equivalents, new Set([first]), [])).toEqual([
      `listed as equivalent, but there is no such mutant: ${second}`,
    ]);
  });
});

it.each([
  ["words", "list.json: is no list of equivalent mutants (it is not JSON)"],
  ["1", "list.json: is no list of equivalent mutants (it is no object)"],
  ['{"version": 7}', "list.json: version: is 7, this slabfuzz reads 1"],
  ['{"version": 1}', "list.json: groups: is missing"],
  ['{"version": 1, "groups": [1]}', "list.json: groups[0]: must be an object"],
  [
    '{"version": 1, "groups": [{"reason": "x", "mutants": 1}]}',
    "list.json: groups[0].mutants: must",
  ],
  ['{"version": 1, "groups": [{"reason": "x", "mutants": ["a", "a"]}]}', "a is listed twice"],
])("the file %s is refused as a list of equivalent mutants", (text, message) => {
  expect(() => parseEquivalents(text, "list.json")).toThrow(message);
});
