import { describe, expect, it } from "vitest";
import type { SlabHeap } from "../../../src/slub/core/heap.ts";
import {
  inspectCache,
  objectAddress,
  objectIndex,
  walkChain,
} from "../../../src/slub/core/inspect.ts";
import { readCache } from "../../../src/slub/core/kmem_cache.ts";
import { readLong } from "../../../src/slub/core/memory.ts";
import { slabOf } from "../../../src/slub/core/struct_page.ts";
import { runScript } from "../../helper/heap.ts";

/** The cache that operation 0 created, and the slab of the object in slot 3. */
function parts(heap: SlabHeap) {
  const cache = readCache(heap, Number(heap.value(0)));
  const slab = slabOf(heap, heap.slot(3));
  if (slab === undefined) throw new Error("slot 3 holds no object");
  return { cache, slab };
}

const BOOTS = ["v310", "up", "smp", "smph"] as const;

describe.each(BOOTS)("the inspected heap on %s:", (boot) => {
  const header = `# boot: ${boot}\n`;

  it("a fresh slab's objects are numbered as they are handed out", () => {
    const { heap } = runScript(`${header}cache c 512 0 -\nalloc c p\nalloc c q\n`);
    const { cache, slab } = parts(heap);
    expect([3, 4].map((slot) => objectIndex(heap, cache, slab, heap.slot(slot)))).toEqual([0, 1]);
    expect(objectAddress(heap, cache, slab, 1)).toBe(heap.slot(4));
    expect(objectIndex(heap, cache, slab, heap.slot(4) + 8n)).toBeUndefined();
    expect(objectIndex(heap, cache, slab, heap.slot(3) - 512n)).toBeUndefined();
  });

  it("the lockless list of the cpu slab holds the other objects in order", () => {
    const { heap } = runScript(`${header}cache c 512 0 -\nalloc c p\n`);
    const { cache, slab } = parts(heap);
    const [cpu] = inspectCache(heap, cache.index).cpus;
    expect(cpu.slab?.page).toBe(slab.page);
    expect(cpu.slab).toMatchObject({ inuse: slab.objects, cache: cache.index });
    expect(slab.objects).toBe((4096 << slab.order) / 512);
    expect(walkChain(heap, cache, slab, cpu.freelist)).toEqual({
      indices: Array.from({ length: slab.objects - 1 }, (_, i) => i + 1),
      end: "null",
      bad: undefined,
    });
  });

  it("a debug cache has its slab on the partial list and its freed objects first", () => {
    const { heap } = runScript(`${header}cache c 448 0 FZ\nalloc c p\nalloc c q\nfree c p\n`);
    const { cache, slab } = parts(heap);
    const { cpus, partial } = inspectCache(heap, cache.index);
    expect(cpus[0].slab).toBeUndefined();
    expect(partial.slabs.map(({ page }) => page)).toEqual([slab.page]);
    expect(partial.end).toBe("end");
    const chain = walkChain(heap, cache, slab, slab.freelist);
    expect(chain.indices[0]).toBe(objectIndex(heap, cache, slab, heap.slot(3)));
    expect(chain.indices).toHaveLength(slab.objects - 1);
  });
});

describe("a damaged free list", () => {
  const chainAfter = (line: string) => {
    const { heap } = runScript(
      `# boot: up\ncache c 512 0 -\nalloc c p\nalloc c q\nfree c q\nfree c p\n${line}\n`,
    );
    const { cache, slab } = parts(heap);
    return walkChain(heap, cache, slab, inspectCache(heap, cache.index).cpus[0].freelist);
  };

  it("ends at a pointer that is no object of the slab", () => {
    expect(chainAfter("wfp c p vglob+200")).toEqual({
      indices: [0],
      end: "bad",
      bad: 0xffffc900000430c8n,
    });
  });

  it("ends one object beyond the slab's number when it runs in a circle", () => {
    const chain = chainAfter("wfp c q p");
    expect(chain).toMatchObject({ end: "loop" });
    expect(chain.indices).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0]);
  });
});

describe("the inspected lists of slabs", () => {
  it("show full slabs of a cache with U on the full list, newest first", () => {
    const { heap } = runScript("# boot: up\ncache c 1000 0 U\nallocn c 6 p\n");
    const { cache, partial, full } = inspectCache(heap, Number(heap.value(0)));
    expect(full.slabs.length + partial.slabs.length).toBe(cache.nrSlabs);
    expect(full.slabs.every(({ inuse, objects }) => inuse === objects)).toBe(true);
  });

  it("show slabs that an object was freed into on the cpu partial list", () => {
    const script = "# boot: smp\ncache c 2000 0 -\nallocn c 40 p\nfree c p0\n";
    const { heap } = runScript(script);
    const { cpus, partial } = inspectCache(heap, Number(heap.value(0)));
    expect(cpus[0].partialSlabs.slabs.map(({ page }) => page)).toEqual([
      slabOf(heap, heap.slot(3))?.page,
    ]);
    expect(partial.slabs).toEqual([]);
  });

  it("are followed only up to the requested number", () => {
    const { heap } = runScript("# boot: up\ncache c 4000 0 U\nallocn c 40 p\n");
    const { full } = inspectCache(heap, Number(heap.value(0)), 3);
    expect([full.slabs.length, full.end]).toEqual([3, "limit"]);
  });
});

describe("the inspected memory", () => {
  const { heap } = runScript("write glob+4092 0 01020304\nwrite vglob 0 1122334455667788\n");

  it("is read by kernel address, as far as it is mapped", () => {
    const { glob, vglob } = heap.machine;
    expect(readLong(heap, vglob)).toBe(0x8877665544332211n);
    expect(readLong(heap, glob + 4092n)).toBeUndefined();
    expect(readLong(heap, 0x1234n)).toBeUndefined();
  });

  it("belongs to no slab where it lies in none", () => {
    expect(slabOf(heap, heap.machine.glob)).toBeUndefined();
    expect(slabOf(heap, 0xffff888003000000n)).toBeUndefined();
  });
});

it("an object in a later page of its slab belongs to the same slab", () => {
  const { heap } = runScript("# boot: up\ncache c 3000 0 -\nalloc c p\nalloc c q\nalloc c r\n");
  const { slab } = parts(heap);
  expect(slab.order).toBeGreaterThan(0);
  expect(slabOf(heap, heap.slot(5))?.page).toBe(slab.page);
});
