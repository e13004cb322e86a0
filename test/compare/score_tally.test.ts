// What a scorecard counts of a case.
import { describe, expect, it } from "vitest";
import { latencyOf, ScoreTally, scoreOutcomeOf } from "../../src/compare/score/score_tally.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { CaseEngine } from "../../src/slub/engine.ts";
import { DEFAULT_SHAPE } from "../../src/slub/gen/options.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { encode } from "../../src/slub/program/encode.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { Judge } from "../../src/slub/run/judge.ts";

const heap = new SlabHeap();

function judged(script: string, slubDebug: string) {
  const program = parseScript(script, "x.slab");
  const machine = machineFor(program, { slubDebug });
  heap.configure(machine);
  return new Judge(heap).run(encode(program, machine)).judgement;
}

const OVERFLOW = "cache c 64 0 -\nalloc c a\nwrite a 64 41\nalloc c b\nfree c b\nfree c a\n";

describe("the latency of a report", () => {
  it("counts operations from the damage to the report about it", () => {
    const judgement = judged(OVERFLOW, "FZ");
    expect(judgement.verdict).toBe("detected");
    // The write is operation 2, the free that looks at the red zone operation 5.
    expect(latencyOf(judgement)).toBe(5 - 2);
  });

  it("is absent where the case has no report", () => {
    expect(latencyOf(judged(OVERFLOW, "-"))).toBeUndefined();
  });
});

describe("the outcome of a case", () => {
  it("is the verdict where a check could see the damage", () => {
    expect(scoreOutcomeOf(judged(OVERFLOW, "FZ"))).toBe("detected");
    expect(scoreOutcomeOf(judged(OVERFLOW, "-"))).toBe("blind");
  });

  it("is not applicable where the byte already had its value", () => {
    // A red zone of a live object is filled with cc.
    const same = OVERFLOW.replace("64 41", "64 cc");
    expect(judged(same, "FZ").verdict).toBe("blind");
    expect(scoreOutcomeOf(judged(same, "FZ"))).toBe("not applicable");
  });

  it("is not applicable where no mistake was made", () => {
    expect(scoreOutcomeOf(judged(OVERFLOW.replace("a 64", "a 63"), "FZ"))).toBe("not applicable");
  });

  it("is blind for a read: it was done, and no check can see it", () => {
    const read = "cache c 64 0 -\nalloc c a\nfill a 0 64 00\nread a 64 1\nfree c a\n";
    expect(scoreOutcomeOf(judged(read, "FZPU"))).toBe("blind");
  });

  it("counts against the allocator where the case has no result", () => {
    expect(scoreOutcomeOf(undefined)).toBe("invariant");
  });
});

describe("a sum of tallies", () => {
  const shape = { ...DEFAULT_SHAPE, seed: 3n, opCountMax: 30 };
  const machine = { profile: "v6.1", slubDebug: "FZP" };

  it("is the same in any order", () => {
    const engine = new CaseEngine({ ...shape, target: "slub", machine }, { heap });
    const parts = [0, 10, 20].map((first) => {
      const tally = new ScoreTally();
      for (let i = first; i < first + 10; i++) {
        engine.run(i);
        tally.add(engine, i);
      }
      return tally.data;
    });
    const sums = [parts, [...parts].reverse()].map((order) => {
      const tally = new ScoreTally();
      for (const part of order) tally.merge(part);
      return tally.data;
    });
    expect(sums[0]).toEqual(sums[1]);
    expect(sums[0].cases).toBe(30);
    const counted = Object.values(sums[0].outcomes).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(30);
    const agreed = Object.values(sums[0].agreements).reduce((sum, count) => sum + count, 0);
    expect(agreed).toBe(30);
  });

  it("includes reports about benign twins, which a healthy core never makes", {
    timeout: 60_000,
  }, () => {
    const counts = ["slub", "canary:poison-one-byte-long"].map((target) => {
      // Its poison reaches one byte too far, where nothing but P is in force.
      const poison = { ...machine, slubDebug: "P" };
      const engine = new CaseEngine({ ...shape, target, machine: poison, twins: true });
      const tally = new ScoreTally();
      for (let i = 0; i < 400; i++) {
        engine.run(i);
        tally.addTwin(engine, i);
      }
      expect(tally.twins).toBe(400);
      return tally.falseReports;
    });
    expect(counts[0]).toBe(0);
    expect(counts[1]).toBeGreaterThan(0);
  });
});
