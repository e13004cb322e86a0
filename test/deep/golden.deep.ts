// The golden section of a gate that need not be quick: every set of programs is asked.
import { expect, it } from "vitest";
import { runGate } from "../../src/checks/gate/gate.ts";
import { goldenDigests } from "../../src/checks/gate/golden.ts";
import { parseCore } from "../../src/slub/named_core.ts";

it("a gate that need not be quick asks every golden set, on two workers", async () => {
  const digests = goldenDigests(parseCore("slub"));
  const golden = { path: "known.json", digests };
  const { findings, sections } = await runGate({ sections: ["golden"], golden, jobs: 2 });
  expect(findings).toEqual([]);
  expect(sections[0].checks.map(({ name }) => name)).toEqual([...digests.keys()]);
});
