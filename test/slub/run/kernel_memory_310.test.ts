// What 3.10 keeps in memory of its own kmalloc caches (names, maps, lists), and what becomes of it
// when a free list leads away.
import { describe, expect, it } from "vitest";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { LogWriter } from "../../../src/slub/words/log.ts";

const heap = new SlabHeap();

/** The log of a script on 3.10: for each operation its line and the kernel's text. */
function logOf(script: string, boot = "v310"): string[][] {
  const program = parseScript(`# boot: ${boot}\n${script}`, "memory.slab");
  const machine = machineFor(program);
  const writer = new LogWriter(machine);
  return [...replay(program, machine, { heap })].map((step) => writer.lines(step));
}

const lastOf = (script: string, boot?: string): string[] => logOf(script, boot).at(-1) ?? [];
/** What stands behind the arrow of the last operation. */
const resultOf = (script: string): string => lastOf(script)[0].split(" => ")[1];

describe("the name of a cache on 3.10", () => {
  it("is the first object of kmalloc-8", () => {
    expect(resultOf("kmalloc 8 k\n")).toMatch(/^kmalloc-8\/s0 o0 /);
    expect(resultOf("cache c 64 0 -\nkmalloc 8 k\n")).toMatch(/^kmalloc-8\/s0 o1 /);
  });

  it("lies where its length puts it", () => {
    const long = "cache eightchr 64 0 -\n";
    expect(resultOf(`${long}kmalloc 8 k\n`)).toMatch(/^kmalloc-8\/s0 o0 /);
    const [without, withIt] = ["", long].map((head) => resultOf(`${head}kmalloc 16 k\n`));
    const objectOf = (result: string) => Number(/ o(\d+) /.exec(result)?.[1]);
    expect(objectOf(withIt)).toBe(objectOf(without) + 1);
  });

  it("is freed with the cache, and not before", () => {
    const script = "cache c 64 0 -\nalloc c a\ndestroy c\n";
    expect(resultOf(`${script}kmalloc 8 k\n`)).toMatch(/^kmalloc-8\/s0 o1 /);
    const empty = script.replace("alloc c a\n", "");
    expect(resultOf(`${empty}kmalloc 8 k\n`)).toMatch(/^kmalloc-8\/s0 o0 /);
  });

  it("is not copied for an alias", () => {
    const script = "cache a 72 0 M\ncache b 72 0 M\nkmalloc 8 k\n";
    expect(resultOf(script)).toMatch(/^kmalloc-8\/s0 o1 /);
  });
});

it("the map of a validate stays in kmalloc memory behind the free pointer", () => {
  // 512 objects, all of them free but the first: 64 bytes of map, of which 8 are overwritten.
  const script = "cache c 8 0 -\nalloc c a\nvalidate c\nkmalloc 64 k\nread k 8 56\n";
  expect(resultOf(script)).toBe("ff".repeat(56));
});

describe("a destroy with a free list that leaves the slab", () => {
  const VGLOB = 0xffffc90003fed000n;
  const FIRST_SLAB = 0xffff88000400c000n;

  /** A slab with one object in use; the second one's link leads to vglob, which ends the list. */
  const ending = (size: number): string[] =>
    lastOf(`cache c ${size} 0 F\nalloc c a\nwptr a ${size} vglob\nlist c\ndestroy c\n`);
  /** How many bytes from the map get_map() sets the bit of vglob. */
  const distanceFor = (size: number): number =>
    Number(BigInt.asIntN(32, (VGLOB - FIRST_SLAB) / BigInt(size)) >> 6n) * 8;

  it("is an oops in get_map where the bit lies in front of memory", () => {
    expect(distanceFor(328)).toBeLessThan(-0x100000);
    const text = ending(328).join("\n");
    expect(text).toMatch(/BUG: unable to handle kernel paging request at (ffff88|000007ff)/);
    expect(text).toContain("IP: [<..>] get_map");
    expect(text).toContain("Oops: 0002 [#1] SMP");
  });

  it("passes without an oops where the bit lies behind", () => {
    expect(distanceFor(1024)).toBeGreaterThan(0x1000000);
    expect(ending(1024).join("\n")).toContain("Slab cache still has objects");
  });
});

it("a slab whose counter ran below zero does not end the taking of partial slabs", () => {
  const setup = "cache c 512 0 -\nallocn c 24 p\nfree c p16\nfree c p8\nfree c p0\nvalidate c\n";
  const script = setup + "free c p0\n".repeat(8);
  expect(resultOf(`${script}state c\n`)).toContain("partial: s2(7/8) s0(65535/8) s1(7/8)");
  // 1 object, then 8 - 65535 more: below the limit of 6, so that s1 is taken, too.
  expect(resultOf(`${script}alloc c x\nstate c\n`)).toContain("nr_partial=0");
});

describe("a slab that waits for a grace period", () => {
  const script = "cache c 64 0 RFZP\nalloc c a\nfree c a\nwrite a 64 11\nshrink c\n";

  it("is checked when the time has passed", () => {
    expect(lastOf(script)).toEqual(["@@ op 4: shrink c => ret=0"]);
    expect(lastOf(`${script}state c\n`).join("\n")).toContain("BUG c (Not tainted): Redzone");
  });

  it("is checked at once where it does not wait", () => {
    expect(lastOf(script.replace("RFZP", "FZP")).join("\n")).toContain("Redzone overwritten");
  });

  it("is checked within a destroy, which waits itself", () => {
    const destroyed = lastOf(script.replace("shrink", "destroy"));
    expect(destroyed[0]).toContain("destroyed");
    expect(destroyed.join("\n")).toContain("Redzone overwritten");
  });
});

describe("the function in an oops", () => {
  it("is the one that allocates for krealloc", () => {
    const poisoned = "kmalloc 64 a\nkfree a\nwrite a 0 4141414141414141\nkmalloc 64 b\n";
    const lines = lastOf(`${poisoned}kmalloc 32 x\nkrealloc x 64 y\n`);
    expect(lines.at(-2)).toContain("__kmalloc_track_caller");
  });

  it("is the one that links the objects of a bulk free", () => {
    const lines = lastOf("cache c 64 0 -\nbulkfree c 0x4444444444444444\n");
    expect(lines.at(-2)).toContain("build_detached_freelist");
  });

  it("is the same where a build without memory cgroups finds no cache", () => {
    const script = "cache c 64 0 F\nbulkfree c glob\n";
    const [withCgroups, without] = ["v310", "v310nm"].map((boot) => lastOf(script, boot).join());
    expect(withCgroups).toMatch(/at 00000000000000b8,.* kmem_cache_free_bulk/);
    expect(without).toMatch(/at 0000000000000020,.* build_detached_freelist/);
  });

  it("is ksize where the size of NULL is asked for", () => {
    const lines = lastOf("ksize null\n").join("\n");
    expect(lines).toContain("paging request at ffffebe000000000");
    expect(lines).toContain("IP: [<..>] ksize");
  });
});
