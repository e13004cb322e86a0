// A signature names a bug, not one example of the bug: one mistake has one signature in many
// programs and layouts, and different mistakes have different signatures.
import { describe, expect, it } from "vitest";
import { Prng } from "../../../src/base/prng.ts";
import { judgeScript } from "../../helper/judge.ts";

const SEEDS = 12;
const SIZES = [24, 64, 96, 200, 320, 1000];
/** One family of layouts: red zones on both sides, the free pointer in the middle or behind. */
const PROFILES = ["v6.1", "v6.12"] as const;

interface Bug {
  readonly letters: string;
  /** Lines that commit it on object `v` of `size` bytes, allocated, and let it show. */
  readonly lines: (size: number) => readonly string[];
}

const BUGS: Readonly<Record<string, Bug>> = {
  "off-by-one": { letters: "FZ", lines: (size) => [`write v ${size} 41`, "free c v"] },
  "off-by-one-nul": { letters: "FZ", lines: (size) => [`write v ${size} 00`, "free c v"] },
  "overflow-left": { letters: "FZ", lines: () => ["write v -2 4141", "free c v"] },
  "overflow-right": { letters: "FZ", lines: (size) => [`write v ${size} 4141`, "free c v"] },
  "double-free": { letters: "F", lines: () => ["free c v", "free c v"] },
  "double-free-interleaved": {
    letters: "F",
    lines: () => ["alloc c w", "free c v", "free c w", "free c v"],
  },
  "invalid-free-interior": { letters: "F", lines: () => ["free c v+8"] },
  "write-after-free": { letters: "FZP", lines: () => ["free c v", "write v 0 41", "validate c"] },
};

/** The mistake among other traffic, at some place in memory. */
function scriptOf({ letters, lines }: Bug, size: number, seed: number): string {
  const prng = new Prng({ high: 0, low: seed });
  const noise = Array.from({ length: prng.below(40) }, (_, i) => `alloc c n${i}`);
  const freed = noise.flatMap((_, i) => (prng.below(3) === 0 ? [`free c n${i}`] : []));
  const others = Array.from({ length: prng.below(8) }, (_, i) => `kmalloc ${8 << i} k${i}`);
  return [
    `# boot: up slub_debug=${letters}`,
    `# phys: 0x${(0x10000 + prng.below(0x10000)).toString(16)} 4096`,
    ...others,
    `cache c ${size} 0 -`,
    ...noise,
    ...freed,
    "alloc c v",
    "allocn c 4 beside", // a slab that is emptied meets another check
    ...lines(size),
  ].join("\n");
}

function signaturesOf(bug: Bug): string[] {
  const found = new Set<string>();
  for (const profile of PROFILES) {
    for (const size of SIZES) {
      for (let seed = 0; seed < SEEDS; seed++) {
        const { judgement, signature } = judgeScript(scriptOf(bug, size, seed), { profile });
        found.add(`${judgement.verdict} ${signature}`);
      }
    }
  }
  return [...found];
}

describe("a mistake", () => {
  it.each(Object.entries(BUGS))(
    "has one signature, whatever traffic, place, size and profile: %s",
    { timeout: 120_000 },
    (cause, bug) => {
      const signatures = signaturesOf(bug);
      expect(signatures).toEqual([signatures[0]]);
      expect(signatures[0].split(/[ |]/)[1]).toBe(cause);
      expect(signatures[0]).not.toMatch(/0x|ffff8|\d{3}/);
    },
  );
});

it("different mistakes have different signatures", () => {
  const all = Object.values(BUGS).map((bug) => judgeScript(scriptOf(bug, 64, 1)).signature);
  expect(new Set(all).size).toBe(Object.keys(BUGS).length);
});

it("the same mistake has another signature when it meets another check first", () => {
  const [crowded, alone] = ["alloc c b", ""].map((beside) => {
    const lines = ["# boot: up slub_debug=F", "cache c 64 0 -", "alloc c v", beside];
    return judgeScript([...lines, "free c v", "free c v"].join("\n")).signature;
  });
  expect(crowded).toContain("|Object already free at free");
  expect(alone).toContain("|Slab has fewer allocated objects than are to be freed at free");
});

it("the same mistake has another signature when no check can see it", () => {
  const [seen, unseen] = ["FZ", "-"].map((letters) => {
    return judgeScript(scriptOf({ ...BUGS["off-by-one"], letters }, 64, 1)).signature;
  });
  expect(seen).not.toBe(unseen);
});
