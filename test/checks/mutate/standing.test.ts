// docs/mutation.md agrees with a run, and the run kills enough mutants.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { BEGIN, END, type Standing, standingPart } from "./standing_part.ts";

const standing: Standing = JSON.parse(readFileSync("test/checks/mutate/standing.json", "utf8"));
const page = readFileSync("docs/mutation.md", "utf8");
const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

it("docs/mutation.md agrees with the stored run (npx tsx test/checks/mutate/standing.ts)", () => {
  const part = page.slice(page.indexOf(BEGIN), page.indexOf(END) + END.length);
  expect(part).toBe(standingPart(standing));
});

it("the stored run kills at least 95 % of the unlisted mutants, and few mutants are listed", () => {
  const killed = total(Object.values(standing.killed));
  const { equivalent, survivors } = standing;
  expect(killed / (killed + survivors.length)).toBeGreaterThanOrEqual(0.95);
  expect(equivalent / (killed + survivors.length + equivalent)).toBeLessThanOrEqual(0.05);
});

it("each listed mutant has a reason", () => {
  const { groups } = JSON.parse(readFileSync("slabfuzz.mutants.json", "utf8"));
  expect(groups.every(({ reason }: { reason: string }) => reason.length > 20)).toBe(true);
  expect(groups.flatMap(({ mutants }: { mutants: string[] }) => mutants)).toHaveLength(
    standing.equivalent,
  );
});
