// A campaign of at most 20 000 cases finds each deliberate bug of the canary build, and the healthy
// core passes under the same options. Without such bugs a fuzzer without findings proves nothing.
import { describe, expect, it } from "vitest";
import { Planted } from "../src/abi.ts";
import { CaseEngine } from "../src/slub/engine.ts";
import { DEFAULT_SHAPE } from "../src/slub/gen/options.ts";
import { CANARY_NAMES, heapFor, parseCore } from "../src/slub/named_core.ts";
import { machineFor } from "../src/slub/program/boot.ts";
import { parseScript } from "../src/slub/program/text.ts";
import { judgeProgram } from "../src/slub/run/case.ts";
import { parseBugs } from "../src/target/bug_names.ts";
import type { MachineOverrides } from "../src/target/options.ts";
import { runBatch } from "../src/targets/batch.ts";

/** Where each bug shows: slub_debug and bug classes, and the first word of what is found. */
const CANARIES: Readonly<Record<string, readonly [debug: string, bugs: string, finds: RegExp]>> = {
  "inuse-not-decremented": ["-", "none", /slab-inuse|objects-in-use|wrong-|Wrong object count/],
  "free-pointer-not-written": ["-", "none", /slab-inuse|objects-in-use|wrong-/],
  "slab-freed-while-in-use": ["FZPU", "none", /./],
  "red-zone-one-byte-short": ["FZ", "off-by-one", /silent-check/],
  "poison-check-skips-last-byte": ["FP", "write-after-free", /silent-check/],
  "merge-ignores-alignment": ["-", "none", /misaligned/],
  "alloc-leaves-object-free": ["-", "none", /overlap|live-on-freelist/],
  "zeroing-one-word-short": ["-", "none", /not-zeroed/],
  "double-free-checks-head-only": ["F", "double-free-interleaved", /silent-check/],
  "empty-slab-lost": ["-", "none", /lost-page|objects-in-use|wrong-|failed-operation/],
  "poison-one-byte-long": ["P", "none", /unexpected-report/],
  "one-object-too-many": ["-", "none", /./],
  "left-red-zone-unchecked": ["FZ", "overflow-left", /silent-check/],
  "constructor-skips-last-object": ["-", "none", /not-constructed/],
  "third-name-traps": ["-", "none", /trap/],
};

/** The same of bugs of what only 7.3 has, on a machine with several CPUs. */
const SHEAF_CANARIES: typeof CANARIES = {
  "spare-not-swapped": ["-", "none", /sheaf-limits/],
  "flush-loses-an-object": ["-", "none", /objects-in-use/],
  "capacity-one-too-many": ["-", "none", /sheaf-limits|page fault/],
  "free-on-cpu-1-goes-to-cpu-0": ["-", "none", /sheaf-limits|page fault/],
  "refill-from-bad-slab": ["-", "none", /hang|unexpected-report|kernel BUG/],
};

/** Bugs that need more frees in a row than campaigns make, and programs that make them. */
const SCRIPTED: Readonly<Record<string, readonly [script: string, finds: RegExp]>> = {
  // 60 objects fill 15 sheaves of 4: main, spare, and more than the barn takes.
  "barn-limit-ignored": ["cache c 4096 0 -\nallocn c 60 p\nfreen c 60 p\n", /sheaf-limits/],
};

/** Bugs that never end, so that they need a watchdog: see test/deep/lost_case.deep.ts. */
const ENDLESS: readonly string[] = ["merge-walk-stands-still"];

const BATCH = 500;
const CASES_MAX = 20_000;
const ALARMS: readonly string[] = ["invariant", "misattributed"];

/** The findings that make a campaign fail. */
function alarmsOf(
  target: string,
  debug: string,
  bugs: string,
  casesMax: number,
  machine: MachineOverrides = { profile: "v6.1" },
): string[] {
  const engine = new CaseEngine({
    ...DEFAULT_SHAPE,
    target,
    machine: { ...machine, slubDebug: debug },
    bugs: parseBugs(bugs),
    seed: 1n,
    opCountMax: 100,
  });
  for (let first = 0; first < casesMax; first += BATCH) {
    const { findings } = runBatch(engine, { first, count: BATCH }).tally;
    const alarms = findings.filter(({ verdict }) => ALARMS.includes(verdict));
    if (alarms.length > 0) return alarms.map(({ signature }) => signature.text);
  }
  return [];
}

describe("the options of canaries", () => {
  it("cover every canary, and at least ten of them", () => {
    const listed = [CANARIES, SHEAF_CANARIES, SCRIPTED].flatMap((table) => Object.keys(table));
    expect([...listed, ...ENDLESS].sort()).toEqual([...CANARY_NAMES].sort());
    expect(Object.keys(Planted).filter((key) => Number.isNaN(Number(key))).length).toBe(
      CANARY_NAMES.length + 1,
    );
    expect(CANARY_NAMES.length).toBeGreaterThanOrEqual(10);
  });
});

describe.each(Object.entries(CANARIES))("the canary %s", (name, [debug, bugs, finds]) => {
  it("is found", () => {
    const alarms = alarmsOf(`canary:${name}`, debug, bugs, CASES_MAX);
    expect(alarms.length).toBeGreaterThan(0);
    expect(alarms.join("\n")).toMatch(finds);
  });

  it("shows a mistake that the healthy core does not show", () => {
    expect(alarmsOf("slub", debug, bugs, 2 * BATCH)).toEqual([]);
  });
});

describe.each(Object.entries(SHEAF_CANARIES))(
  "the canary %s of 7.3",
  (name, [debug, bugs, finds]) => {
    const machine = { profile: "v7.3", boot: "smp" };

    it("is found", () => {
      const alarms = alarmsOf(`canary:${name}`, debug, bugs, CASES_MAX, machine);
      expect(alarms.length).toBeGreaterThan(0);
      expect(alarms.join("\n")).toMatch(finds);
    });

    it("shows a mistake that the healthy core does not show", () => {
      expect(alarmsOf("slub", debug, bugs, 2 * BATCH, machine)).toEqual([]);
    });
  },
);

describe.each(Object.entries(SCRIPTED))("the canary %s of a script", (name, [script, finds]) => {
  const signatureOn = (target: string): string => {
    const program = parseScript(script, "x.slab");
    const machine = machineFor(program, { profile: "v7.3" });
    return judgeProgram(program, machine, heapFor(parseCore(target))).signature;
  };

  it("is found, and the healthy core keeps all rules", () => {
    expect(signatureOn(`canary:${name}`)).toMatch(finds);
    expect(signatureOn("slub")).not.toMatch(/invariant/);
  });
});

describe("a clean campaign", () => {
  const options = ["v6.1", "v3.10", "v7.3"].flatMap((profile) =>
    ["-", "FZPU"].map((debug) => [profile, debug] as const),
  );

  it.each(options)("finds no bug on %s under %s", (profile, slubDebug) => {
    const engine = new CaseEngine({
      ...DEFAULT_SHAPE,
      target: "slub",
      machine: { profile, slubDebug },
      bugs: ["none"],
      seed: 2n,
      opCountMax: 100,
    });
    const { findings, cases } = runBatch(engine, { first: 0, count: 3000 }).tally;
    expect([findings, cases]).toEqual([[], 3000]);
  });
});
