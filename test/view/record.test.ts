// A program as a trace: what is told of each operation, and what differs between belief and truth.
import { describe, expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import { readTextFile } from "../../src/base/whole_file.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { Generator } from "../../src/slub/gen/generate.ts";
import { generateOptionsFor } from "../../src/slub/gen/options.ts";
import { decode } from "../../src/slub/program/decode.ts";
import { judgeProgram } from "../../src/slub/run/case.ts";
import type {
  BlockBelief,
  CacheView,
  CellTruth,
  SheavesView,
  StrayObject,
} from "../../src/view/trace.ts";
import { generatorFor, machineOf } from "../helper/judge.ts";
import { differencesAt, traceOfProgram, traceOfScript, untold, valueAt } from "./traced.ts";

const SEED = readTextFile(packagePath("examples/seed.slab"));

describe("the trace of the crash that slabfuzz began with", () => {
  const trace = traceOfScript(SEED);

  it("names the bytes of op 8, their owners and what they point at", () => {
    expect(trace.ops[8].says).toMatch(
      /padding of its own object 8 and 8 bytes of the free pointer of free object 9, .*XXXTBL/,
    );
    const told = trace.damages.map(({ op, length, region, cell }) => [op, length, region, cell]);
    expect(told).toEqual([
      [8, 8, "padding", 8],
      [8, 8, "free-pointer", 9],
    ]);
  });

  it("shows the free list leaving the slab from op 8 on, and at op 9 from its head on", () => {
    const block = trace.blocks.findIndex(({ kind }) => kind === "slab");
    const chainAt = (op: number) =>
      (valueAt(trace, op, `b${block}`) as BlockBelief | undefined)?.cpuChain;
    expect(chainAt(7)?.end).toBe("null");
    expect(chainAt(8)).toEqual({ at: [9], end: "bad", to: "XXXTBL+0x18" });
    expect(chainAt(9)).toEqual({ at: [], end: "bad", to: "XXXTBL+0x18" });
    expect(differencesAt(trace, 7)).toEqual([]);
    expect(differencesAt(trace, 9)[0]).toMatch(/leaves the slab at its head: .* XXXTBL\+0x18$/);
    expect(valueAt(trace, 9, `o${block}.9`)).toEqual(["L", "A1", 312, 9] satisfies CellTruth);
  });

  it("shows the global that op 12 hands out as an object", () => {
    const [stray] = valueAt(trace, 12, "strays") as readonly StrayObject[];
    expect([stray.name, stray.place, stray.asked]).toEqual(["A2", "XXXTBL+0x18", 312]);
    const { kind } = trace.blocks[stray.block ?? -1];
    expect(kind).toBe("range");
    expect(valueAt(trace, 11, "strays")).toEqual([]);
  });

  it("knows where the mistake, the damage, the report and the crash are", () => {
    expect(trace.jumps).toEqual({ mistake: 8, damage: 8, report: 11, crash: 14 });
  });

  it("tells with debug letters that the same bytes fell on the object's own red zone", () => {
    const checked = traceOfScript(SEED, { slubDebug: "FZ" });
    expect(checked.ops[8].says).toMatch(/8 bytes of the right redzone of its own object 0/);
    expect(checked.damages[0].owner).toContain("B itself");
    expect(differencesAt(checked, 12)).toEqual([]);
    expect(checked.jumps.crash).toBeUndefined();
  });
});

describe("a trace", () => {
  it("has a sentence for every operation", () => {
    const trace = traceOfScript(SEED);
    expect(trace.ops.filter(({ says }) => !/^[a-z]+ /.test(says))).toEqual([]);
  });

  it("knows who wrote a byte last: the kernel its poison, the program its own bytes", () => {
    const trace = traceOfScript("cache c 64 0 -\nalloc c a\nwrite a 3 4142\n", { slubDebug: "P" });
    const role = (op: number) => trace.deltas[op].mem?.map((patch) => trace.roles[patch[3]]);
    expect(role(1)).toContain("poison");
    const [[, , hex]] = trace.deltas[2].mem ?? [];
    expect([hex, role(2)]).toEqual(["4142", ["program"]]);
  });

  it("finds an object that is free for the allocator and alive for the program", () => {
    const script =
      "cache c 64 0 -\nalloc c a\nalloc c b\nfree c a\nfree c b\nfree c a\nalloc c x\n";
    const told = differencesAt(traceOfScript(script), 6);
    expect(told).toContain("the free list of CPU 0 runs in a circle: it comes back to object 1");
    expect(told).toContain("object 0 is on a free list, but x lives there");
  });

  it("does not count what the running kernel has in its own caches as wrong", () => {
    const trace = traceOfScript("kmalloc 16 a\ncache c 64 0 -\nalloc c b\n");
    const caches = trace.deltas.flatMap(({ set = [] }) => set.filter(([key]) => key[0] === "c"));
    const last = new Map(
      caches.map(([, value]) => [(value as CacheView).name, value as CacheView]),
    );
    const kernels = last.get("kmalloc-16");
    expect([kernels?.isShared, kernels?.live]).toEqual([true, 1]);
    const own = last.get("c");
    expect([own?.isShared, own?.live, own?.believedLive]).toEqual([false, 1, 1]);
  });

  it("shows on 7.3 which objects wait in which sheaf, as the operation list does", () => {
    const script =
      "# profile: v7.3\n# boot: up\ncache c 2048 0 -\nallocn c 15 p\nfree c p0\nlist c\n";
    const trace = traceOfScript(script);
    const last = trace.ops.length - 1;
    const views = Array.from({ length: 40 }, (_, i) => valueAt(trace, last, `s${i}`));
    const { sheaves } = views.find((view) => view !== undefined) as SheavesView;
    const told = sheaves.map(({ place, size, capacity, objects }) => {
      const cells = objects.map((one) => (typeof one === "string" ? one : one[1]));
      return [place, `[${size}/${capacity}`, cells];
    });
    const [, listed = ""] = /cpu0-main:\[10\/12 ([^\]]*)\]/.exec(trace.ops[last].result) ?? [];
    const cells = listed.replace(/s\d+=/g, "").split(/[ ,]/).map(Number);
    // Two sheaves of 12 came, 15 objects went out, and one came back.
    expect(cells).toHaveLength(2 * 12 - 15 + 1);
    expect(told[0]).toEqual(["main of CPU 0", "[10/12", cells]);
    expect(differencesAt(trace, last)).toEqual([]);
  });

  it("tells on 7.3 that an object which was freed twice waits twice", () => {
    const script = "# profile: v7.3\n# boot: up\ncache c 2048 0 -\nalloc c p\nfree c p\nfree c p\n";
    expect(differencesAt(traceOfScript(script), 2)).toEqual([]);
    expect(differencesAt(traceOfScript(script), 3)).toEqual([
      expect.stringMatching(/^object \d+ waits 2 times in sheaves$/),
    ]);
  });

  it.each(["-", "FZPU"])("of a benign twin differs nowhere under %s", (slubDebug) => {
    const machine = machineOf({ slubDebug });
    const seed = { high: 0, low: 11 };
    const options = generateOptionsFor(machine, { seed, opCountMax: 60, twins: true });
    const generator = new Generator(options);
    for (let number = 0; number < 4; number++) {
      const program = decode(generator.generate(number), machine);
      const trace = traceOfProgram(program, machine);
      const wrong = trace.ops.flatMap((_, op) => differencesAt(trace, op));
      expect([number, wrong]).toEqual([number, []]);
    }
  });

  it("names the bytes, the owner and the operation that the record of a finding names", () => {
    const machine = machineOf({ slubDebug: "FZPU" });
    const generator = generatorFor(machine, undefined, 11);
    const heap = new SlabHeap();
    let damages = 0;
    for (let number = 0; number < 24; number++) {
      const program = decode(generator.generate(number), machine);
      const { damage } = judgeProgram(program, machine, heap);
      damages += damage.length;
      expect([number, untold(traceOfProgram(program, machine), damage)]).toEqual([number, []]);
    }
    expect(damages).toBeGreaterThan(10);
  });
});
