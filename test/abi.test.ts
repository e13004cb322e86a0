// The numbers that both sides share: the core reads what the host writes, and the host reads what
// the core writes. The core's own classes are checked against abi/ when it is compiled.
import { describe, expect, it } from "vitest";
import {
  ABI_VERSION,
  CacheLayout,
  ConfigLayout,
  EventKind,
  KMALLOC_CLASSES,
  Letter,
  Report,
  Section,
  Slot,
  Status,
  Window,
} from "../src/abi.ts";
import { SlabHeap } from "../src/slub/core/heap.ts";
import { existingCaches, linearOfCache, readCache } from "../src/slub/core/kmem_cache.ts";
import { instantiateCore } from "../src/slub/core/load.ts";
import { readWindow } from "../src/slub/core/memory.ts";
import { resolveMachine } from "../src/slub/program/boot.ts";
import { bootCacheNames, KMALLOC_SIZES } from "../src/slub/program/kmalloc.ts";
import { addressMapOf } from "../src/slub/program/machine.ts";
import { runScript } from "./helper/heap.ts";

const PROFILES = ["v3.10", "v6.1", "v6.12"] as const;

function bootedHeap(profile: string, boot?: string): SlabHeap {
  const heap = new SlabHeap();
  heap.configure(resolveMachine({}, { profile, boot }));
  return heap;
}

it("the core was built for this version of the numbers", () => {
  expect(instantiateCore("release").abi_version.value).toBe(ABI_VERSION);
});

describe.each(PROFILES)("a booted machine of %s", (profile) => {
  const heap = bootedHeap(profile);

  it("has the kmalloc caches, in order of size; 3.10 has them for DMA once more", () => {
    const caches = existingCaches(heap);
    const names = bootCacheNames(profile);
    expect(caches.map(({ index }) => index)).toEqual([...names.keys()]);
    expect(caches.map(({ objectSize }) => objectSize)).toEqual(
      names.map((_, index) => KMALLOC_SIZES[index % KMALLOC_CLASSES]),
    );
    const forDma = caches.filter(({ letters }) => (letters & Letter.D) !== 0);
    expect(forDma).toHaveLength(names.length - KMALLOC_CLASSES);
  });

  it("maps RAM, its struct pages, glob and vglob where the host expects them", () => {
    const { directMap, vmemmap } = addressMapOf(profile);
    const { glob, vglob, physBasePfn, physPages } = heap.machine;
    const pfn = BigInt(physBasePfn);
    const windowOf = (window: Window) => {
      const { base, size } = readWindow(heap, window);
      return [base, size];
    };
    expect(windowOf(Window.RAM)).toEqual([directMap + pfn * 4096n, physPages * 4096]);
    expect(windowOf(Window.MEM_MAP)).toEqual([vmemmap + pfn * 64n, physPages * 64]);
    expect(windowOf(Window.GLOB)).toEqual([glob, 4096]);
    expect(windowOf(Window.VGLOB)).toEqual([vglob, 4096]);
  });

  it("has the reserved slots", () => {
    const { glob, vglob } = heap.machine;
    const slots = [Slot.NULL, Slot.GLOB, Slot.VGLOB].map((slot) => heap.slot(slot));
    expect(slots).toEqual([0n, glob, vglob]);
  });
});

describe("the configuration of a machine", () => {
  it("reaches the core with the letters of each kmalloc cache", () => {
    const boot = "up slub_debug=Z,kmalloc-96;P,kmalloc-8k";
    const letters = existingCaches(bootedHeap("v6.1", boot)).map((cache) => cache.letters & 31);
    const expected = KMALLOC_SIZES.map((size) =>
      size === 96 ? Letter.Z : size === 8192 ? Letter.P : 0,
    );
    expect(letters).toEqual(expected);
  });

  it("reaches the core with the number of CPUs, which decides the order", () => {
    const order = (cpus: number) => {
      const heap = new SlabHeap();
      heap.configure(resolveMachine({}, { boot: "smp", cpus }));
      return readCache(heap, KMALLOC_SIZES.indexOf(256)).order;
    };
    expect([1, 4, 64].map(order)).toEqual([0, 0, 1]);
  });

  it("reaches the core with cpu partial lists or without", () => {
    const first = (boot: string) => readCache(bootedHeap("v6.1", boot), 0).cpuPartial;
    expect([first("up"), first("smp")]).toEqual([0, 120]);
  });

  it("reaches the core with the seed, which decides the keys of hardened free pointers", () => {
    const key = (seed: bigint, boot: string) => {
      const heap = new SlabHeap();
      heap.configure(resolveMachine({}, { boot, seed }));
      return readCache(heap, 3).random;
    };
    expect(key(1n, "smph")).toBe(key(1n, "smph"));
    expect(key(1n, "smph")).not.toBe(key(2n, "smph"));
  });

  it("is refused by the core where it makes no sense", () => {
    const heap = bootedHeap("v6.1");
    heap.views.writeU32(heap.core.config_address() + ConfigLayout.CPUS, 0);
    expect(heap.core.boot()).toBe(1);
  });
});

describe("the layout of struct kmem_cache", () => {
  const { heap } = runScript("cache c 312 0 HFZPU ctor\nalloc c p\n");
  const index = Number(heap.value(0));

  it("has the values that a real 6.1 kernel gave to this cache", () => {
    expect(readCache(heap, index)).toMatchObject({
      state: "alive",
      size: 512,
      objectSize: 312,
      offset: 320,
      inuse: 320,
      align: 64,
      redLeftPad: 64,
      refcount: 1,
      objectPoison: false,
      nrSlabs: 1,
    });
  });

  it("puts each field at its declared offset", () => {
    const at = linearOfCache(heap, index);
    expect(heap.views.readU32(at + CacheLayout.INDEX)).toBe(index);
    expect(heap.views.readU32(at + CacheLayout.SIZE_BYTES)).toBe(512);
  });
});

describe("an event", () => {
  const script = "cache c 64 0 FZ\nalloc c p\nwrite p 64 41\nfree c p\n";
  const { heap } = runScript(script);
  const events = heap.events();

  it("carries what was found, where, and by which operation", () => {
    const object = heap.slot(Slot.FIRST);
    const cache = Number(heap.value(0));
    expect(events[0]).toMatchObject({
      kind: EventKind.BUG,
      code: Report.OVERWRITTEN,
      op: 3,
      cache,
      x: Section.RIGHT_REDZONE,
    });
    expect(events[1]).toMatchObject({
      kind: EventKind.BYTES,
      a: object + 64n,
      b: object + 64n,
      x: 0x41,
      y: 0xcc,
    });
  });

  it("carries the bytes of the memory that it dumps", () => {
    const dump = events.find(({ kind, a }) => kind === EventKind.DUMP && a === heap.slot(3) + 64n);
    expect([...(dump?.bytes ?? [])]).toEqual([0x41, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc]);
  });

  it("ends the object's life when it is a refused free", () => {
    expect(heap.result(3).status).toBe(Status.OK);
    expect(events.at(-1)?.kind).toBe(EventKind.FIX);
  });
});
