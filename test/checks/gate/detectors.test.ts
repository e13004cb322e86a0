// The table of what an option must catch, compared with the expectation. In many cases of a listed
// class a check must report the mistake, and reports it; in other classes this holds for few cases.
import { describe, expect, it } from "vitest";
import { mustCatch } from "../../../src/checks/gate/plan.ts";
import { CaseEngine } from "../../../src/slub/engine.ts";
import { bugsOn } from "../../../src/slub/gen/features.ts";
import { DEFAULT_SHAPE } from "../../../src/slub/gen/options.ts";
import { heapFor, parseCore } from "../../../src/slub/named_core.ts";
import { type BugName, INJECTED_BUGS } from "../../../src/target/bug_names.ts";

const CASES = 40;
const LETTERS = ["-", "F", "FZ", "FP", "FZPU"];
const KERNELS = [
  ["v6.1", "up"],
  ["v6.12", "up"],
  ["v3.10", "v310"],
  ["v7.3", "smp"],
] as const;
const heap = heapFor(parseCore("slub"));

function caughtOf(bug: BugName, profile: string, boot: string, slubDebug: string): number {
  const options = {
    ...DEFAULT_SHAPE,
    target: "slub",
    machine: { profile, boot, slubDebug },
    bugs: [bug],
    seed: 3n,
    opCountMax: 60,
  };
  const engine = new CaseEngine(options, { heap });
  let caught = 0;
  for (let number = 0; number < CASES; number++) {
    engine.run(number);
    const wasBound = engine.result?.judgement.expected !== undefined;
    if (wasBound && engine.verdict === "detected") caught++;
  }
  return caught;
}

describe.each(KERNELS)("the detectors on %s %s:", (profile, boot) => {
  it.each(LETTERS)("the table for %s agrees with the expectation", (letters) => {
    const listed = mustCatch(profile, letters);
    const shares = bugsOn(profile, INJECTED_BUGS).map((bug) => {
      return [bug, caughtOf(bug, profile, boot, letters) / CASES] as const;
    });
    const seldom = shares.filter(([bug, share]) => listed.includes(bug) && share < 0.1);
    const often = shares.filter(([bug, share]) => !listed.includes(bug) && share > 0.4);
    expect({ seldom, often }).toEqual({ seldom: [], often: [] });
  });
});
