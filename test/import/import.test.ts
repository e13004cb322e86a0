// Traces of other tools as programs. The lines are written from the definitions of the formats:
// glibc's malloc/mtrace-impl.c, heaptrack's libheaptrack and heaptrack_interpret, ltrace(1),
// FreeBSD's sysdecode_utrace, and the kernel's include/trace/events/kmem.h.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type ImportFormat, importTrace, textOfTrace } from "../../src/import/import.ts";
import { programOfScript } from "../../src/targets/targets.ts";

function imported(lines: readonly string[], format?: ImportFormat, opCountMax = 1000) {
  const text = `${lines.join("\n")}\n`;
  const trace = importTrace({ file: "t.log", text, format, opCountMax });
  const all = trace.script.trimEnd().split("\n");
  const isNote = (line: string) => /^# (left out|put in):/.test(line);
  return {
    format: trace.format,
    header: all.filter((line) => line.startsWith("#") && !isNote(line)),
    ops: all.filter((line) => !line.startsWith("#")),
    notes: all.filter(isNote),
    skipped: trace.skipped.map(({ place, wrong }) => `${place}: ${wrong}`),
  };
}

describe("a log of mtrace", () => {
  const LOG = [
    "= Start",
    "@ ./a b:(main+0x1c)[0x4011a2] + 0x1a2b3c0 0x18",
    "@ ./a b:[0x4011b0] + 0x1a2b400 0",
    "@ ./a b:[0x4011c4] < 0x1a2b3c0",
    "@ ./a b:[0x4011c4] > 0x7ffff7a00010 0x40000",
    "@ ./a b:[0x4011d0] ! 0x7ffff7a00010 0x4000000000000000",
    "@ ./a b:[0x4011d0] ! 0x7ffff7a00010 0x60000",
    "@ /lib/libc.so.6:(x+0x3)[0x7f] - 0x1a2b400",
    "+ 0x1a2b500 0x8",
    "@ ./a b:[0x4011e0] - 0x1a2b500",
    "@ ./a b:[0x4011e4] - 0x1a2b500",
    "@ ./a b:[0x4011e8] - 0x1a2bfff",
    "@ ./a b:[0x4011ec] + (nil) 0x20",
    "= End",
  ];

  it("becomes the calls that it tells of, refused ones and a double free among them", () => {
    expect(imported(LOG)).toEqual({
      format: "mtrace",
      header: ["# target: any-module", "# imported: mtrace, 11 calls"],
      ops: [
        ...["alloc b0 24", "alloc b1 0", "resize b0 262144", "resize b0 393216", "free b1"],
        ...["alloc b2 8", "free b2", "refree b2", "alloc b3 32"],
      ],
      notes: [
        "# left out: 1 free of addresses that no call gave",
        "# left out: 1 call that no program can hold",
      ],
      skipped: [],
    });
  });

  it("has its wrong lines named, each with its number and what is wrong", () => {
    const wrong = ["@ ./a:[0x1] + 0x10", "hello", "@ ./a:[0x1] > 0x10 0x8", "@ ./a:[0x1] * 0x1"];
    const { skipped, ops } = imported([...LOG.slice(0, 2), ...wrong], "mtrace");
    expect(ops).toEqual(["alloc b0 24"]);
    expect(skipped).toEqual([
      "t.log:3: has no number where one is needed",
      "t.log:4: is no mtrace line",
      "t.log:5: says the new place of a block without the old one",
      "t.log:6: is no mtrace line",
    ]);
  });

  it("runs on an allocator, where a correct one shows nothing", async () => {
    const lines = LOG.filter((line) => !line.includes("[0x4011e4]"));
    const text = importTrace({
      ...{ file: "t.log", text: lines.join("\n"), format: undefined, opCountMax: 100 },
    }).script;
    const otherTarget = { target: "tlsf" };
    const program = await programOfScript({ name: "t", file: "t.slab", text, otherTarget });
    expect((await program.judge()).verdict).toBe("ok");
  });

  it("is cut where the program is as long as it may be", () => {
    const { ops, notes } = imported(LOG, "mtrace", 3);
    expect(ops).toEqual(["alloc b0 24", "alloc b1 0", "resize b0 262144"]);
    expect(notes).toContain("# left out: what came when the trace was full");
  });
});

describe("a log of ltrace", () => {
  it("becomes the calls of C and C++, also where threads interrupt each other", () => {
    const { format, ops, skipped, notes } = imported([
      "__libc_start_main(0x401136, 1, 0x7ffd, 0x401190 <unfinished ...>",
      "malloc(24)                                       = 0x5581e2a0",
      "[pid 7] prog->calloc(3, 8)                       = 0x5581e2c0",
      "[pid 7] 0.000123 realloc(0x5581e2a0, 48)         = 0x5581e300",
      "free@libc.so.6(0x5581e2c0)                       = <void>",
      "[pid 7] malloc(100 <unfinished ...>",
      "[pid 8] _Znwm(16, 0x7f, 0x7f)                    = 0x5581e400",
      "[pid 7] <... malloc resumed> )                   = 0x5581e500",
      "memalign(64, 100)                                = 0x5581e580",
      "_ZdlPv(0x5581e400)                               = <void>",
      "free(nil)                                        = <void>",
      "realloc(0, 9)                                    = 0x5581e600",
      'puts("free(0x5581e300)")                         = 7',
      "free(0x5581e777)                                 = <void>",
      "free(0x5581e2c0)                                 = <void>",
      "+++ exited (status 0) +++",
    ]);
    expect([format, skipped]).toEqual(["ltrace", []]);
    expect(ops).toEqual([
      ...["alloc b0 24", "zalloc b1 3 8", "resize b0 48", "free b1", "alloc b2 16"],
      ...["alloc b3 100", "alloc b4 100 64", "free b2", "resize b5 9"],
    ]);
    // Libraries free and allocate unseen: a second free may be right.
    expect(notes).toEqual(["# left out: 2 frees of addresses that no call gave"]);
  });

  it("has calls named that did not come to their end", () => {
    const { skipped } = imported(
      [
        "malloc(1) = 0x10",
        "malloc(24",
        "[pid 3] <... free resumed> ) = <void>",
        "malloc(x) = 0x20",
      ],
      "ltrace",
    );
    expect(skipped).toEqual([
      "t.log:2: does not say what malloc returned",
      "t.log:3: resumes a free that no line before it began",
      "t.log:4: has no number where one is needed",
    ]);
  });
});

describe("a file of heaptrack", () => {
  it("becomes the blocks that it names by address, as the program wrote it", () => {
    const { format, ops, skipped } = imported([
      ...["v 10400 3", "x c /tmp/a.out", "m 1 -", "t 5645 1", "c 12", "R 3a"],
      ...["+ 18 1 5605e25601d0", "+ 400 2 5605e2560410", "- 5605e25601d0", "+ 8 1 5605e25601d0"],
      ...["- 5605e2560410", "- 77", "# end"],
    ]);
    expect([format, skipped]).toEqual(["heaptrack", []]);
    expect(ops).toEqual(["alloc b0 24", "alloc b1 1024", "free b0", "alloc b2 8", "free b1"]);
  });

  it("becomes blocks of the sizes that it names, where it was interpreted", () => {
    const { ops, skipped, notes } = imported([
      ...["v 10400 3", "X ./a.out", "I 1000 5e298f", "s 5 hello", "i 7f 1", "t 1 0", "A", "S x"],
      ...["a 18 1", "+ 0", "a 400 2", "+ 1", "+ 0", "- 0", "- 0", "- 0", "+ 0", "+ 7"],
    ]);
    expect(ops).toEqual([
      ...["alloc b0 24", "alloc b1 1024", "alloc b2 24", "free b2", "free b0", "alloc b3 24"],
    ]);
    expect(notes).toEqual(["# left out: 1 free of addresses that no call gave"]);
    expect(skipped).toEqual(["t.log:18: names a kind of allocation that no line before it has"]);
  });
});

it("a log of utrace becomes the calls of jemalloc", () => {
  const { format, ops } = imported([
    "  1234 prog     USER  malloc_init()",
    "  1234 prog     USER  0x801006000 = malloc(24)",
    "  1234 prog     CALL  write(0x1,0x801006000,0x18)",
    "  1234 prog     USER  0x801006040 = realloc(0x801006000, 48)",
    "  1234 prog     USER  0x801006080 = realloc(0x0, 5)",
    "  1234 prog     USER  free(0x801006040)",
  ]);
  expect([format, ops]).toEqual([
    "utrace",
    ["alloc b0 24", "resize b0 48", "resize b1 5", "free b0"],
  ]);
});

describe("events of the kernel", () => {
  const at = (cpu: number, event: string) =>
    `            bash-1234    [00${cpu}] d..1.   100.000001: ${event}`;
  const alloc = (ptr: string, name: string, bytes: number, cpu = 0) =>
    at(
      cpu,
      `kmem_cache_alloc: call_site=f+0x4f/0x1f0 ptr=${ptr} name=${name} bytes_req=${bytes} ` +
        `bytes_alloc=${bytes + 8} gfp_flags=GFP_KERNEL node=-1 accounted=false`,
    );
  const free = (ptr: string, name: string, cpu = 0) =>
    at(cpu, `kmem_cache_free: call_site=f+0x4f/0x1f0 ptr=${ptr} name=${name}`);
  const kmalloc = (ptr: string, bytes: number, flags = "GFP_KERNEL", cpu = 0) =>
    at(
      cpu,
      `kmalloc: call_site=f+0x1/0x2 [mod] ptr=${ptr} bytes_req=${bytes} bytes_alloc=64 ` +
        `gfp_flags=${flags} node=-1 accounted=false`,
    );
  const kfree = (ptr: string, cpu = 0) => at(cpu, `kfree: call_site=f+0x1/0x2 ptr=${ptr}`);

  it("become a script of caches, objects and CPUs, which runs", async () => {
    const lines = [
      "# tracer: nop",
      alloc("00000000a1", "dentry", 192),
      kmalloc("00000000a2", 24, "GFP_KERNEL|__GFP_ZERO", 3),
      alloc("00000000a3", "dentry", 192, 3),
      kfree("00000000a2", 3),
      free("00000000a1", "dentry"),
      free("00000000a3", "dentry"),
    ];
    const { header, ops, notes, skipped } = imported(lines);
    expect(header).toEqual(["# boot: smp", "# cpus: 2", "# imported: kmem, 6 calls"]);
    expect(ops).toEqual([
      ...["cache dentry 192 0 -", "alloc dentry o0", "cpu 1", "kmalloc 24 o1 z"],
      ...["alloc dentry o2", "kfree o1", "cpu 0", "free dentry o0", "free dentry o2"],
    ]);
    expect([notes, skipped]).toEqual([[], []]);
    const text = importTrace({
      ...{ file: "t.log", text: lines.join("\n"), format: undefined, opCountMax: 100 },
    }).script;
    const program = await programOfScript({ name: "t", file: "t.slab", text });
    expect((await program.judge()).verdict).toBe("ok");
  });

  it("are left out or put in where the trace begins late or lost some", () => {
    const { ops, notes } = imported([
      kfree("00000000ff"),
      kmalloc("00000000a2", 24),
      kmalloc("00000000a2", 40),
      kmalloc("00000000a4", 9000),
      at(0, "kmalloc: call_site=f ptr=(null) bytes_req=24 bytes_alloc=32 gfp_flags=GFP_ATOMIC"),
    ]);
    expect(ops).toEqual(["kmalloc 24 o0", "kfree o0", "kmalloc 40 o1"]);
    expect(notes).toEqual([
      "# left out: 1 free of objects from before",
      "# put in: 1 free of objects given again",
      "# left out: 1 call that no program can hold",
    ]);
  });

  it("of a double free become one, which is reported", async () => {
    const lines = [alloc("a1", "foo", 64), free("a1", "foo"), free("a1", "foo")];
    const text = importTrace({
      ...{ file: "t.log", text: lines.join("\n"), format: undefined, opCountMax: 100 },
    }).script;
    const program = await programOfScript({ name: "t", file: "t.slab", text });
    const shown = await program.judge({ machine: { slubDebug: "FZ" } });
    expect(shown.signature).toContain("double-free");
  });

  it("of kernels that do not say names have a cache for each size", () => {
    const older = (ptr: string, bytes: number) =>
      at(0, `kmem_cache_alloc: call_site=ffff ptr=${ptr} bytes_req=${bytes} bytes_alloc=${bytes}`);
    const { ops, skipped } = imported([
      older("ffff888001", 192),
      older("ffff888002", 64),
      at(0, "kmem_cache_free: call_site=ffff ptr=ffff888001"),
      at(0, "kmem_cache_free: call_site=ffff"),
      at(0, "kmalloc: call_site=ffff ptr=ffff888003"),
    ]);
    expect(ops).toEqual([
      ...["cache kmem-192 192 0 -", "alloc kmem-192 o0", "cache kmem-64 64 0 -"],
      ...["alloc kmem-64 o1", "free kmem-192 o0"],
    ]);
    expect(skipped).toEqual([
      "t.log:4: has no ptr= in its kmem_cache_free",
      "t.log:5: has no bytes_req= or no bytes_alloc= in its kmalloc",
    ]);
  });

  it("fill no more slots and caches than a script may have", async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => [
      alloc(`a${i}`, `cache${i % 200}`, 64),
      free(`a${i}`, `cache${i % 200}`),
    ]);
    const text = lines.flat().join("\n");
    const { script } = importTrace({ file: "t", text, format: "kmem", opCountMax: 1e6 });
    const program = await programOfScript({ name: "t", file: "t.slab", text: script });
    expect(program.opCount).toBeGreaterThan(40_000);
    expect((await program.judge()).verdict).toBe("ok");
  });
});

describe("a file that is no trace", () => {
  it("is refused, with the formats that are known", () => {
    expect(() => imported(["hello", "world"])).toThrow(
      "t.log: has no call in a format that is known (mtrace ltrace heaptrack utrace kmem)",
    );
    expect(() => imported(["malloc(24) = 0x10"], "kmem")).toThrow(
      "t.log: has no call in the format kmem",
    );
  });

  it("is unpacked if gzip packed it, and refused if zstd did", () => {
    expect(textOfTrace(gzipSync("+ 0x10 0x8\n"), "t.gz")).toBe("+ 0x10 0x8\n");
    expect(() => textOfTrace(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), "t.zst")).toThrow(
      "t.zst: is packed by zstd, unpack it first: zstd -d t.zst",
    );
    expect(() => textOfTrace(gzipSync("x").subarray(0, 12), "t.gz")).toThrow(
      "t.gz: cannot be unpacked",
    );
  });
});
