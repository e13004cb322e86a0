// failnth: page allocations that fail when a script says so, what the allocator answers then, and
// that the oracle takes such an answer for right.
import { describe, expect, it } from "vitest";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { CheckedInvariants } from "../../../src/slub/oracle/violation.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { judgeScript } from "../../helper/judge.ts";
import { logOf, resultsOf } from "../../helper/replayed.ts";

const PROFILES = ["v3.10", "v6.1", "v6.12"];
const BOOTS = ["", "slub_debug=FZPU"];
/** Slabs of 2 KiB objects have eight of them, or at least two. */
const CACHE = "cache c 2048 0 -\n";
/** A slab is asked for twice: at its best size, and at the smallest. */
const BOTH = "failnth 1\nfailnth 2\n";

function headOf(profile: string, boot = ""): string {
  const variant = profile === "v3.10" ? "v310" : "up";
  return `# boot: ${variant} ${boot}\n# profile: ${profile}\n`;
}

function expectQuiet(script: string): void {
  const { judgement, shadow } = judgeScript(script);
  expect([judgement.verdict, shadow.violations]).toEqual(["ok", []]);
}

describe.each(PROFILES)("a page allocation of %s that was told to fail", (profile) => {
  const head = headOf(profile);
  const stateOf = (ops: string) => resultsOf(`${head}${CACHE}${ops}state c\n`).at(-1);

  it("makes the allocator take a slab of the smallest size", () => {
    expect(stateOf("alloc c a\n")).toContain("slabs=1 objects=8");
    expect(stateOf("failnth 1\nalloc c a\n")).toContain("slabs=1 objects=2");
    expectQuiet(`${head}${CACHE}failnth 1\nalloc c a\nvalidate c\nfree c a\n`);
  });

  it("is the one that was named", () => {
    expect(stateOf("failnth 2\nallocn c 9 p\n")).toContain("slabs=2 objects=10");
    expect(stateOf("failnth 3\nallocn c 9 p\n")).toContain("slabs=2 objects=16");
  });

  it("is none behind failnth 0", () => {
    expect(stateOf("failnth 1\nfailnth 0\nalloc c a\n")).toContain("objects=8");
  });

  it("twice in a row makes alloc answer NULL, once, and say why", () => {
    const script = `${head}${CACHE}${BOTH}alloc c a\nalloc c b\n`;
    expect(resultsOf(script).slice(3)).toEqual(["null", expect.stringMatching(/^c\/s0 o0/)]);
    expect(logOf(script).join("\n")).toContain("SLUB: Unable to allocate memory on node");
    expectQuiet(script);
  });

  it("makes kmalloc of whole pages answer NULL", () => {
    const script = `${head}failnth 1\nkmalloc 100000 a\nkmalloc 100000 b\nkfree b\nkfree a\n`;
    expect(resultsOf(script).slice(1, 3)).toEqual(["null", "PAGES order=5"]);
    expectQuiet(script);
  });

  it("makes bulkalloc give back what it had", () => {
    const script = `${head}${CACHE}failnth 2\nfailnth 3\nbulkalloc c 20 p\nstate c\n`;
    expect(resultsOf(script).at(-2)).toMatch(/^ret=0/);
    expect(resultsOf(script).at(-1)).toContain("inuse=0");
    expectQuiet(script);
  });

  it("does not wait for the next program", () => {
    const machine = machineFor(parseScript(head, "x"));
    const imageOf = (ops: string) => encode(parseScript(`${head}${CACHE}${ops}`, "x"), machine);
    const digestBehind = (first: string) => {
      const heap = new SlabHeap();
      heap.configure(machine);
      const judge = new Judge(heap);
      judge.run(imageOf(first));
      const { digestHigh, digestLow } = judge.run(imageOf("alloc c a\n"));
      return [digestHigh, digestLow];
    };
    expect(digestBehind(BOTH)).toEqual(digestBehind("ctorcalls\n"));
  });

  describe.each(BOOTS)("under the options '%s'", (boot) => {
    it.each([
      "cache d 96 0 -\nalloc d x",
      "cache d 96 0 M\nallocn d 60 x",
      "allocn c 40 x",
      "bulkalloc c 40 x",
      "kmalloc 4000 x",
      "kmalloc 70000 x z",
      "krealloc k 8000 x",
      "krealloc k 70000 x\nkfree k",
      "freen c 20 p\nshrink c",
      "validate c",
      "freen c 20 p\ndestroy c",
    ])("is no finding: %s", (ops) => {
      const before = `${CACHE}allocn c 20 p\nkmalloc 100 k\n`;
      for (const nth of ["failnth 1\n", BOTH, `${BOTH}failnth 3\nfailnth 4\n`]) {
        expectQuiet(`${headOf(profile, boot)}${before}${nth}${ops}\n`);
      }
    });
  });
});

it("the rule that NULL needs a reason is kept in every program but those with failnth", () => {
  const checked = new CheckedInvariants();
  const keeps = (ops: string) => {
    const program = parseScript(`${CACHE}${ops}alloc c a\n`, "x");
    checked.begin(encode(program, machineFor(program)));
    return checked.includes("null-pointer");
  };
  expect([keeps(""), keeps("failnth 1\n"), keeps("scrub\n")]).toEqual([true, false, true]);
});

it("failnth names one of the next 64 allocations", () => {
  expect(parseScript("failnth 64\n", "x").ops).toEqual([{ op: "failnth", count: 64 }]);
  expect(() => parseScript("failnth 65\n", "x")).toThrow("x:1: 65 is more than 64");
});
