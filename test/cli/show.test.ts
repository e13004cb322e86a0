// slabfuzz replay --show: the heap afterwards, as the crash tool and /proc/slabinfo would show it.
import { describe, expect, it } from "vitest";
import { machineFor } from "../../src/slub/program/boot.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import type { CacheRecord } from "../../src/slub/words/cache_record.ts";
import { type SlabinfoRow, showRecord, showText, type View } from "../../src/slub/words/show.ts";
import type { MachineOverrides } from "../../src/target/options.ts";

const request = (lines: readonly string[], view: View, overrides: MachineOverrides = {}) => {
  const program = parseScript(`${lines.join("\n")}\n`, "test.slab");
  return { name: "test.slab", program, machine: machineFor(program, overrides), view };
};

/** What is shown below the two lines that say what was run. */
const shown = (lines: readonly string[], view: View = "slabs", overrides?: MachineOverrides) =>
  showText(request(lines, view, overrides))
    .split("\n")
    .slice(3);

const caches = (lines: readonly string[], overrides?: MachineOverrides) =>
  (showRecord(request(lines, "slabs", overrides)) as { slabs: readonly CacheRecord[] }).slabs;

const rows = (lines: readonly string[], overrides?: MachineOverrides) =>
  (showRecord(request(lines, "slabinfo", overrides)) as { slabinfo: readonly SlabinfoRow[] })
    .slabinfo;

const complaints = (lines: readonly string[]): string[] =>
  shown(lines).filter((line) => line.startsWith("kmem: "));

describe("slabfuzz replay --show slabs", () => {
  it("prints the machine and the last operation that ran first", () => {
    const lines = ["# boot: up", "cache c 2048 0 -", "alloc c p"];
    expect(showText(request(lines, "slabs")).split("\n").slice(0, 3)).toEqual([
      "# test.slab: v6.1, boot up, cpus 1",
      "after op 1: alloc c p => c/s0 o0 off=0 new",
      "",
    ]);
  });

  it("leaves out the kernel's own caches, unless the program has objects there", () => {
    const named = (lines: readonly string[]) => caches(lines).map(({ name }) => name);
    const own = ["# boot: v310", "cache c 64 0 -", "alloc c p"];
    expect(named(own)).toEqual(["c"]);
    expect(named([...own, "kmalloc 8 k"])).toEqual(["kmalloc-8", "c"]);
    expect(named([...own, "cache m 96 0 M", "allocn m 2 q"])).toEqual(["kmalloc-96", "c"]);
  });

  it("shows a cache whose slab a CPU has as kmem -S does", () => {
    const lines = ["# boot: up", "cache c 2048 0 -", "allocn c 4 p", "free c p1"];
    expect(shown(lines)).toEqual([
      "CACHE             OBJSIZE  ALLOCATED     TOTAL  SLABS  SSIZE  NAME",
      "ffff888003fed040     2048          3         8      1    16k  c",
      "CPU 0 KMEM_CACHE_CPU:",
      "  ffff888003fed0c0",
      "CPU 0 SLAB:",
      "  SLAB              MEMORY            NODE  TOTAL  ALLOCATED  FREE",
      "  ffffea0000100300  ffff88800400c000     0      8          3     5",
      "  FREE / [ALLOCATED]",
      "  [ffff88800400c000]",
      "   ffff88800400c800  (cpu 0 cache)",
      "  [ffff88800400d000]",
      "  [ffff88800400d800]",
      "   ffff88800400e000  (cpu 0 cache)",
      "   ffff88800400e800  (cpu 0 cache)",
      "   ffff88800400f000  (cpu 0 cache)",
      "   ffff88800400f800  (cpu 0 cache)",
      "CPU 0 PARTIAL:",
      "  (empty)",
      "KMEM_CACHE_NODE   NODE  SLABS  PARTIAL  PER-CPU",
      "ffff888003fed090     0      1        0        1",
      "NODE 0 PARTIAL:",
      "  (empty)",
      "NODE 0 FULL:",
      "  (not tracked)",
    ]);
  });

  it("shows the partial and the full list of a node, in their order", () => {
    const lines = ["# boot: up", "cache c 4096 0 U", "allocn c 8 p", "free c p7"];
    const { partial, full, node, allocated, total } = caches(lines)[0];
    // A slab of 32 KiB holds 7 objects of 4096 bytes and their tracks.
    expect([partial, full].map((list) => list?.slabs.map(({ free }) => free))).toEqual([[7], [0]]);
    expect([node.slabs, node.partial, node.perCpu, allocated, total]).toEqual([2, 1, 0, 7, 14]);
    const objects = shown(lines).filter((line) => /^ {2}\[/.test(line));
    expect(objects).toEqual(["  [ffff888004010000]", "  [ffff888004016180]"]);
  });

  it("shows the slabs of every CPU", () => {
    const lines = ["# boot: smp", "cache c 2048 0 -", "alloc c a", "cpu 3", "alloc c b"];
    const { cpus } = caches(lines)[0];
    expect(cpus.map(({ slab }) => slab?.allocated)).toEqual([1, undefined, undefined, 1]);
    const slab = cpus[3].slab;
    expect(slab?.objects.slice(0, 2)).toEqual([
      { address: slab?.memory, state: "allocated" },
      { address: expect.stringMatching(/800$/), state: "free", cpu: 3 },
    ]);
  });

  it("shows partial slabs under the CPU that keeps them", () => {
    const lines = ["# boot: smp", "cache c 2048 0 -", "allocn c 40 p", "free c p0"];
    const { cpus, node } = caches(lines)[0];
    expect(cpus[0].partial.slabs.map(({ free }) => free)).toEqual([1]);
    expect(node.perCpu).toBe(2);
  });

  describe("on 7.3", () => {
    // A sheaf of objects of 2048 bytes holds 12: the first 24 come by two, and 3 by a third; with
    // the third the program prefills one, and takes an object out of it.
    const HEAD = ["# profile: v7.3", "# boot: smp", "cache c 2048 0 -", "allocn c 15 p"];
    const MORE = ["free c p0", "sheafget c 12 f", "sheafalloc c f q", "freercu p1"];
    const own = (lines: readonly string[]) => caches(lines).find(({ name }) => name === "c")!;
    const slabsOf = (cache: CacheRecord) => [
      ...cache.partial.slabs,
      ...(cache.unlisted?.slabs ?? []),
    ];
    const waiting = (cache: CacheRecord) => {
      const counts: Record<string, number> = {};
      for (const { waits } of slabsOf(cache).flatMap(({ objects }) => objects)) {
        if (waits !== undefined) counts[waits] = (counts[waits] ?? 0) + 1;
      }
      return counts;
    };

    it("tells for each free object where it waits", () => {
      const cache = own([...HEAD, ...MORE]);
      const { "slab freelist": rest, ...sheaves } = waiting(cache);
      // 24 objects came, 15 went out, and one came back.
      expect(sheaves).toEqual({ "cpu 0 main": 24 - 15 + 1, "prefilled f": 11, "cpu 0 rcu": 1 });
      // Of 48 objects in three slabs the others are the program's: 13 of the row, and q.
      expect(cache.total).toBe(48);
      expect(rest).toBe(48 - 10 - 11 - 1 - 13 - 1);
      expect(cache.allocated).toBe(13 + 1);
    });

    it("shows the sheaves where older kernels have cpu slabs", () => {
      const cache = own([...HEAD, ...MORE]);
      expect(cache.cpus).toEqual([]);
      const [first, ...others] = cache.sheaves?.cpus ?? [];
      expect(first.sheaves.map(({ place, size, capacity }) => [place, size, capacity])).toEqual([
        ["cpu 0 main", 10, 12],
        ["cpu 0 rcu", 1, 12],
      ]);
      expect(others.flatMap(({ sheaves }) => sheaves)).toEqual([]);
      const lines = shown([...HEAD, ...MORE]);
      expect(lines).toContain("CPU 0 SLUB_PERCPU_SHEAVES:");
      expect(lines).toContain("CPU 1 to 3:");
      expect(lines.join("\n")).not.toMatch(/KMEM_CACHE_CPU/);
    });

    it("numbers the full sheaves of the barn, the next to be taken first", () => {
      // Main and spare take 24 of 60 objects, full ones of the barn the others.
      const cache = own([HEAD[0], "# boot: up", HEAD[2], "allocn c 60 p", "freen c 60 p"]);
      expect(cache.sheaves?.full.map(({ place }) => place)).toEqual(
        cache.sheaves?.full.map((_, i) => `barn full ${i + 1}`),
      );
      const { "barn full 1": first, "barn full 2": second } = waiting(cache);
      expect([first, second]).toEqual([12, 12]);
    });

    it("marks an object that waits twice, and a pointer that is none", () => {
      const lines = [...HEAD, "free c p3", "free c p3", "free c p4+8"];
      const notes = shown(lines).filter((line) => line.startsWith("kmem: c: sheaf:"));
      expect(notes).toHaveLength(2);
      expect(notes.join("\n")).toMatch(/ is in cpu 0 main already/);
      expect(notes.join("\n")).toMatch(/ is no object of the cache/);
      expect(waiting(own(lines))["cpu 0 main 2 times"]).toBe(1);
    });

    it("shows no sheaf of a cache with debug options", () => {
      const cache = own([...HEAD.slice(0, 2), "cache c 2048 0 F", HEAD[3], "free c p0"]);
      expect([cache.sheaves, cache.unlisted, cache.cpus]).toEqual([undefined, undefined, []]);
      expect(waiting(cache)).toEqual({});
    });
  });

  it("stops after the operation of --until, and after a crash", () => {
    const lines = ["# boot: up", "cache c 64 0 -", "alloc c p", "wfp c p 0xdead", "free c p"];
    const crash = [...lines, "wfp c p 0xdead000000000000", "alloc c q", "alloc c r", "alloc c s"];
    expect(showText(request(crash, "slabs"))).toMatch(/after op 6: alloc c r => CRASH/);
    expect(caches(crash)[0].total).toBe(64);
  });

  it("tells that a cache was destroyed while objects remained", () => {
    const lines = ["# boot: up", "cache c 64 0 -", "alloc c p", "destroy c"];
    expect(shown(lines)[1]).toMatch(/ c \(destroyed while objects remained\)$/);
  });

  it("tells so where no cache has slabs", () => {
    expect(shown(["# boot: up", "info"])).toEqual(["no cache has slabs"]);
  });
});

describe("a damaged chain of free objects", () => {
  const start = ["# boot: up", "cache c 1024 0 F", "alloc c a", "alloc c b", "free c b"];
  const SLAB = "kmem: c: slab: ffffea0000100300 freelist";

  it.each([
    ["a cycle", "wfp c b b", `${SLAB} cycle: it comes back to ffff88800400c400`],
    [
      "misaligned",
      "wfp c b a+8",
      `${SLAB} invalid freepointer: ffff88800400c008 (misaligned: c/s0+0x8)`,
    ],
    [
      "foreign, with a name",
      "wfp c b glob+8",
      `${SLAB} invalid freepointer: ffffffff8197f008 (foreign: glob+0x8)`,
    ],
    [
      "foreign, without one",
      "wfp c b 0xdead000000000000",
      `${SLAB} invalid freepointer: dead000000000000 (foreign)`,
    ],
  ])("is shown with its damage: %s", (_, damage, complaint) => {
    expect(complaints(start)).toEqual([]);
    const lines = [...start, damage];
    expect(complaints(lines)).toEqual([complaint]);
    // What is left of the list is the freed object alone.
    expect(caches(lines)[0].partial.slabs[0].free).toBe(1);
  });

  it("is shown on the lockless list of a CPU, too", () => {
    const lines = start.map((line) => line.replace("1024 0 F", "1024 0 -"));
    expect(complaints([...lines, "wfp c b a+8"])).toEqual([
      `${SLAB.replace("freelist", "cpu freelist")} invalid freepointer: ` +
        "ffff88800400c008 (misaligned: c/s0+0x8)",
    ]);
  });

  it("is shown decoded where free pointers are hardened", () => {
    const lines = start.map((line) => line.replace("boot: up", "boot: smph"));
    expect(complaints(lines)).toEqual([]);
    expect(complaints([...lines, "xor b fp 08"])).toEqual([
      // The object behind b is c/s0+0x800, with one bit turned.
      `${SLAB} invalid freepointer: ffff88800400c808 (misaligned: c/s0+0x808)`,
    ]);
  });

  it("is shown with a count that the list contradicts", () => {
    // inuse is the 16-bit number at 40 in the struct slab of 6.x.
    expect(complaints([...start, "write 0xffffea0000100328 0 03"])).toEqual([
      "kmem: c: slab: ffffea0000100300 inuse is 3, but 1 objects are not on its freelist",
    ]);
  });
});

describe("a damaged list of slabs", () => {
  const start = ["# boot: up", "cache c 2048 0 F", "allocn c 9 p", "free c p0"];
  // The list_head of a struct slab of 6.x lies at 8; that of the last slab on the list.
  const LINK = "0xffffea0000100308";

  it("is shown once around when it runs in a circle", () => {
    const lines = [...start, `wptr ${LINK} 0 ${LINK}`];
    expect(complaints(lines)).toEqual(["kmem: c: list: cycle: ffffea0000100300 again"]);
    expect(caches(lines)[0].partial.slabs).toHaveLength(2);
    expect(rows(lines)[0].activeObjects).toBe(16 - 7 - 1);
  });

  it("is shown up to the first entry outside the struct pages", () => {
    const lines = [...start, `wptr ${LINK} 0 glob`];
    expect(complaints(lines)).toEqual(["kmem: c: list: a link leads to no struct page"]);
    expect(caches(lines)[0].partial.slabs).toHaveLength(2);
  });
});

describe("slabfuzz replay --show slabinfo", () => {
  it("has the columns of /proc/slabinfo, the youngest cache first", () => {
    const lines = ["# boot: up", "cache c 100 0 FZ", "allocn c 30 p", "free c p0"];
    const text = shown(lines, "slabinfo");
    expect(text.slice(0, 4)).toEqual([
      "slabinfo - version: 2.1",
      "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : " +
        "tunables <limit> <batchcount> <sharedfactor> : " +
        "slabdata <active_slabs> <num_slabs> <sharedavail>",
      // 34 objects of 120 bytes a page: a left red zone of 8, 104 with the right one, a word.
      "c                     29     34    120   34    1 : " +
        "tunables    0    0    0 : slabdata      1      1      0",
      "kmalloc-8k             0      0   8192    4    8 : " +
        "tunables    0    0    0 : slabdata      0      0      0",
    ]);
    expect(text).toHaveLength(2 + 1 + 13);
  });

  it("counts the objects that a CPU has as active", () => {
    const lines = ["# boot: up", "cache c 64 0 -", "alloc c p"];
    expect(rows(lines)[0]).toMatchObject({ activeObjects: 64, objects: 64, objectSize: 64 });
  });

  it("lists 3.10's caches for DMA memory", () => {
    const names = rows(["info"], { profile: "v3.10" }).map(({ name }) => name);
    expect(names).toHaveLength(26);
    expect(names[0]).toBe("dma-kmalloc-8192");
  });

  it("keeps a cache whose destroy failed until 6.12", () => {
    const lines = ["cache c 64 0 -", "alloc c p", "destroy c"];
    const first = (profile: string) => rows(lines, { profile })[0].name;
    expect(["v3.10", "v6.1", "v6.12"].map(first)).toEqual(["c", "c", "kmalloc-8k"]);
  });
});
