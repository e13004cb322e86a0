// The list of equivalent mutants gives its reasons.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("each listed mutant has a reason", () => {
  const { groups } = JSON.parse(readFileSync("slabfuzz.mutants.json", "utf8"));
  expect(groups.length).toBeGreaterThan(0);
  expect(groups.every(({ reason }: { reason: string }) => reason.length > 20)).toBe(true);
});
