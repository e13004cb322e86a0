import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { verdictSetups } from "./setups.ts";
import { readVerdicts, recordVerdicts, VerdictTally } from "./verdict_tally.ts";
import type { VerdictPair } from "./verdicts.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-verdicts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [PLAIN, CHECKED] = verdictSetups([{ kernel: "v6.1", variant: "up" }]);

function pair(verdict: string, changes: Partial<VerdictPair> = {}): VerdictPair {
  const sentence = { verdict, signature: "a|b|c|d" };
  const said = { kernel: sentence, core: sentence, unread: [] };
  return { ...said, hasOtherAnswers: false, isRandom: false, ...changes };
}

function tallyOf(...pairs: readonly VerdictPair[]): VerdictTally {
  const tally = new VerdictTally(7);
  for (const one of pairs) tally.add(PLAIN, one);
  return tally;
}

describe("the counts of verdicts", () => {
  it("separate what is equal, what differs, and what depends on chance", () => {
    const other = { verdict: "blind", signature: "a|b|c|e" };
    const tally = tallyOf(
      pair("late"),
      pair("late", { kernel: other }),
      pair("oops", { isRandom: true, kernel: other }),
    );
    expect(tally.different).toBe(1);
    expect(tally.counts).toMatchObject([{ programs: 3, equal: 1, different: 1, random: 1 }]);
    expect(tally.counts[0].verdicts).toEqual({ late: 2, oops: 1 });
  });

  it("have a row for each kernel with its options, and a column for each verdict met", () => {
    const tally = tallyOf(pair("late"));
    tally.add(CHECKED, pair("detected"));
    const [head, plain, checked] = tally.report(2).split("\n");
    expect(head).toMatch(/differ +random +detected +late$/);
    expect(plain).toMatch(/^v6\.1 up slab_nomerge slub_debug=- +1 +1 +0 +0 +0 +1$/);
    expect(checked).toMatch(/^v6\.1 up slab_nomerge slub_debug=F +1 +1 +0 +0 +1 +0$/);
  });

  it("are recorded in one order, in whatever order they came", () => {
    const [one, other] = [join(folder, "one.json"), join(folder, "other.json")];
    recordVerdicts(tallyOf(pair("late"), pair("detected")).counts, one);
    recordVerdicts(tallyOf(pair("detected"), pair("late")).counts, other);
    expect(readFileSync(one, "utf8")).toBe(readFileSync(other, "utf8"));
  });

  it("replace earlier counts of the same kernel and options, and no others", () => {
    const file = join(folder, "again.json");
    const both = tallyOf(pair("late"));
    both.add(CHECKED, pair("late"));
    recordVerdicts(both.counts, file);
    recordVerdicts(tallyOf(pair("late"), pair("late")).counts, file);
    expect(readVerdicts(file).map(({ programs }) => programs)).toEqual([2, 1]);
  });

  it("are empty where no run was recorded", () => {
    expect(readVerdicts(join(folder, "nowhere.json"))).toEqual([]);
  });
});
