// A journal that is damaged at any of 200 places gives the same bytes when it is continued, or is
// refused in one sentence.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Prng } from "../../src/base/prng.ts";
import { damagedCopies } from "../helper/damage.ts";
import { resumedWith, type WholeCampaign, wholeCampaign } from "../helper/damaged_journal.ts";

const PLACES = 200;
let folder: string;
let whole: WholeCampaign;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-damage-"));
  whole = await wholeCampaign(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a damaged journal gives the same campaign, or is refused in one sentence", async () => {
  const prng = new Prng({ high: 0, low: 12 });
  let refused = 0;
  for (const { name, bytes } of damagedCopies(whole.journal, PLACES, prng)) {
    const outcome = await resumedWith(bytes, folder);
    if ("refusal" in outcome) {
      refused++;
      expect(outcome.refusal, name).toMatch(/^\S*campaign\.journal: [^\n]+$/);
    } else expect(outcome.summary, name).toBe(whole.summary);
  }
  console.log(`${PLACES} damaged journals: ${refused} refused, the others right`);
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(PLACES);
});
