import { describe, expect, it } from "vitest";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { slotsMadeBy } from "../../src/slub/program/scope.ts";
import { printOp } from "../../src/slub/program/syntax.ts";
import { parseScript, printScript } from "../../src/slub/program/text.ts";
import { makeFair } from "./fair.ts";
import {
  BULK_MAX,
  CACHE_NAME_MAX,
  LINE_MAX,
  SLOT_NAME_MAX,
  WORDS_MAX,
  WRITE_BYTES_MAX,
} from "./limits.ts";
import { ANY_PROGRAM } from "./policies.ts";
import { ProgramMaker, renameCaches, type TestProgram, withoutKmalloc } from "./programs.ts";
import { machineOf, setupsOf } from "./setups.ts";
import type { Boot } from "./vm.ts";

const UP: Boot = { kernel: "v6.1", variant: "up", parameters: "" };
const SEED = { high: 0, low: 7 };
const heap = new SlabHeap();

function programsOf(boot: Boot, count: number, seed = SEED): readonly TestProgram[] {
  const maker = new ProgramMaker(ANY_PROGRAM, seed, boot, heap);
  return Array.from({ length: count }, (_, id) => maker.make(id));
}

function textOf({ program }: TestProgram): string {
  return printScript(program);
}

function fair(script: string, boot: Boot = UP) {
  const { program, outcome } = makeFair(parseScript(script, "x"), machineOf(boot), heap);
  return { lines: program.ops.map(printOp), outcome };
}

describe("the programs of a seed", () => {
  const programs = programsOf(UP, 60);

  it("are the same every time, in any order", () => {
    const maker = new ProgramMaker(ANY_PROGRAM, SEED, UP, heap);
    const backwards = Array.from({ length: 60 }, (_, i) => maker.make(59 - i)).reverse();
    expect(backwards.map(textOf)).toEqual(programs.map(textOf));
  });

  it("differ from those of another seed", () => {
    const others = programsOf(UP, 60, { high: 0, low: 8 });
    expect(others.filter((other, i) => textOf(other) === textOf(programs[i]))).toEqual([]);
  });

  it("come from the generator and from the dense writer", () => {
    const dense = programs.filter(({ origin }) => origin === "dense").length;
    expect(dense).toBeGreaterThan(25);
    expect(dense).toBeLessThan(55);
  });

  it("clean the memory before they make a cache", () => {
    for (const { program } of programs) {
      const words = program.ops.map(({ op }) => op);
      expect(words.indexOf("scrub")).toBeGreaterThanOrEqual(0);
      expect(words.indexOf("scrub")).toBeLessThan(words.indexOf("cache"));
    }
  });

  it("share no cache names with one another", () => {
    const names = programs.map(({ program }) => [
      ...new Set(program.ops.flatMap((op) => (op.op === "cache" ? [op.name] : []))),
    ]);
    expect(new Set(names.flat()).size).toBe(names.flat().length);
  });
});

it("a program for the kernels uses only what their driver supports", () => {
  const ops = setupsOf([UP]).flatMap((boot) =>
    programsOf(boot, 16).flatMap(({ program }) => program.ops),
  );
  for (const op of ops) {
    const line = printOp(op);
    expect(line.length).toBeLessThanOrEqual(LINE_MAX);
    expect(line.split(" ").length).toBeLessThanOrEqual(WORDS_MAX);
    for (const slot of slotsMadeBy(op)) expect(slot.length).toBeLessThanOrEqual(SLOT_NAME_MAX);
    if (op.op === "cache") expect(op.name.length).toBeLessThanOrEqual(CACHE_NAME_MAX);
    if (op.op === "bulkalloc") expect(op.count).toBeLessThanOrEqual(BULK_MAX);
    if (op.op === "write") expect(op.hex.length / 2).toBeLessThanOrEqual(WRITE_BYTES_MAX);
  }
});

it("a program for the kernels uses all that two machines agree on", () => {
  const setups = setupsOf([UP, { kernel: "v6.12", variant: "smph" }]);
  const used = new Set(
    setups
      .flatMap((boot) => programsOf(boot, 16).flatMap(({ program }) => program.ops))
      .map(({ op }) => op),
  );
  for (const word of ["bulkfree", "wfp", "wptr", "xor", "setoffset", "listdel", "shrink", "rfp"]) {
    expect(used).toContain(word);
  }
  for (const word of ["nextpfn", "region", "cpu", "geomtsv"]) expect(used).not.toContain(word);
});

it("each build gets each set of parameters once", () => {
  const builds = [
    { kernel: "v6.1", variant: "up" },
    { kernel: "v6.12", variant: "smp" },
  ] as const;
  const setups = setupsOf(builds);
  expect(setups).toHaveLength(12);
  expect(new Set(setups.map((setup) => JSON.stringify(setup))).size).toBe(12);
});

describe("a fair program", () => {
  it("keeps an overflow inside its slab and loses one that leaves it", () => {
    const script = "cache c 64 0 -\nalloc c s\nfill s 60 8 41\nfill s -8 8 41\nfill s 4090 8 41\n";
    expect(fair(script).lines).toEqual(["cache c 64 0 -", "alloc c s", "fill s 60 8 41"]);
  });

  it("ends with the operation that kills the machine", () => {
    const { lines, outcome } = fair("cache c 64 0 -\nfree c null\ncache d 64 0 -\n");
    expect(lines).toEqual(["cache c 64 0 -", "free c null"]);
    expect(outcome).toBe("crash");
  });

  it("overwrites a pointer into memory at its ends, but not in its middle", () => {
    const start = "cache c 64 0 -\nalloc c s\nalloc c t\nfree c s\n";
    const split = fair(`${start}write s 33 4141\n`);
    const low = fair(`${start}write s 32 41\n`);
    const whole = fair(`${start}write s 32 4141414141414141\n`);
    expect(split.lines.at(-1)).toBe("free c s");
    expect(low.lines.at(-1)).toBe("free c s");
    expect(whole.lines.at(-1)).toBe("write s 32 4141414141414141");
    expect(fair(`${start}write s 32 40\n`).lines.at(-1)).toBe("write s 32 40");
  });

  it("leaves out writes that kill where a kernel has its code or its data", () => {
    const start = "cache c 2 32 ZU\nalloc c s\nfree c s\n";
    const boot: Boot = { kernel: "v6.12", variant: "updl", parameters: "" };
    const astray = fair(`${start}xor s fp 08\nxor s fp 80\nbulkalloc c 7 n\n`, boot);
    expect(astray).toMatchObject({ outcome: "done" });
    expect(astray.lines.at(-1)).toBe("xor s fp 80");
    expect(fair(`${start}bulkalloc c 7 n\n`, boot).lines.at(-1)).toBe("bulkalloc c 7 n");
  });

  it("does not use a slot whose slab was given back", () => {
    const script = "cache c 64 0 -\nalloc c s\nfree c s\nshrink c\nread s 0 8\nfree c s\n";
    expect(fair(script).lines.slice(-2)).toEqual(["shrink c", "scrub"]);
  });

  it("does not shrink a cache with a slab that is twice on its list", () => {
    const frees = ["p16", "p15", "p13", "p5", "p4", "b2", "b1"].map((slot) => `free c ${slot}`);
    const script = [
      ...["cache c 4868 32 K", "alloc c p0", "bulkalloc c 3 b", "free c b0", "free c p0"],
      ...["alloc c p4", "alloc c p5", "free c b2+952"],
      ...["alloc c p6", "alloc c p7", "alloc c p8", "alloc c p9", "free c p8"],
      ...["alloc c p10", "alloc c p11", "alloc c p12", "alloc c p13", "free c p6"],
      ...["alloc c p14", "free c p7", "alloc c p15", "alloc c p16", "validate c"],
      ...[...frees, "list c", "shrink c", "destroy c"],
    ].join("\n");
    const boot: Boot = { kernel: "v6.12", variant: "smp", parameters: "slub_debug=P" };
    expect(fair(script, boot).lines.at(-1)).toBe("list c");
    const harmless = script.replace("free c b2+952", "state c");
    expect(fair(harmless, boot).lines).toContain("shrink c");
  });

  it("does not destroy a cache with a free list that leads out of its slab", () => {
    const script = "cache a 48 0 -\ncache b 700 0 -\nalloc a p\nalloc b q\nfree a p\n";
    const ending = "alloc a r\ndestroy a\n";
    expect(fair(`${script}wfp a p q\n${ending}`).lines.at(-1)).toBe("alloc a r");
    expect(fair(`${script}${ending}`).lines).toContain("destroy a");
  });

  it("changes an encoded free pointer only as a whole", () => {
    const script =
      "cache c 64 0 -\nalloc c s\nfree c s\nwrite s 32 00\nwrite s 32 4141414141414141\n";
    const hardened: Boot = { ...UP, variant: "smph" };
    expect(fair(script, hardened).lines).toEqual([
      "cache c 64 0 -",
      "alloc c s",
      "free c s",
      "write s 32 4141414141414141",
    ]);
  });
});

it("a renamed cache has its new name everywhere, and is renamed only once", () => {
  const program = parseScript("cache a 64 0 -\nalloc a s\nfree a s\n", "x");
  const twice = renameCaches(renameCaches(program, "1"), "2");
  expect(twice.ops.map(printOp)).toEqual(["cache a_2 64 0 -", "alloc a_2 s", "free a_2 s"]);
});

it("a program without kmalloc also loses all operations that use kmalloc memory", () => {
  const script = "cache a 64 0 -\nkmalloc 50 k\nalloc a s\nfill k 0 8 41\nwptr s 0 k\nkfree k\n";
  const { ops } = parseScript(script, "x");
  expect(withoutKmalloc(ops).map(printOp)).toEqual(["cache a 64 0 -", "alloc a s"]);
});
