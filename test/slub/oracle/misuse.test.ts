// Operations that are wrong by themselves: the mistake is the program's, not the allocator's.
// The benign twin of each is clean, and a misuse does not hide a bug of the allocator.
import { describe, expect, it } from "vitest";
import { Planted } from "../../../src/abi.ts";
import { failureCode } from "../../../src/cli/known_findings.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { judgeScript } from "../../helper/judge.ts";

/** Lines before the operation, the operation, and what it should have been. */
type Scene = readonly [before: string, misuse: string, twin: string, after?: string];

const REGION = "region r 0xffffc9000a000000 64\n";
/** The struct page of the first slab: its list of free objects, and its counters. */
const FORGED = "ff".repeat(32);

const SCENES: Readonly<Record<string, Scene>> = {
  "the size of nothing": ["kmalloc 64 a\n", "ksize null", "ksize a"],
  "the size of what is no object": ["kmalloc 64 a\n", "ksize glob", "ksize a"],
  "the size of an address without memory": ["kmalloc 8 a\n", "ksize 0xdead000000000100", "ksize a"],
  "the size of the inside of an object": ["kmalloc 64 a\n", "ksize a+8", "ksize a"],
  "the size of a freed object": ["kmalloc 9 a\nkmalloc 9 b\nkfree a\n", "ksize a", "ksize b"],
  "validating nothing": ["kmalloc 64 a\n", "kvalidate vglob", "kvalidate a"],
  "validating what is not mapped": ["kmalloc 8 a\n", "kvalidate 0x4141414141414141", "kvalidate a"],
  "a krealloc of the inside of an object": [
    "kmalloc 64 a\n",
    "krealloc a+8 200 k",
    "krealloc a 200 k",
    "kfree k\nkmalloc 64 b\nkmalloc 64 d\n",
  ],
  "zeroing a constructed object": ["cache c 64 0 - ctor\n", "alloc c a z", "alloc c a"],
  "a free pointer that moves under objects": [
    "cache c 64 0 -\nalloc c a\nfree c a\n",
    "setoffset c 0",
    "alloc c b",
    "alloc c d\nalloc c e\nfree c d\nfree c e\nalloc c f\nalloc c g\nalloc c h\n",
  ],
  "a free pointer that moves into a red zone": ["cache c 64 0 Z\n", "setoffset c 60", "alloc c a"],
  "xor of nothing": ["cache c 64 0 -\nalloc c a\n", "xor null fp 00", "xor a 0 00"],
  "xor behind glob": ["cache c 64 0 -\n", `xor glob 4092 ${"00".repeat(8)}`, "xor glob 4088 0000"],
  "a free pointer behind glob": [
    "cache c 96 0 -\n",
    "wfp c glob+4073 null",
    "wfp c glob+1000 null",
  ],
  "a free pointer at nothing": ["cache c 96 0 -\n", "wfp c null null", "wfp c vglob null"],
  "a write behind a region": [REGION, "write r 60 1122334455", "write r 59 1122334455"],
  "a write in front of a region": [REGION, "write r -1 11", "write r 0 11"],
  "a fill that runs out of vglob": [
    "cache c 8 0 -\n",
    "fill vglob 4000 97 00",
    "fill vglob 4000 96 00",
  ],
  "a pointer stored at nothing": ["cache c 8 0 -\n", "wptr null 8 glob", "wptr glob 8 glob"],
  "a list_head in struct pages": [
    "cache c 64 0 -\nalloc c a\n",
    "listinit 0xffffea0000100308",
    "listinit glob+64",
    "free c a\nalloc c b\nfree c b\nshrink c\ndestroy c\n",
  ],
  "struct pages overwritten": [
    "cache c 64 0 -\nalloc c a\n",
    `write 0xffffea0000100300 0 ${FORGED}`,
    `write glob 0 ${FORGED}`,
    "free c a\nalloc c b\nvalidate c\n",
  ],
};
const KERNELS = [
  { profile: "v6.1", boot: "up" },
  { profile: "v6.12", boot: "smp" },
  { profile: "v3.10", boot: "v310" },
] as const;

function script([before, misuse, twin, after = ""]: Scene, isTwin: boolean): string {
  return `${before}${isTwin ? twin : misuse}\n${after}`;
}

describe.each(KERNELS)("the kernel $profile:", (overrides) => {
  it.each(Object.entries(SCENES))('"%s" is a mistake of the program', (name, scene) => {
    const { judgement, signature } = judgeScript(script(scene, false), overrides);
    // 3.10 keeps the pointer where the object begins, and has room for it there.
    const isFine = overrides.profile === "v3.10" && /moves under|behind glob/.test(name);
    const expected = isFine && judgement.verdict === "ok" ? "ok" : "misuse";
    expect(judgement.verdict).toBe(expected);
    if (expected === "misuse") expect(signature).toMatch(/^none\|-\|nowhere\|misuse: /);
  });

  it.each(Object.entries(SCENES))('"%s" has a clean twin', (_, scene) => {
    expect(judgeScript(script(scene, true), overrides).judgement.verdict).toBe("ok");
  });
});

describe("the verdict misuse", () => {
  it("uses the kernel's own words where the kernel has some", () => {
    const { signature } = judgeScript("cache c 64 0 - ctor\nalloc c a z\n");
    expect(signature).toBe("none|-|nowhere|misuse: zeroed allocation with a constructor at alloc");
    expect(judgeScript("xor null fp 00\n").signature).toContain("page fault");
  });

  it("does not replace the verdict of a mistake that reaches a slab", () => {
    const both = "ksize null\ncache c 64 0 F\nalloc c a\nfree c a\nfree c a\n";
    expect(judgeScript(both).judgement.verdict).toBe("detected");
  });

  it("excuses later reports only where it overwrote the kernel's structures", () => {
    const shadow = (text: string) => judgeScript(text).shadow.misuses;
    expect(shadow("ksize null\n")).toEqual([{ op: 0, isLasting: false }]);
    expect(shadow("write null 0 11\n")).toEqual([{ op: 0, isLasting: false }]);
    expect(shadow("fill 0xffffea0000100300 0 8 00\n")).toEqual([{ op: 0, isLasting: true }]);
  });

  it("fails a run only with --fail-on any", () => {
    const finding = { verdict: "misuse", signature: "none|-|nowhere|misuse: none", stable: true };
    const result = { summary: { findings: [finding] }, options: { twins: false } };
    const codes = (["new", "any", "none"] as const).map((failOn) =>
      failureCode({ failOn }, result as never),
    );
    expect(codes).toEqual([0, 1, 0]);
  });
});

describe("a bug of the allocator", () => {
  const CASES: readonly (readonly [string, Planted, string])[] = [
    [
      "that hands an object out twice",
      Planted.ALLOC_LEAVES_OBJECT_FREE,
      "cache c 64 0 -\nalloc c a\nalloc c b\nalloc c d\n",
    ],
    [
      "that leaves the last word unzeroed",
      Planted.ZEROING_ONE_WORD_SHORT,
      "cache c 64 0 -\nalloc c a\nfill a 0 64 41\nfree c a\nalloc c b z\nread b 0 64\n",
    ],
  ];

  function verdictOn(planted: Planted, text: string): string {
    const program = parseScript(text, "canary.slab");
    const machine = machineFor(program);
    const heap = new SlabHeap("canary");
    heap.isThorough = true; // the planted bugs lie on the long way
    heap.configure(machine, planted);
    return new Judge(heap).run(encode(program, machine)).judgement.verdict;
  }

  it.each(CASES)("%s is an invariant, with a misuse in front of it or not", (_, planted, text) => {
    expect(verdictOn(planted, text)).toBe("invariant");
    expect(verdictOn(planted, `ksize null\nwrite null 0 11\n${text}`)).toBe("invariant");
    expect(verdictOn(Planted.NONE, text)).toBe("ok");
  });
});

describe("the lack of memory", () => {
  it("is a fault neither of the allocator nor of the program that asked for it", () => {
    const many = Array.from({ length: 20 }, (_, i) => `kmalloc 4194304 a${i}\n`).join("");
    expect(judgeScript(many).judgement.verdict).toBe("ok");
    expect(judgeScript("kmalloc 4194305 a\n").judgement.verdict).toBe("ok");
    expect(judgeScript("kmalloc 64 a\nkrealloc a 5000000 b\n").judgement.verdict).toBe("ok");
  });
});

describe("a kmem_cache of 3.10 with objects smaller than a pointer", () => {
  const alone = "alloc c a\nfree c a\n";

  it.each(["cache c 1 0 Z\n", "cache c 7 0 ZU\n"])("has no room for %j", (cache) => {
    const { judgement } = judgeScript(`# boot: v310\n${cache}${alone}`);
    expect(judgement.verdict).toBe("misuse");
    expect(judgeScript(`${cache}${alone}`).judgement.verdict).toBe("ok"); // 6.1 has
  });

  it.each(["cache c 8 0 Z\n", "cache c 7 0 U\n", "cache c 1 0 ZP\n"])("has for %j", (cache) => {
    expect(judgeScript(`# boot: v310\n${cache}${alone}`).judgement.verdict).toBe("ok");
  });
});
