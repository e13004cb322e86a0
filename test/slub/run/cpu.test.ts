// `cpu N`: the CPU that runs the operations behind it has a cpu slab and a partial list of its own,
// and frees into another CPU's slab from outside.
import { describe, expect, it } from "vitest";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import type { ProfileName } from "../../../src/slub/program/op.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { transcriptOf } from "../../../src/slub/words/transcript.ts";

const heap = new SlabHeap();
const KERNELS = ["v3.10", "v6.1", "v6.12"] as const;
const BOOT = { "v3.10": "v310", "v6.1": "smp", "v6.12": "smp" } as const;
type Kernel = (typeof KERNELS)[number] & ProfileName;

const run = (kernel: Kernel, lines: readonly string[]) => {
  const header = `# boot: ${BOOT[kernel]}\n# cpus: 4\n`;
  const program = parseScript(`${header}${lines.join("\n")}\n`, "cpu.slab");
  const machine = machineFor(program, { profile: kernel });
  return transcriptOf(machine, replay(program, machine, { heap }));
};

/** Results of the operations from `first` on. */
const results = (kernel: Kernel, lines: readonly string[], first: number): string[] =>
  run(kernel, lines)
    .slice(first)
    .map(({ result }) => result);

/** 16 objects of 2048 bytes make a slab of order 3 on four CPUs. */
const CACHE = "cache c 2048 0 -";
const OTHERS = "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15";

describe.each(KERNELS)("the CPUs of %s:", (kernel) => {
  it("each CPU allocates from a slab of its own, and comes back to it", () => {
    const lines = [CACHE, "alloc c a", "cpu 3", "alloc c b", "cpu 0", "alloc c a2", "cpu 3"];
    expect(results(kernel, [...lines, "alloc c b2", "list c"], 1)).toEqual([
      "c/s0 o0 off=0 new",
      "ok",
      "c/s1 o0 off=0 new",
      "ok",
      "c/s0 o1 off=2048",
      "ok",
      "c/s1 o1 off=2048",
      "slabs=2 objects=32 inuse=4 nr_partial=0" +
        " cpu0: s0(16/16,frozen free=) lockless=2,3,4,5,6,7,8,9,10,11,12,13,14,15" +
        " cpu3: s1(16/16,frozen free=) lockless=2,3,4,5,6,7,8,9,10,11,12,13,14,15",
    ]);
  });

  it("a free from another CPU goes to the slab's own list, not to the lockless one", () => {
    const lines = [CACHE, "alloc c a", "cpu 1", "free c a", "list c"];
    expect(results(kernel, lines, 4)).toEqual([
      `slabs=1 objects=16 inuse=0 nr_partial=0 cpu0: s0(15/16,frozen free=0) lockless=${OTHERS}`,
    ]);
  });

  it("a CPU takes the objects that others freed when its lockless list is empty", () => {
    const lines = [CACHE, "allocn c 3 p", "cpu 1", "free c p0", "free c p2", "cpu 0"];
    const [dry, refilled, state] = results(
      kernel,
      [...lines, "allocn c 13 q", "alloc c r", "list c"],
      6,
    );
    expect(dry.match(/ o\d+/g)?.join("")).toBe(" o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 o13 o14 o15");
    // Freed last, handed out first; what is left is the lockless list.
    expect(refilled).toBe("c/s0 o2 off=4096");
    expect(state).toMatch(/ cpu0: s0\(16\/16,frozen free=\) lockless=0$/);
  });

  it("a full slab goes to the partial list of the CPU that frees into it first", () => {
    const lines = [CACHE, "allocn c 17 p", "cpu 2", "free c p5", "state c", "alloc c q"];
    const [state, again] = results(kernel, lines, 4);
    const frozen = kernel === "v6.12" ? "" : ",frozen";
    expect(state).toBe(
      "slabs=2 objects=32 inuse=16 nr_partial=0 " +
        `cpu0: s1(16/16,frozen) lockless=15 cpu2-partial: s0(15/16${frozen})`,
    );
    expect(again).toBe("c/s0 o5 off=10240");
  });

  it("the operation validate takes back what every CPU has", () => {
    const lines = [CACHE, "alloc c a", "cpu 1", "alloc c b", "cpu 2", "validate c", "state c"];
    expect(results(kernel, lines, 5)).toEqual([
      "slabs=2",
      "slabs=2 objects=32 inuse=2 nr_partial=2 partial: s1(1/16) s0(1/16)",
    ]);
  });

  it("a cache with debugging has no cpu slabs: all CPUs share its lists", () => {
    const lines = ["cache c 2048 0 F", "alloc c a", "cpu 3", "free c a", "alloc c b", "state c"];
    const [again, state] = results(kernel, lines, 4);
    expect(again).toBe("c/s0 o0 off=0");
    expect(state).toMatch(/^slabs=1 objects=16 inuse=1 nr_partial=1 partial: s0\(1\/16\)$/);
  });

  it("the calls kmalloc and kfree run on the chosen CPU, too", () => {
    const lines = ["kmalloc 2000 a", "cpu 1", "kmalloc 2000 b", "kmalloc 2000 c"];
    const [first, , second, third] = results(kernel, lines, 0);
    const slabs = [first, second, third].map((text) => /s\d+/.exec(text)?.[0]);
    expect(slabs).toEqual(["s0", "s1", "s1"]);
  });

  it("a script starts on CPU 0, whatever CPU the script before ended on", () => {
    run(kernel, [CACHE, "cpu 2", "alloc c a"]);
    expect(results(kernel, [CACHE, "alloc c a", "state c"], 2)[0]).toMatch(/ cpu0: s0/);
  });
});

describe("the partial list of a CPU", () => {
  const lines = [CACHE, "allocn c 80 p", "cpu 1", "free c p0", "free c p16", "free c p32"];
  const state = (kernel: Kernel) => results(kernel, [...lines, "free c p48", "state c"], 7)[0];

  it("goes to the node on 6.x from slab 4 on: cpu_partial_slabs is 2 * 24 objects / 16 = 3", () => {
    for (const kernel of ["v6.1", "v6.12"] as const) {
      expect(state(kernel)).toMatch(/ cpu1-partial: s3\(\S+\) partial: s2\(\S+\) s1\(\S+\) s0/);
    }
  });

  it("stays on 3.10 with the same slabs: it counts 4 free objects, and 6 may be there", () => {
    expect(state("v3.10")).toMatch(/ nr_partial=0 .* cpu1-partial: s3\S+ s2\S+ s1\S+ s0\S+$/);
  });

  it("is taken from the node by the next CPU, up to half its own limit", () => {
    for (const kernel of ["v6.1", "v6.12"] as const) {
      const more = [...lines, "free c p48", "cpu 2", "alloc c q", "state c"];
      const [first, after] = results(kernel, more, 8);
      expect(first).toBe("c/s2 o0 off=0");
      // More than 3 / 2 extra slabs are enough.
      expect(after).toMatch(/ cpu2: s2\(\S+\) lockless=0 cpu2-partial: s0\S+ s1\S+$/);
    }
  });
});

it("a track names the CPU that allocated and the CPU that freed", () => {
  const lines = ["cache c 64 0 FPU", "alloc c keep", "cpu 2", "alloc c p", "cpu 3", "free c p"];
  for (const kernel of KERNELS) {
    const kernelLog = run(kernel, [...lines, "cpu 1", "free c p"]).at(-1)?.kernel ?? [];
    const tracks = kernelLog.filter((line) => / cpu=\d /.test(line));
    expect(tracks.map((line) => line.replace(/^INFO: |age=\d+ | pid=\d+$/g, ""))).toEqual([
      "Allocated in run_op cpu=2",
      "Freed in run_op cpu=3",
    ]);
  }
});

describe("a CPU that the machine does not have", () => {
  it.each([
    ["# boot: up\ncpu 1\n", /no CPU 1: this machine has 1/],
    ["# boot: smp\ncpu 4\n", /no CPU 4: this machine has 4/],
  ])("is refused: %j", (script, message) => {
    const program = parseScript(script, "cpu.slab");
    expect(() => [...replay(program, machineFor(program), { heap })]).toThrow(message);
  });
});
