// Kernel parameters, as they show in what caches become: slub_debug in each version's grammar, and
// the ones that forbid merging.
import { describe, expect, it } from "vitest";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";

const heap = new SlabHeap();
const KERNELS = ["v3.10", "v6.1", "v6.12"] as const;
type Kernel = (typeof KERNELS)[number];

function results(kernel: Kernel, parameters: string, lines: readonly string[]): string[] {
  const variant = kernel === "v3.10" ? "v310" : "up";
  const script = `# boot: ${variant} ${parameters}\n${lines.join("\n")}\n`;
  const program = parseScript(script, "boot.slab");
  const machine = machineFor(program, { profile: kernel });
  return [...replay(program, machine, { heap })].map(({ result }) => result);
}

const sizeOf = (result: string): number => Number(/\bsize=(\d+)/.exec(result)?.[1]);
const sizes = (kernel: Kernel, parameters: string, names: readonly string[]): number[] =>
  results(
    kernel,
    parameters,
    names.map((name) => `cache ${name} 64 0 -`),
  ).map(sizeOf);

/**
 * A 64-byte object alone; with P, whose free pointer lies behind it; with Z: a right red zone of 8
 * and a word, on 6.x also a left red zone of 8.
 */
const PLAIN = 64;
const POISONED = 72;
const ZONED = { "v3.10": 80, "v6.1": 88, "v6.12": 88 } as const;

describe.each(KERNELS)("the boot line of %s:", (kernel) => {
  it("slub_debug=P reaches every cache", () => {
    expect(sizes(kernel, "slub_debug=P", ["a", "b"])).toEqual([POISONED, POISONED]);
  });

  it("slub_debug=Z,NAME reaches that cache", () => {
    expect(sizes(kernel, "slub_debug=Z,b", ["a", "b"])).toEqual([PLAIN, ZONED[kernel]]);
  });

  it("slub_debug=P,kmalloc-64 reaches that kmalloc cache alone", () => {
    const lines = ["kmalloc 60 a", "read a 8 4", "kmalloc 90 b", "read b 8 4"];
    const [, poisoned, , plain] = results(kernel, "slub_debug=P,kmalloc-64", lines);
    expect([poisoned, plain]).toEqual(["6b6b6b6b", "00000000"]);
  });

  it("the letter O spares the caches whose order debugging would raise", () => {
    // 4096 bytes and any metadata need a second page; 64 bytes do not.
    const lines = ["cache a 64 0 -", "cache b 4096 0 -"];
    const value = kernel === "v3.10" ? "O" : "OP";
    const [small, large] = results(kernel, `slub_debug=${value}`, lines).map(sizeOf);
    expect(small).toBeGreaterThan(PLAIN);
    expect(large).toBe(4096);
  });
});

describe("a cache name in the boot line", () => {
  it("is a beginning on 3.10, and only one is possible", () => {
    expect(sizes("v3.10", "slub_debug=P,in", ["inode", "in", "dentry"])).toEqual([
      POISONED,
      POISONED,
      PLAIN,
    ]);
    expect(sizes("v3.10", "slub_debug=P,a,b", ["a", "b"])).toEqual([PLAIN, PLAIN]);
    expect(sizes("v3.10", "slub_debug=P,a*", ["a", "ab"])).toEqual([PLAIN, PLAIN]);
  });

  it("is a whole name in a list on 6.x, and a beginning with a star", () => {
    const names = ["in", "inode", "dentry", "dent"];
    for (const kernel of ["v6.1", "v6.12"] as const) {
      expect(sizes(kernel, "slub_debug=P,in,dent*", names)).toEqual([
        POISONED,
        PLAIN,
        POISONED,
        POISONED,
      ]);
    }
  });

  it("has letters of its own in each block of 6.x, and the first such block decides", () => {
    for (const kernel of ["v6.1", "v6.12"] as const) {
      const names = ["a", "b", "c"];
      const value = "slub_debug=Z,a;P,a,b";
      expect(sizes(kernel, value, names)).toEqual([ZONED[kernel], POISONED, PLAIN]);
      expect(sizes(kernel, "slub_debug=P;Z,a", names)).toEqual([ZONED[kernel], POISONED, POISONED]);
    }
  });
});

describe("the parameter slab_debug", () => {
  it("is another name of slub_debug since 6.12, and is not before", () => {
    expect(sizes("v6.12", "slab_debug=P", ["a"])).toEqual([POISONED]);
    expect(sizes("v6.1", "slab_debug=P", ["a"])).toEqual([PLAIN]);
    expect(sizes("v3.10", "slab_debug=P", ["a"])).toEqual([PLAIN]);
  });
});

describe("the merging of caches", () => {
  const TWO = ["cache a 312 0 KM", "cache b 312 0 KM"];
  const merges = (kernel: Kernel, parameters: string): boolean =>
    results(kernel, parameters, TWO)[1].startsWith("MERGED into a ");

  it.each(KERNELS)("happens on %s unless it is forbidden", (kernel) => {
    expect(merges(kernel, "")).toBe(true);
    expect(merges(kernel, "slub_nomerge")).toBe(false);
  });

  it("is forbidden by slab_nomerge on 6.x, which 3.10 does not know", () => {
    expect(KERNELS.map((kernel) => merges(kernel, "slab_nomerge"))).toEqual([true, false, false]);
  });

  it("is prevented by Z, P and U from the boot line, not by F, on 6.x", () => {
    for (const kernel of ["v6.1", "v6.12"] as const) {
      const outcomes = ["F", "Z", "P", "U", "T"].map((letter) =>
        merges(kernel, `slub_debug=${letter}`),
      );
      expect(outcomes).toEqual([true, false, false, false, false]);
    }
  });

  it("on 3.10 hides a cache that the boot line names from its checks", () => {
    // 3.10 asks whether a cache may merge before it looks at slub_debug.
    expect(merges("v3.10", "slub_debug=P,b")).toBe(true);
    expect(merges("v3.10", "slub_debug=FP,b")).toBe(false);
  });
});
