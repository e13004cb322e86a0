// The golden programs: the shipped core answers what is stored, and every canary answers otherwise.
import { describe, expect, it } from "vitest";
import { readTextFile } from "../../../src/base/whole_file.ts";
import {
  goldenDifferences,
  goldenDigests,
  goldenText,
  ownGoldenPath,
  parseGolden,
} from "../../../src/checks/gate/golden.ts";
import { CANARY_NAMES, parseCore } from "../../../src/slub/named_core.ts";

const stored = parseGolden(readTextFile(ownGoldenPath()), "golden.json");

it("the core answers what is stored", () => {
  const now = goldenDigests(parseCore("slub"));
  expect(goldenDifferences(stored, now)).toEqual([]);
  expect([...now.keys()]).toEqual([...stored.keys()]);
  expect(parseGolden(goldenText(now), "x")).toEqual(stored);
}, 120_000);

const SOME = ["red-zone-one-byte-short", "merge-ignores-alignment", "third-name-traps"];

describe.each(SOME)("canary:%s", (name) => {
  it("is answered otherwise somewhere", () => {
    expect(CANARY_NAMES).toContain(name);
    const now = goldenDigests(parseCore(`canary:${name}`));
    expect(goldenDifferences(stored, now).length).toBeGreaterThan(0);
  }, 120_000);
});

it.each([
  ["words", "golden.json: is no table of golden digests (it is not JSON)"],
  ['{"version": 3}', "golden.json: version: is 3, this slabfuzz reads 1"],
  ['{"version": 1}', "golden.json: digests: is missing"],
  ['{"version": 1, "digests": {"a": "b"}}', "golden.json: digests.a: must be 16 hex digits"],
])("%s is refused", (text, message) => {
  expect(() => parseGolden(text, "golden.json")).toThrow(message);
});
