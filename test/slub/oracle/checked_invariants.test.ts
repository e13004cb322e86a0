import { describe, expect, it } from "vitest";
import { Planted } from "../../../src/abi.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import type { InvariantCadence } from "../../../src/slub/oracle/violation.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { generatorFor, machineOf } from "../../helper/judge.ts";

const CASES = 64;

/** In how many cases of a core with a planted bug the missing zeroes were noticed. */
function noticed(cadence: InvariantCadence): number {
  const machine = machineOf({ profile: "v6.1", slubDebug: "-" });
  const heap = new SlabHeap("canary");
  heap.configure(machine, Planted.ZEROING_ONE_WORD_SHORT);
  const judge = new Judge(heap, cadence);
  const generator = generatorFor(machine, ["none"]);
  let count = 0;
  for (let i = 0; i < CASES; i++) {
    judge.run(generator.generate(i), [], generator.census);
    if (judge.shadow.violations.some(({ invariant }) => invariant === "not-zeroed")) count++;
  }
  return count;
}

describe("a rule", () => {
  it("reports no case while it is switched off, and fewer cases when it is kept rarely", () => {
    const always = noticed({});
    const rarely = noticed({ "not-zeroed": 4 });
    expect(noticed({ "not-zeroed": 0 })).toBe(0);
    expect(rarely).toBeGreaterThan(0);
    expect(rarely).toBeLessThan(always);
  });
});
