import { describe, it } from "vitest";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { Generator } from "../../../src/slub/gen/generate.ts";
import {
  type GenerateRequest,
  generateOptionsFor,
  WORKLOAD_NAMES,
} from "../../../src/slub/gen/options.ts";
import type { Shadow } from "../../../src/slub/oracle/shadow.ts";
import { resolveMachine } from "../../../src/slub/program/boot.ts";
import type { Machine } from "../../../src/slub/program/machine.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import type { MachineOverrides } from "../../../src/target/options.ts";
import { COMMON_BUGS } from "../../helper/judge.ts";
import { expectSame } from "../../helper/same.ts";

const KERNELS: readonly MachineOverrides[] = [
  { profile: "v3.10", boot: "v310" },
  { profile: "v6.1", boot: "updl" },
  { profile: "v6.1", boot: "smp" },
  { profile: "v6.12", boot: "up" },
  { profile: "v6.12", boot: "smph" },
];
const LETTERS = ["-", "F", "Z", "P", "FZ", "FZP", "FZPU", "FZ,kmalloc-64;U,c*"];
const CASES = 20;

function judgeOn(machine: Machine): Judge {
  const heap = new SlabHeap();
  heap.configure(machine);
  return new Judge(heap);
}

/** What the shadow knows of every object, slab and cache at the end of a case. */
function knowledgeOf({ objects, slabs, caches, op }: Shadow): unknown {
  const each = <T>(count: number, of: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => of(index));
  return {
    op,
    objects: each(objects.count, (id) => [
      objects.at(id),
      objects.cell(id),
      objects.asked(id),
      objects.bornAt(id),
      objects.diedAt(id),
      objects.writes.writerAt(id, 0),
    ]),
    slabs: each(slabs.count, (slab) => [slabs.base(slab), slabs.live(slab), slabs.isGone(slab)]),
    caches: each(caches.end, (cache) => [
      caches.live(cache),
      caches.lastFreed(cache),
      caches.isShrunk(cache),
    ]),
  };
}

/** Judges programs the short way and the long way. */
function expectSameBothWays(overrides: MachineOverrides, request: GenerateRequest): void {
  const machine = resolveMachine({ comments: [] }, overrides);
  const generator = new Generator(generateOptionsFor(machine, request));
  const short = judgeOn(machine);
  const long = judgeOn(machine);
  long.shadow.isThorough = true;
  for (let number = 0; number < CASES; number++) {
    const image = generator.generate(number);
    const result = short.run(image, generator.marks, generator.census);
    expectSame(result, long.run(image, generator.marks, generator.census));
    expectSame(knowledgeOf(short.shadow), knowledgeOf(long.shadow));
  }
}

describe.each(KERNELS)("a plain operation on $profile $boot", (kernel) => {
  it.each(LETTERS)("has the same effect the short way and the long way with %s", (slubDebug) => {
    const seed = { high: 4, low: 2 };
    const workload = WORKLOAD_NAMES;
    expectSameBothWays({ ...kernel, slubDebug }, { seed, workload, bugs: ["none"] });
    expectSameBothWays({ ...kernel, slubDebug }, { seed, workload, bugsPerCase: 2 });
  });
});

it.each(COMMON_BUGS)(
  "a program with %s is judged the same the short way and the long way",
  (bug) => {
    const seed = { high: 0, low: 9 };
    expectSameBothWays({ boot: "up", slubDebug: "FZPU" }, { seed, bugs: [bug] });
  },
);
