// The list of equivalent mutants explains itself.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("every mutant that is listed has a reason", () => {
  const { groups } = JSON.parse(readFileSync("slabfuzz.mutants.json", "utf8"));
  expect(groups.length).toBeGreaterThan(0);
  expect(groups.every(({ reason }: { reason: string }) => reason.length > 20)).toBe(true);
});
