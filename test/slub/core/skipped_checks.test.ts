// Checks whose answer is known are skipped (assembly/slab/pristine.ts), and lanes are taken
// (assembly/slab/lane.ts): programs must get the same answers as where every check is made. All
// kernels, variants and sets of letters, with every bug class; programs that go where generated
// ones do not; and a core with a hole in each rule, which must not get through.
// test/deep/skipped_checks.deep.ts plays more.
import { describe, expect, it } from "vitest";
import { Unguarded } from "../../../src/abi.ts";
import { goldenScripts } from "../../../src/checks/golden/player.ts";
import { CaseEngine } from "../../../src/slub/engine.ts";
import { DEFAULT_SHAPE } from "../../../src/slub/gen/options.ts";
import { heapFor } from "../../../src/slub/named_core.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { LogWriter } from "../../../src/slub/words/log.ts";
import { INJECTED_BUGS } from "../../../src/target/bug_names.ts";
import { brokenRule } from "../../../src/target/signature.ts";
import { playersOf } from "../../checks/golden/again.ts";
import {
  differencesAt,
  PLACES,
  type Place,
  playedBothWays,
  unguarded,
} from "../../helper/both_ways.ts";

const CASES = 3;

describe("a program with checks skipped", () => {
  it("gets the same answers at every place, whatever its mistake", () => {
    expect(PLACES.flatMap((place) => differencesAt(place, CASES))).toEqual([]);
  });

  it("gets the same answers where it is wild, or written by hand", () => {
    const scripts = goldenScripts().filter((_, i) => i % 4 === 0);
    const players = [...playersOf((number) => number % 100 === 2), ...scripts];
    expect(playedBothWays(players, 1)).toEqual([]);
  });
});

const AT_61: Place = { profile: "v6.1", boot: "up", letters: "ZPU" };
const AT_310: Place = { profile: "v3.10", letters: "FZPU" };
const PLAIN: Place = { profile: "v6.1", boot: "up", letters: "-" };

/** Where a hole in a rule shows, and in which of the first cases. */
const HOLES: Readonly<Record<string, readonly [place: Place, first: number]>> = {
  WFP: [AT_61, 17],
  BULK_FREE: [AT_310, 97],
  WRONG_CACHE_FREE: [AT_61, 20],
  LANE_ALLOC_WITHOUT_TRACK: [AT_61, 0],
  LANE_FREE_WITHOUT_COUNT: [AT_61, 0],
  PLAIN_FREE_WITHOUT_COUNT: [PLAIN, 0],
};

/** The same for what no generated program does. */
const HOLES_OF_SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  SET_OFFSET: [
    "# profile: v6.1",
    "# boot: up slub_debug=FZPU",
    "cache c 64 0 -",
    "alloc c a",
    "alloc c b",
    "setoffset c 8",
    "free c a",
    "validate c",
  ],
  KSIZE: [
    "# profile: v6.12",
    "# boot: up slub_debug=FZPU",
    "kmalloc 24 a",
    "kmalloc 24 b",
    "ksize a+8",
    "kvalidate a",
  ],
};

/** What a script prints, its checks skipped or all made. */
function printed(lines: readonly string[], planted: Unguarded | undefined, isThorough: boolean) {
  const program = parseScript(lines.join("\n"), "hole.slab");
  const machine = machineFor(program);
  const heap = heapFor(unguarded(planted));
  heap.isThorough = isThorough;
  const writer = new LogWriter(machine);
  return [...replay(program, machine, { heap })].flatMap((step) => [...writer.lines(step)]);
}

describe("a core that skips a check wrongly", () => {
  it.each(Object.entries(HOLES))("is found: %s", (name, [place, first]) => {
    const core = unguarded(Unguarded[name as keyof typeof Unguarded]);
    expect(differencesAt(place, 40, core, first)).not.toEqual([]);
  });

  it.each(Object.entries(HOLES_OF_SCRIPTS))("is found by a script: %s", (name, lines) => {
    const hole = Unguarded[name as keyof typeof Unguarded];
    expect(printed(lines, hole, false)).not.toEqual(printed(lines, hole, true));
    expect(printed(lines, undefined, false)).toEqual(printed(lines, undefined, true));
  });

  it("is tried with each hole that there is", () => {
    const names = Object.keys(Unguarded).filter((key) => Number.isNaN(Number(key)));
    expect([...Object.keys(HOLES), ...Object.keys(HOLES_OF_SCRIPTS)].sort()).toEqual(names.sort());
  });
});

/** Bug classes of the first cases of a campaign that break the rule. */
function found(planted: Unguarded | undefined, every: number): readonly string[] {
  const target = unguarded(planted);
  const machine = { profile: "v6.1", boot: "up", slubDebug: "ZPU" };
  const shape = { ...DEFAULT_SHAPE, bugs: INJECTED_BUGS, opCountMax: 100 };
  const options = { ...shape, target: target.name, machine, seed: 11n };
  const engine = new CaseEngine({ ...options, invariants: { "skipped-check": every } }, { target });
  const classes: string[] = [];
  for (let number = 0; number < 120; number++) {
    engine.run(number);
    if (brokenRule(engine.signature) === "skipped-check") classes.push(engine.bug);
  }
  return classes;
}

describe("a campaign on a core that skips a check wrongly", () => {
  it("finds that a program runs otherwise with every check made", () => {
    expect(found(Unguarded.LANE_ALLOC_WITHOUT_TRACK, 16).length).toBeGreaterThan(0);
  });

  it("finds nothing where the rule is off, and nothing on the healthy core", () => {
    expect(found(Unguarded.LANE_ALLOC_WITHOUT_TRACK, 0)).toEqual([]);
    expect(found(undefined, 1)).toEqual([]);
  });
});
