// Programs that a right allocator answers as it must, though at first sight a rule seems broken or
// the kernel seems to blame somebody else. Each has a twin beside it that shows what must still be
// seen.
import { describe, expect, it } from "vitest";
import { judgeScript } from "../../helper/judge.ts";

const KERNELS = ["# boot: v310\n", "# profile: v6.1\n", "# profile: v6.12\n"];

function verdictOf(script: string): string {
  return judgeScript(script).judgement.verdict;
}

function violationsOf(script: string): readonly string[] {
  return judgeScript(script).shadow.violations.map(({ invariant }) => invariant);
}

describe.each(KERNELS)("a right allocator behind %j is not blamed:", (head) => {
  it.each([
    "cache c 312 64 R\nalloc c a\nfree c a\nshrink c\n",
    "cache c 64 0 RZ\nallocn c 999 a\nfreen c 999 a\n",
    "cache c 2048 0 RU\nallocn c 99 a\nbulkfreen c 99 a\nvalidate c\n",
  ])("slabs that wait for a grace period when the program ends are not lost: %j", (script) => {
    expect(violationsOf(head + script)).toEqual([]);
    expect(violationsOf(`${head}${script}info\n`)).toEqual([]);
  });

  it("a slab of the smallest order may be full where the best order has room", () => {
    const script = "cache c 2032 0 Z\nfailnth 1\nalloc c a\nvalidate c\nshrink c\nvalidate c\n";
    expect(verdictOf(head + script)).toBe("ok");
    const freed = "cache c 4088 0 Z\nfailnth 1\nallocn c 2 a\nfree c a0\n";
    expect(verdictOf(head + freed)).toBe("ok");
  });

  it("the kernel's own objects may make a kmalloc slab full", () => {
    const script = "cache c 8185 0 M\nallocn c 2 a\nalloc c b\nvalidate c\n";
    expect(verdictOf(head + script)).toBe("ok");
  });

  it("a leak from full slabs is the leak that the kernel names", () => {
    const script = "cache c 6553 0 -\nallocn c 4 a\ndestroy c\n";
    const { verdict, cause } = judgeScript(head + script).judgement;
    expect([verdict, cause]).toEqual(["detected", "leak-at-destroy"]);
  });
});

describe.each(["v6.1", "v6.12"])("a check of %s", (profile) => {
  const head = `# profile: ${profile}\n# boot: up slub_debug=F\n`;
  const cut = `${head}cache c 64 0 -\nalloc c a\n`;
  const pointer = 64 + 32; // it lies in the middle of the next object

  it("need not refuse the free of an object that may be the kernel's", () => {
    expect(violationsOf(`${head}kmalloc 1 b\nkfree b-8\n`)).not.toContain("silent-check");
    expect(verdictOf(`${head}kmalloc 64 b\nkfree b+1\n`)).toBe("detected");
  });

  it("sees a free pointer as the last write left it", () => {
    const forged = `write a ${pointer + 1} 00\n`;
    const ended = `fill a 64 64 00\n`;
    expect(verdictOf(`${cut}${forged}${ended}alloc c b\n`)).toBe("escaped");
    expect(verdictOf(`${cut}${ended}write a ${pointer + 1} 11\nalloc c b\n`)).toBe("detected");
  });
});

describe("a verdict on two mistakes of 3.10", () => {
  const head = "# boot: v310 slub_debug=U\ncache c 192 0 -\ncache d 128 0 -\n";
  const objects = "allocn c 3 a\nallocn d 3 b\n";

  it("is about the free in which a report came, not about a write that no check sees", () => {
    const track = "write a0 208 4142\n"; // behind the payload, in what tells who had the object
    const alone = judgeScript(`${head}${objects}free c b1\n`).signature;
    expect(alone).toContain("wrong-cache-free|free-list|refused|objects > max");
    expect(judgeScript(`${head}${objects}${track}free c b1\n`).signature).toBe(alone);
    expect(verdictOf(`${head}${objects}${track}`)).toBe("blind");
  });
});

describe("a check of 7.3", () => {
  const head = "# profile: v7.3\n# boot: up slub_debug=F\ncache c 8 0 -\nallocn c 2 a\n";
  const freed = "free c a0\nfree c a1\n";

  it("need not refuse the free of an object that a prefilled sheaf may have got", () => {
    const taken = `${head}${freed}sheafget c 4 p\nfree c a0\n`;
    expect(violationsOf(taken)).toEqual([]);
    expect(verdictOf(`${head}${freed}free c a0\n`)).toBe("detected");
  });
});

describe("an object in a sheaf that the program holds", () => {
  const boot = "# profile: v7.3\n# boot: up slub_debug=FZP\n";
  const head = `${boot}cache c 1508 0 -\nallocn c 2 a\n`;
  const fill = "sheafget c 3 s\n";

  it("is handed out without a look at the tail of its slab", () => {
    const written = `${head}${fill}write a0 15400 7a\nsheafalloc c s b\n`;
    expect(violationsOf(written)).toEqual([]);
    expect(verdictOf(`${written}alloc c d\n`)).toBe("detected");
  });

  it("is looked at when its owner frees it, as if it had been in use before", () => {
    const written = `${head}${fill}write a1 4600 7a\nwrite a1 6116 7a\n`;
    const taken = `${written}sheafalloc c s b\n`;
    expect(violationsOf(taken)).toEqual([]);
    expect(verdictOf(`${taken}free c b\n`)).toBe("detected");
  });

  it("is painted when the sheaf is given back, whatever it held until then", () => {
    const written = "write a1 1636 7a7a\n";
    expect(verdictOf(`${head}${fill}${written}sheafput c s\nalloc c b\n`)).toBe("escaped");
    expect(verdictOf(`${head}${written}alloc c b\n`)).toBe("detected");
  });

  it("is not on the chain of its slab", () => {
    const cut = "write a1 3048 0000000000000000\n";
    expect(verdictOf(`${head}${fill}${cut}free c a0\n`)).toBe("escaped");
    expect(verdictOf(`${head}${cut}free c a0\n`)).toBe("detected");
  });
});

describe("a grace period of 7.3", () => {
  const head = "# profile: v7.3\n# boot: smp\ncache c 8 0 M\nalloc c a\nfreercu a\n";
  const ended = `${head}shrink c\nalloc c b\nrcubarrier\nvalidate c\nalloc c d\ncmp a d\n`;

  it("ends for what was flushed out of a cache that the running kernel has, too", () => {
    expect(violationsOf(ended)).toEqual([]);
    expect(judgeScript(`${ended}free c a\n`).judgement.cause).toBe("double-free-after-reuse");
    expect(judgeScript(`${head}rcubarrier\nfree c a\n`).judgement.cause).toBe("double-free-rcu");
  });
});
