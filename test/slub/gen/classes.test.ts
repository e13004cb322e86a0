// Each bug class commits its mistake, as the shadow sees it; its benign twin commits none.
import { describe, expect, it } from "vitest";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { bugsOn } from "../../../src/slub/gen/features.ts";
import { Generator } from "../../../src/slub/gen/generate.ts";
import { generateOptionsFor, type ProgramShape } from "../../../src/slub/gen/options.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { type BugName, INJECTED_BUGS } from "../../../src/target/bug_names.ts";
import type { MachineOverrides } from "../../../src/target/options.ts";
import { machineOf } from "../../helper/judge.ts";
import { partOf } from "../../helper/part_of.ts";

const MACHINES: readonly (readonly [string, MachineOverrides])[] = [
  ["6.1 with FZP", { profile: "v6.1", slubDebug: "FZP" }],
  ["6.1 without debugging", { profile: "v6.1", slubDebug: "-" }],
  ["6.12 with FZPU on four CPUs", { profile: "v6.12", boot: "smp", slubDebug: "FZPU" }],
  ["3.10 with Z", { boot: "v310", slubDebug: "Z" }],
  ["7.3 without debugging", { profile: "v7.3", slubDebug: "-" }],
  ["7.3 with FZPU on four CPUs", { profile: "v7.3", boot: "smp", slubDebug: "FZPU" }],
];

/** What a mistake of a class comes to where its cache has sheaves, or has none. */
const ALSO: Readonly<Partial<Record<BugName, readonly string[]>>> = {
  "double-free": ["double-free-in-sheaf", "bad-free-flushed"],
  "double-free-interleaved": ["double-free-in-sheaf", "bad-free-flushed"],
  "invalid-free-interior": ["bad-free-flushed"],
  "wrong-cache-free": ["wrong-cache-leak"],
  "double-free-in-sheaf": ["double-free", "double-free-interleaved"],
  "double-free-sheaf-and-slab": ["double-free"],
  "bad-free-flushed": ["double-free", "invalid-free-interior"],
  "sheaf-overwrite": ["write-after-free", "free-pointer-forge", "freelist-cycle"],
};

/** Whether the shadow saw the mistake of a class. */
function isCommitted(causes: readonly string[], bug: BugName, profile?: string): boolean {
  const names = profile === "v7.3" ? [bug, ...(ALSO[bug] ?? [])] : [bug];
  return names.some((name) => causes.includes(name));
}

const CASES = 40;
/** The place of an object, and the effect of a mistake, depend on chance in some cases. */
const NEARLY_ALL = 0.9 * CASES;

/** The shadow's view of the cases of a class: causes by case, and verdicts. */
function casesOf(overrides: MachineOverrides, bug: BugName, shape: Partial<ProgramShape> = {}) {
  const machine = machineOf(overrides);
  const heap = new SlabHeap();
  heap.configure(machine);
  const judge = new Judge(heap);
  const request = { seed: { high: 0, low: 5 }, opCountMax: 50, bugs: [bug], ...shape };
  const generator = new Generator(generateOptionsFor(machine, request));
  return Array.from({ length: CASES }, (_, i) => {
    const image = generator.generate(i);
    const { judgement } = judge.run(image, generator.marks, generator.census);
    const causes = judge.shadow.damages.map(({ cause }) => cause as string);
    return { verdict: judgement.verdict, causes, marks: generator.marks.length };
  });
}

describe.each(MACHINES)("the generator on %s:", (name, overrides) => {
  const all = bugsOn(machineOf(overrides).profile, INJECTED_BUGS);
  const number = MACHINES.findIndex(([other]) => other === name);
  const bugs = partOf(all, 2, number);

  it.each(bugs)("nearly all cases of %s commit that mistake", (bug) => {
    const hits = casesOf(overrides, bug).filter(({ causes }) =>
      isCommitted(causes, bug, overrides.profile),
    );
    expect(hits.length).toBeGreaterThanOrEqual(NEARLY_ALL);
  });

  it.each(bugs)("the benign twins of %s are clean, and have no mark", (bug) => {
    const twins = casesOf(overrides, bug, { twins: true });
    expect(twins.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    expect(twins.flatMap(({ causes }) => causes)).toEqual([]);
    expect(twins.reduce((sum, { marks }) => sum + marks, 0)).toBe(0);
  });

  it("a clean program has a clean verdict", () => {
    const cases = casesOf(overrides, "none");
    expect(cases.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
  });
});

describe("two mistakes in one case", () => {
  const overrides = { profile: "v6.1", slubDebug: "-" };
  const bugs: readonly BugName[] = ["write-after-reuse", "off-by-one"];

  it("are both committed in most cases", () => {
    const cases = casesOf(overrides, "none", { bugs, bugsPerCase: 2 });
    const both = cases.filter(({ causes }) => new Set(causes).size === 2);
    expect(both.length).toBeGreaterThan(CASES / 4);
    expect(cases.filter(({ marks }) => marks !== 2)).toEqual([]);
  });

  it("have twins, too", () => {
    const twins = casesOf(overrides, "none", { bugs: INJECTED_BUGS, bugsPerCase: 2, twins: true });
    expect(twins.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
  });
});

describe("the generator on 7.3 without debug options:", () => {
  const overrides = { profile: "v7.3", slubDebug: "-" };
  const NEW = INJECTED_BUGS.filter((bug) => bugsOn("v6.1", [bug]).length === 0);

  it.each(NEW)("a case of %s is nearly always called just that", (bug) => {
    const hits = casesOf(overrides, bug).filter(({ causes }) => causes.includes(bug));
    expect(hits.length).toBeGreaterThanOrEqual(NEARLY_ALL);
  });

  it("it has six classes that no older kernel has", () => {
    expect(NEW.length).toBe(6);
  });

  it("it makes no bad free that a flush brings to light in time", () => {
    const verdicts = casesOf(overrides, "bad-free-flushed").map(({ verdict }) => verdict);
    expect(verdicts).not.toContain("detected");
    expect(verdicts).toContain("late");
  });
});
