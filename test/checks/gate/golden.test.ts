// The golden programs: the shipped core gives the stored answers, and every canary gives others.
import { describe, expect, it } from "vitest";
import { readTextFile } from "../../../src/base/whole_file.ts";
import { type CostBaseline, parseCostBaseline } from "../../../src/checks/cost/baseline.ts";
import { runGate } from "../../../src/checks/gate/gate.ts";
import {
  GoldenAsker,
  goldenSets,
  goldenText,
  ownGoldenPath,
  parseGolden,
} from "../../../src/checks/gate/golden.ts";
import { CANARY_NAMES, parseCore } from "../../../src/slub/named_core.ts";

const stored = parseGolden(readTextFile(ownGoldenPath()), "golden.json");

// test/deep/golden.deep.ts asks all of them.
it("the core gives the stored answers to one set of programs in five", () => {
  const asker = new GoldenAsker(parseCore("slub"));
  const asked = goldenSets().filter((_, i) => i % 5 === 2);
  expect(asked.filter((set) => asker.ask(set) !== stored.get(set.name))).toEqual([]);
  expect(goldenSets().map(({ name }) => name)).toEqual([...stored.keys()]);
  expect(parseGolden(goldenText(stored), "x")).toEqual(stored);
});

const SOME = ["red-zone-one-byte-short", "merge-ignores-alignment", "third-name-traps"];

describe.each(SOME)("the target canary:%s", (name) => {
  it("gives other answers to some set of programs", () => {
    expect(CANARY_NAMES).toContain(name);
    const asker = new GoldenAsker(parseCore(`canary:${name}`));
    const differs = goldenSets().find((set) => asker.ask(set) !== stored.get(set.name));
    expect(differs).toBeDefined();
  });
});

describe("a damaged file of digests", () => {
  const cut = (count: number) => new Map([...stored].slice(0, count));
  const golden = (digests: ReadonlyMap<string, string>) => ({ path: "known.json", digests });

  it.each([1, 271, stored.size - 1])(
    "is refused with %i of its digests, in one sentence",
    async (count) => {
      const lost = stored.size - count;
      const message = `known.json: lacks ${lost} of ${stored.size} entries, such as "`;
      await expect(runGate({ golden: golden(cut(count)), sections: [] })).rejects.toThrow(message);
    },
  );

  it("is refused with unknown programs", async () => {
    const more = new Map([...stored, ["v9.9 up -", "0123456789abcdef"]]);
    await expect(runGate({ golden: golden(more), sections: [] })).rejects.toThrow(
      "known.json: has 1 entry too many",
    );
  });

  it("is read to the same digests, in whatever order its lines stand", async () => {
    const turned = new Map([...stored].reverse());
    await expect(runGate({ golden: golden(turned), sections: [] })).resolves.toBeDefined();
  });
});

it("a cost baseline that has lost a row is refused in one sentence", async () => {
  const baseline = parseCostBaseline(readTextFile("golden/cost.json"), "x");
  const cost = (found: CostBaseline) => ({ path: "c.json", baseline: found, tolerance: 0 });
  const lost = new Map([...baseline].slice(1));
  await expect(runGate({ cost: cost(lost), sections: [] })).rejects.toThrow(/^c\.json: lacks 1 of/);
  await expect(runGate({ cost: cost(baseline), sections: [] })).resolves.toBeDefined();
});

it.each([
  ["words", "golden.json: is no table of golden digests (it is not JSON)"],
  ['{"version": 3}', "golden.json: version: is 3, this slabfuzz reads 1"],
  ['{"version": 1}', "golden.json: digests: is missing"],
  ['{"version": 1, "digests": {"a": "b"}}', "golden.json: digests.a: must be 16 hex digits"],
])("the file %s is refused as a table of digests", (text, message) => {
  expect(() => parseGolden(text, "golden.json")).toThrow(message);
});
