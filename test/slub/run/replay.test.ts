// Results in the script language's words, operation by operation.
import { describe, expect, it } from "vitest";
import { Status } from "../../../src/abi.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { type ReplayStep, replay } from "../../../src/slub/run/replay.ts";
import type { MachineOverrides } from "../../../src/target/options.ts";

const heap = new SlabHeap();

/** The steps of a script, without what is only valid while it runs. */
function steps(script: string, overrides: MachineOverrides = {}, until?: number): ReplayStep[] {
  const program = parseScript(script, "test.slab");
  return [...replay(program, machineFor(program, overrides), { heap, until })];
}

const results = (script: string, overrides?: MachineOverrides): string[] =>
  steps(script, overrides).map(({ result }) => result);

describe("an allocation result", () => {
  it("gives slab, object and offset, and `new` the first time that a slab is seen", () => {
    const script = "cache c 64 0 FZ\nalloc c a\nalloc c b\n";
    expect(results(script, { boot: "up" }).slice(1)).toEqual([
      "c/s0 o0 off=8 new",
      "c/s0 o1 off=96",
    ]);
  });

  it("numbers slabs in the order in which they appear, several in one result", () => {
    const [, row] = results("cache c 2048 0 -\nallocn c 9 p\n", { boot: "up" });
    expect(row.split("; ")).toHaveLength(9);
    expect(row).toMatch(/^c\/s0 o0 off=0 new; c\/s0 o1 off=2048; /);
    expect(row.match(/ new/g)).toHaveLength(2);
  });

  it("marks pointers that lie inside an object, in another cache, or in no slab", () => {
    const script = [
      "cache c 64 0 -",
      "cache e 64 0 -",
      "alloc c a",
      "alloc e f",
      "alloc c b",
      "free c b",
      "wfp c b a+8",
      "alloc c b2",
      "alloc c inside",
    ].join("\n");
    expect(results(script, { boot: "v310" }).at(-1)).toBe("c/s0 INTERIOR off=8");
    const other = script.replace("wfp c b a+8", "wfp c b f");
    expect(results(other, { boot: "v310" }).at(-1)).toBe("e/s0 o0 off=0 OTHERCACHE");
    const foreign = script.replace("wfp c b a+8", "wfp c b glob+64");
    expect(results(foreign, { boot: "v310" }).at(-1)).toBe("FOREIGN glob+64");
  });
});

describe("a CPU without a slab", () => {
  // With P no slab is a CPU's; a page of the kernel image is no slab either, so the free is quick.
  const astray = (between: string) =>
    results(`cache c 104 16 P\nfree c glob+64\nalloc c a\n${between}bulkalloc c 2 b\n`, {
      boot: "up",
    });

  it("keeps objects freed to it until the next allocation, also across a flush", () => {
    for (const between of ["", "validate c\n", "shrink c\n"]) {
      expect(astray(between).at(-1)).toMatch(/^ret=2 FOREIGN glob\+64; c\/s0 o1 off=/);
    }
  });
});

describe("a track", () => {
  const script = "cache c 64 0 FZPU\nallocn c 1 n\nfreeoff c n0 0\nread n0 80 64\n";

  it("holds the addresses that the kernel of that build calls from", () => {
    const tracks = (boot: string, profile: string): readonly string[] => {
      const shown = results(script, { boot, profile })[3];
      return [shown.slice(0, 16), shown.slice(64, 80)];
    };
    expect(tracks("up", "v6.1")).toEqual(["efea0c81ffffffff", "c4e70c81ffffffff"]);
    expect(tracks("updl", "v6.12")).toEqual(["f11e0f81ffffffff", "c61b0f81ffffffff"]);
  });

  it("holds handles in the order in which the depot met the stacks", () => {
    const program = "cache c 64 0 FU\nbulkalloc c 2 b\nbulkfree c b0 b1\nalloc c a\nread a 72 4\n";
    const handle = (profile: string): string | undefined =>
      results(`${program}free c a\nread a 104 4\n`, { boot: "up", profile }).at(-1);
    expect(handle("v6.1")).toBe("00001604");
    expect(handle("v6.12")).toBe("01002c00");
  });
});

describe("a slab that was given back", () => {
  it("is gone in the next result that lists slabs, and gets a new number when it returns", () => {
    const script = ["cache c 4096 0 -", "alloc c a", "free c a", "shrink c", "alloc c b"].join(
      "\n",
    );
    const [, first, , shrunk, again] = results(script, { boot: "up" });
    expect(first).toBe("c/s0 o0 off=0 new");
    expect(shrunk).toBe("ret=0 gone:c/s0");
    expect(again).toBe("c/s1 o0 off=0 new");
  });
});

describe("the name of a cache in a result", () => {
  it("is that of the newest living one, and a merged cache has its elder's name", () => {
    const script = ["cache c 64 0 KM", "cache e 64 0 KM", "alloc e a", "destroy e", "destroy c"];
    const [, merged, alloc, alias, busy] = results(script.join("\n"), { boot: "v310" });
    expect(merged).toMatch(/^MERGED into c size=64 .* refcount=2$/);
    expect(alloc).toBe("c/s0 o0 off=0 new");
    expect(alias).toBe("refcount=1");
    expect(busy).toBe("BUSY refcount=0");
  });
});

describe("an operation that only reads", () => {
  it("answers in places, not addresses", () => {
    const script = [
      "cache c 64 0 F",
      "alloc c a",
      "slot b a+8",
      "sym b",
      "cmp a b-8",
      "wptr a 0 vglob+16",
      "rptr a 0",
      "listinit glob",
      "listadd a glob",
      "listwalk glob",
      "sym null",
      "sym 0xffff888001000000",
      "read a 62 2",
    ].join("\n");
    expect(results(script, { boot: "up" }).slice(2)).toEqual([
      "c/s0+8",
      "c/s0+8",
      "equal",
      "ok",
      "vglob+16",
      "ok",
      "next=glob+0 prev=glob+0",
      "head=glob+0 -> c/s0+0 -> glob+0",
      "null",
      "ffff888001000000",
      "0000",
    ]);
  });

  it("lists the slabs of a cache with their free lists", () => {
    const script = "cache c 1024 0 F\nalloc c a\nlist c\nstate c\n";
    expect(results(script, { boot: "up" }).slice(2)).toEqual([
      "slabs=1 objects=8 inuse=1 nr_partial=1 partial: s0(1/8 free=1,2,3,4,5,6,7)",
      "slabs=1 objects=8 inuse=1 nr_partial=1 partial: s0(1/8)",
    ]);
  });

  it("shows where a free list leaves its slab, and where it turns in a circle", () => {
    const head = "cache c 1024 0 F\nalloc c a\nalloc c b\nfree c b\n";
    const end = (script: string) => results(head + script, { boot: "up" }).at(-1);
    expect(end("wfp c b glob+8\nlist c\n")).toMatch(/free=1,BAD:glob\+8\)$/);
    expect(end("wfp c b b\nlist c\n")).toMatch(/free=(1,){9}LOOP\)$/);
  });

  it("measures a cache without creating it", () => {
    const [measured, made] = results("geomtsv 64 0 FZ 0\ncache c 64 0 FZ\n", { boot: "up" });
    expect(measured).toBe(made);
  });
});

describe("a read of memory", () => {
  it("answers FAULT where nothing is mapped, after the bytes that could be read", () => {
    const script = "read glob 4094 4\nwrite null 0 00\nfill vglob 4095 2 aa\nrptr null 8\n";
    expect(results(script, { boot: "up" })).toEqual(["0000FAULT", "FAULT", "FAULT", "FAULT"]);
  });
});

describe("the result of kmalloc", () => {
  it("tells where the object lies and how large it is", () => {
    const [object, none, pages] = results("kmalloc 50 a\nkmalloc 0 b\nkmalloc 8193 c\n");
    expect(object).toMatch(/^kmalloc-64\/s0 o\d+ off=\d+ new ksize=64$/);
    expect(none).toBe("ZERO_SIZE_PTR");
    expect(pages).toBe("PAGES order=2");
  });
});

describe("a replay", () => {
  const crash = "cache c 64 0 -\nfree c 0xdead000000000000\nalloc c a\n";

  it("ends with the machine", () => {
    const all = steps(crash, { boot: "up" });
    expect(all.map(({ status }) => status)).toEqual([Status.CREATED, Status.CRASH]);
    expect(all[1].result).toBe("CRASH (no return)");
  });

  it("ends after the operation that was requested as the last", () => {
    expect(steps("info\ninfo\ninfo\n", {}, 1).map(({ index }) => index)).toEqual([0, 1]);
  });

  it("gives the same results the second time", () => {
    const script = "cache c 96 0 FZPU\nallocn c 30 p\nfree c p3\nfree c p3\nlist c\nvalidate c\n";
    expect(results(script)).toEqual(results(script));
  });

  it("gives the pointers that operations returned", () => {
    const script = "cache c 64 0 -\nalloc c a\nslot b a+8\nread a 0 8\nkmalloc 0 z\n";
    const [, a, b, read] = steps(script, { boot: "up" }).map(({ pointer }) => pointer);
    expect(b).toBe((a ?? 0n) + 8n);
    expect(read).toBeUndefined();
  });
});
