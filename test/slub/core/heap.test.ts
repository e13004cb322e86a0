import { describe, expect, it } from "vitest";
import { Planted, Status } from "../../../src/abi.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { existingCaches, readCache } from "../../../src/slub/core/kmem_cache.ts";
import { mappedWindows } from "../../../src/slub/core/memory.ts";
import { machineFor, resolveMachine } from "../../../src/slub/program/boot.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import { ProgramImage } from "../../../src/slub/program/image.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { runScript } from "../../helper/heap.ts";

function loaded(text: string): SlabHeap {
  const program = parseScript(text, "test.slab");
  const machine = machineFor(program);
  const heap = new SlabHeap();
  heap.configure(machine);
  heap.load(encode(program, machine));
  heap.reset();
  return heap;
}

const TWO_ALLOCS = "cache c 64 0 -\nalloc c p\nalloc c q\nfree c p\nalloc c r\n";

describe("a run on a heap", () => {
  it("leaves a result for each operation", () => {
    const { heap, ran } = runScript(TWO_ALLOCS);
    expect(ran).toBe(5);
    expect(heap.result(0)).toEqual({
      status: Status.CREATED,
      aux: 0,
      valueHigh: 0,
      valueLow: Number(heap.value(0)),
    });
    expect(heap.value(2)).toBe(heap.value(1) + 64n);
    expect(heap.value(4)).toBe(heap.value(1));
  });

  it("fills the slots", () => {
    const { heap } = runScript(TWO_ALLOCS);
    expect([heap.slot(3), heap.slot(4)]).toEqual([heap.value(1), heap.value(2)]);
  });

  it("gives the same results operation by operation as in one go", () => {
    const whole = runScript(TWO_ALLOCS).heap;
    const single = loaded(TWO_ALLOCS);
    for (let index = 0; index < 5; index++) expect(single.run(index, 1)).toBe(1);
    const results = (heap: SlabHeap) => [0, 1, 2, 3, 4].map((index) => heap.result(index));
    expect(results(single)).toEqual(results(whole));
  });

  it("gives the same results after a reset", () => {
    const heap = loaded(TWO_ALLOCS);
    heap.run(0, 5);
    const first = heap.results.slice(0, 20);
    heap.reset();
    heap.run(0, 5);
    expect(heap.results.slice(0, 20)).toEqual(first);
  });

  it("ends where the machine dies", () => {
    const { heap, ran } = runScript("cache c 64 0 -\nfree c 0x1234567812345678\nalloc c p\n");
    expect(ran).toBe(2);
    expect(heap.result(1).status).toBe(Status.CRASH);
  });

  it("returns bytes in the extra area", () => {
    const { heap } = runScript("write glob+8 0 0102030405\nread glob 6 8\n");
    const { valueLow, aux } = heap.result(1);
    expect([...heap.extra(valueLow, aux)]).toEqual([0, 0, 1, 2, 3, 4, 5, 0]);
  });
});

it("a machine has only its own caches, whatever kernel booted before it", () => {
  const old = resolveMachine({ comments: [] }, { profile: "v3.10" });
  const later = resolveMachine({ comments: [] }, { profile: "v6.1" });
  const fresh = new SlabHeap();
  fresh.configure(later);
  const used = new SlabHeap();
  used.configure(old);
  // 3.10 has kmalloc caches for DMA beside the others.
  expect(existingCaches(used).length).toBeGreaterThan(existingCaches(fresh).length);
  used.configure(later);
  expect(existingCaches(used)).toEqual(existingCaches(fresh));
});

describe("an address that a program spells out", () => {
  const text = "write 0xffffc90000043010 0 aa\nread vglob 16 1\n";

  it("exists from the start, after each reset", () => {
    const heap = loaded(text);
    for (let round = 0; round < 2; round++) {
      heap.run(0, 2);
      expect([...heap.extra(heap.result(1).valueLow, 1)]).toEqual([0xaa]);
      heap.reset();
    }
  });

  it("is gone with the program, even if its image is used again", () => {
    const image = new ProgramImage();
    const slot = image.newAddressSlot("0xffffc90000043010", 0xffffc900, 0x43010);
    const heap = loaded("info\n");
    heap.load(image);
    heap.reset();
    expect(heap.slot(slot)).toBe(0xffffc90000043010n);
    image.clear();
    heap.load(image);
    heap.reset();
    expect(heap.slot(slot)).toBe(0n);
  });
});

describe("a region of foreign memory", () => {
  const text = "region r 0xffffc90005000000 64\nwrite r 60 01020304\nwrite r 61 01020304\n";

  it("begins and ends where the script says", () => {
    const { heap } = runScript(text);
    expect([0, 1, 2].map((index) => heap.result(index).status)).toEqual([
      Status.OK,
      Status.OK,
      Status.FAULT,
    ]);
  });

  it("is mapped from the operation to the reset", () => {
    const heap = loaded(text);
    const count = () => mappedWindows(heap).length;
    const before = count();
    heap.run(0, 1);
    expect(count()).toBe(before + 1);
    heap.reset();
    expect(count()).toBe(before);
  });

  it("is gone with the program", () => {
    const heap = loaded(text);
    heap.run(0, 1);
    const mapped = mappedWindows(heap).length;
    heap.load(new ProgramImage());
    heap.reset();
    expect(mappedWindows(heap).length).toBe(mapped - 1);
  });
});

describe("the list of events", () => {
  const text = "cache c 64 0 FZ\nalloc c p\nwrite p 64 41\nfree c p\nwrite p 64 41\nfree c p\n";

  it("can be read in parts", () => {
    const heap = loaded(text);
    heap.run(0, 4);
    const size = heap.eventBytes;
    const first = heap.events();
    heap.run(4, 2);
    expect(heap.events(size).map(({ op }) => op)).not.toContain(3);
    expect(heap.events()).toEqual([...first, ...heap.events(size)]);
    expect(heap.eventsLost).toBe(0);
  });

  it("is empty once it is cleared", () => {
    const heap = loaded(text);
    heap.run(0, 6);
    heap.clearEvents();
    expect([heap.eventBytes, heap.events()]).toEqual([0, []]);
  });
});

describe("a machine", () => {
  it("can follow another machine on the same heap", () => {
    const heap = new SlabHeap();
    const sizes = ["v310", "up", "smp"].map((boot) => {
      const machine = resolveMachine({ boot });
      heap.configure(machine);
      const image = new ProgramImage();
      image.cache(image.newName(), 64, 0, 2, 0);
      heap.load(image);
      heap.reset();
      heap.run(0, 1);
      return readCache(heap, heap.result(0).valueLow).size;
    });
    // The red zone is one word on the right; 6.x has one on the left, too.
    expect(sizes).toEqual([80, 88, 88]);
  });

  it("with more memory makes the views anew", () => {
    const heap = new SlabHeap();
    heap.configure(resolveMachine({}));
    const { buffer } = heap.views.u8;
    heap.configure(resolveMachine({ phys: { basePfn: 0x2000, pages: 16384 } }));
    expect(heap.views.u8.buffer).not.toBe(buffer);
    expect(heap.results.buffer).toBe(heap.views.u8.buffer);
  });

  it("has planted bugs only in the canary build", () => {
    const machine = resolveMachine({});
    expect(() => new SlabHeap("release").configure(machine, Planted.EMPTY_SLAB_LOST)).toThrow(
      "only canaries have bugs",
    );
    const heap = new SlabHeap("canary");
    heap.configure(machine, Planted.EMPTY_SLAB_LOST);
    expect(heap.machine).toBe(machine);
  });
});

describe("the linear memory", () => {
  it("has room for an ordinary machine from the start, so that its views stay valid", () => {
    const heap = new SlabHeap();
    const { buffer } = heap.core.memory;
    heap.configure(resolveMachine({ comments: [] }, {}));
    expect(heap.core.memory.buffer).toBe(buffer);
  });
});
