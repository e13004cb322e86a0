// Every golden set of programs is asked, by itself and by a gate that need not be quick.
import { expect, it } from "vitest";
import { readTextFile } from "../../src/base/whole_file.ts";
import { runGate } from "../../src/checks/gate/gate.ts";
import {
  goldenDifferences,
  goldenDigests,
  ownGoldenPath,
  parseGolden,
} from "../../src/checks/gate/golden.ts";
import { parseCore } from "../../src/slub/named_core.ts";

it("the core gives all stored answers", () => {
  const stored = parseGolden(readTextFile(ownGoldenPath()), "golden.json");
  const now = goldenDigests(parseCore("slub"));
  expect(goldenDifferences(stored, now)).toEqual([]);
  expect([...now.keys()]).toEqual([...stored.keys()]);
});

it("a gate that need not be quick asks every golden set, on two workers", async () => {
  const digests = goldenDigests(parseCore("slub"));
  const golden = { path: "known.json", digests };
  const { findings, sections } = await runGate({ sections: ["golden"], golden, jobs: 2 });
  expect(findings).toEqual([]);
  expect(sections[0].checks.map(({ name }) => name)).toEqual([...digests.keys()]);
});
