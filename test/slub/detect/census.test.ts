// The census passes on the healthy core after any clean program, and reports each planted bug of
// its kind.
import { describe, expect, it } from "vitest";
import { Planted } from "../../../src/abi.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { comparePages, takeCensus } from "../../../src/slub/detect/census.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { generatorFor, machineOf } from "../../helper/judge.ts";

const CASES = 120;

/** What a census in the middle of clean programs finds, by name. */
function censusOf(boot: string, planted: Planted): Set<string> {
  const machine = machineOf({ boot, slubDebug: "-" });
  const heap = new SlabHeap(planted === Planted.NONE ? "release" : "canary");
  heap.configure(machine, planted);
  const judge = new Judge(heap);
  const generator = generatorFor(machine, ["none"]);
  const found = new Set<string>();
  for (let i = 0; i < CASES; i++) {
    judge.run(generator.generate(i), [], generator.census);
    for (const { invariant } of judge.shadow.violations) found.add(invariant);
  }
  return found;
}

describe("a census", () => {
  it.each(["up", "smp", "smph", "v310", "v310nm"])("finds no fault on a healthy %s", (boot) => {
    expect(censusOf(boot, Planted.NONE)).toEqual(new Set());
  });

  it("finds counters that disagree with the objects in use", () => {
    expect(censusOf("up", Planted.INUSE_NOT_DECREMENTED)).toContain("slab-inuse");
  });

  it("finds free objects that a chain has lost", () => {
    expect(censusOf("up", Planted.FREE_POINTER_NOT_WRITTEN)).toContain("objects-in-use");
  });

  it("finds an object that is both free and in use", () => {
    expect(censusOf("up", Planted.ALLOC_LEAVES_OBJECT_FREE)).toContain("live-on-freelist");
  });

  it("changes no byte of the heap", () => {
    const machine = machineOf({ profile: "v6.1" });
    const heap = new SlabHeap();
    heap.configure(machine);
    const judge = new Judge(heap);
    const generator = generatorFor(machine, ["none"]);
    const image = generator.generate(1);
    const counted = judge.run(image, [], generator.census).digestLow;
    expect(judge.run(image, []).digestLow).toBe(counted);
  });
});

describe("the count of pages", () => {
  it("is right when a program has ended, and wrong when a page is missing", () => {
    const machine = machineOf({ profile: "v6.1" });
    const heap = new SlabHeap();
    heap.configure(machine);
    const judge = new Judge(heap);
    const start = heap.core.pages_in_use();
    judge.run(generatorFor(machine, ["none"]).generate(2), []);
    expect(judge.shadow.violations).toEqual([]);
    comparePages(heap, judge.shadow, start + 1);
    expect(judge.shadow.violations.map(({ invariant }) => invariant)).toEqual(["lost-page"]);
  });
});

it("a census leaves damaged heaps alone", () => {
  const machine = machineOf({ profile: "v6.1" });
  const heap = new SlabHeap();
  heap.configure(machine);
  const judge = new Judge(heap);
  const generator = generatorFor(machine, ["double-free"]);
  judge.run(generator.generate(0), generator.marks);
  const before = judge.shadow.violations.length;
  takeCensus(heap, judge.shadow);
  expect(judge.shadow.violations.length).toBe(before);
});
