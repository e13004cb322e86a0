// Reports in words that only some versions have, reports that have lost their words, and what
// loggers and web pages do to them.
import { describe, expect, it } from "vitest";
import { explained, readingOfText } from "../helper/explained.ts";

describe("a report in words that only some versions have:", () => {
  it.each([
    ["an object that is not on the free list", "BUG dentry: Object already allocated", "free-list"],
    ["an address of no slab", "SLUB <none>: no slab for object 0xf8a01000.", "pointer"],
    [
      "a cache that is not empty",
      "SLUB dentry: kmem_cache_destroy called for cache that still has objects.",
      "remaining",
    ],
    ["slabs on a list", "SLUB dentry: 5 partial slabs counted but counter=6", "count"],
    ["all slabs", "SLUB: dentry 7 slabs counted but counter=8", "count"],
  ])("%s", (_, line, check) => {
    const { reports } = readingOfText(`${line}\n`);
    expect(reports).toMatchObject([{ check, words: line }]);
    expect(reports[0].cache).toBe(check === "pointer" ? undefined : "dentry");
  });

  it("an allocation that found no memory is none", () => {
    const { reports, others } = readingOfText("SLUB: Unable to allocate memory on node -1\n");
    expect([reports, others]).toEqual([[], ["SLUB: Unable to allocate memory"]]);
  });

  it.each([
    ["kmalloc-192(881:system-getty.slice)", 192],
    ["kmalloc_dma-512", 512],
    ["msg_msg-4k", 4096],
    ["memdup_user-64", 64],
    ["sgpool-128", undefined],
  ])("%s is a cache for objects of %s bytes", (cache, size) => {
    const { reports } = readingOfText(`BUG ${cache} (Not tainted): Object already free\n`);
    expect(reports).toMatchObject([{ cache, objectSize: size }]);
  });
});

const DELETED =
  "list_del corruption. prev->next should be ffff8881234a5000, but was ffff8881234a5100\n";
const ADDED =
  "list_add corruption. next->prev should be prev (ffff88032b9a4d10), but was (null). " +
  "(next=ffff8803291b7a60).\n";
const DIED =
  "kernel BUG at lib/list_debug.c:53!\nRIP: 0010:__list_del_entry_valid.cold+0x3b/0x55\n";
const WARNED = "WARNING: at lib/list_debug.c:26 __list_add+0x6d/0xa0()\n";
const NEW_WARNED =
  "WARNING: lib/list_debug.c:62 at __list_del_entry_valid_or_report+0x6/0xc, CPU#0\n";

describe("a list report", () => {
  it.each([
    ["a BUG()", DIED, "list_del corruption"],
    ["an old warning", WARNED, "list_add corruption"],
    ["a warning of 6.19", NEW_WARNED, "list_del corruption"],
  ])("whose words are lost is known by the place of %s, which it says", (_, log, kind) => {
    const { reports } = readingOfText(log);
    expect(reports).toMatchObject([{ check: "list", kind, list: undefined }]);
    expect(reports[0].lost).toContain("the line that names the check");
  });

  it.each([
    ["dies", DELETED + DIED],
    ["warns before its words", WARNED + ADDED],
    ["warns behind its words", DELETED + NEW_WARNED],
  ])("that %s counts once, with its words", (_, log) => {
    const { reports } = readingOfText(log);
    expect(reports.map(({ list }) => list?.expected !== undefined)).toEqual([true]);
  });

  it.each([
    ["list_del corruption, next is LIST_POISON1 (dead000000100100)", 0xdead000000100100n],
    [
      "list_del corruption, 00000000a1b2c3d4->prev is LIST_POISON2 (000000005e3f1c2a)",
      0xdead000000000122n,
    ],
    ["list_del corruption, ffff888107b5c2a8->next is NULL", 0n],
  ])("%s names the value, which its digits may hide", (line, found) => {
    expect(readingOfText(`${line}\n`).reports[0].list?.found).toBe(found);
  });
});

describe("the cause of a list report", () => {
  const held = (value: string): string | undefined =>
    explained(`list_del corruption. next->prev should be ffff88032b9a4d10, but was ${value}\n`)
      .causes[0].class;

  it.each([
    ["another node", "ffff8803291b7a60", "list-misuse"],
    ["text", "2f6465762f736461", "write-after-free"],
    ["a pointer of which one bit is wrong", "fbff88032b9a4d10", "bit-flip"],
    ["a pointer of which two bits are wrong", "f9ff88032b9a4d10", "write-after-free"],
  ])("follows from %s in the node", (_, value, cause) => {
    expect(held(value)).toBe(cause);
  });

  it("does not follow from the digits of a hash", () => {
    const hashed =
      "list_add corruption. next->prev should be prev (00000000d5f1a2b3), " +
      "but was 000000007c6e5f4a. (next=00000000aab1c2d3).\n";
    expect(explained(hashed).causes[0].class).toBe("list-misuse");
  });
});

describe("a warning of mm/slab.h", () => {
  const at = (fn: string): string =>
    `WARNING: CPU: 3 PID: 511 at mm/slab.h:357 ${fn}+0x1f2/0x3b0\n`;

  it("in kmem_cache_free() is that of a wrong cache, once", () => {
    const words = "cache_from_obj: Wrong slab cache. filp but object is from dentry\n";
    expect(readingOfText(at("kmem_cache_free")).reports).toMatchObject([{ check: "wrong-cache" }]);
    expect(readingOfText(words + at("kmem_cache_free")).reports.length).toBe(1);
  });

  it("in another function is none", () => {
    expect(readingOfText(at("kmem_cache_alloc")).reports).toEqual([]);
  });
});

const POISON = [
  "BUG kmalloc-64 (Not tainted): Poison overwritten",
  "INFO: 0xffff88003d3b1210-0xffff88003d3b1210. First byte 0x6a instead of 0x6b",
  "INFO: Slab 0xffffea0000f4ec40 objects=21 used=21 fp=0x          (null) flags=0x1ffff800004081",
  "INFO: Object 0xffff88003d3b1200 @offset=512 fp=0xffff88003d3b1b00",
];

describe("a report reads the same behind", () => {
  it.each([
    ["the number of a CPU", "[  101.123456@0] "],
    ["a terminal's clock", "[15:19:38.123] "],
    ["a terminal's date", "[2024-05-02 15:19:38.123] "],
    ["a weekday", "Thu 2024-05-02 15:19:38 CEST host kernel: "],
    ["seconds since 1970", "1714656000.123456 host kernel: "],
    ["syslog of RFC 5424", "<4>1 2024-05-02T15:19:38.123Z host kernel - - - "],
    ["the logger of Android", "05-10 12:34:56.789     0     0 E "],
    ["the task of a maker's kernel", "<6>[  101.123456]  [0:   kworker/0:1:  123] "],
    ["the CPU and task of another's", "<6>[  101.123456] (1)[123:kworker/0:1]"],
  ])("%s", (_, prefix) => {
    const { reports } = readingOfText(POISON.map((line) => prefix + line).join("\n"));
    expect(reports).toMatchObject([
      { cache: "kmalloc-64", used: 21, damage: [{ offset: 16, is: "6a" }] },
    ]);
  });

  it("the tags and entities of a web page", () => {
    const page = `<pre>${DELETED.trim().replaceAll(">", "&gt;")}<br>\n</pre>\n`;
    expect(readingOfText(page).reports[0].list).toEqual(readingOfText(DELETED).reports[0].list);
    const typeset = DELETED.replace("->", "\u2013> ");
    expect(readingOfText(typeset).reports[0].list).toEqual(readingOfText(DELETED).reports[0].list);
  });

  it("the headers of pstore, which keeps the end first", () => {
    const [first, second, third, fourth] = POISON;
    const parts = ["Oops#1 Part1", third, fourth, "Oops#1 Part2", first, second].join("\n");
    const { reports } = readingOfText(parts);
    expect(reports).toMatchObject([{ used: 21, damage: [{ offset: 16, is: "6a" }] }]);
    const inOrder = ["Oops#1 Part2", first, second, "Oops#1 Part1", third, fourth].join("\n");
    expect(readingOfText(inOrder).reports[0].damage).toEqual(reports[0].damage);
  });
});

describe("words of people about a log", () => {
  it.each([
    ["a mail's subject", `Subject: [BUG] ${POISON[0]}`],
    ["a tracker's title", `Bug 12345 - ${POISON[0]}`],
    ["a sentence", "We see list_del corruption, then a panic, on our machines."],
  ])("in %s are no report", (_, line) => {
    expect(readingOfText(`${line}\n`).reports).toEqual([]);
    expect(readingOfText([line, "", ...POISON].join("\n")).reports.length).toBe(1);
  });

  it("do not take the address from a crash", () => {
    const crash =
      "Hi, we hit a general protection fault in kmem_cache_alloc.\n" +
      "general protection fault, probably for non-canonical address 0xdeac4141deadbeef: 0000\n" +
      "RIP: 0010:kmem_cache_alloc+0x10a/0x2a0\n";
    expect(readingOfText(crash).reports).toMatchObject([{ faultAddress: 0xdeac4141deadbeefn }]);
  });

  it("are told from a list report whose end is cut", () => {
    const { reports } = readingOfText("list_del corruption. prev->next should be ffff8881\n");
    expect(reports).toMatchObject([{ lost: ["the end of the line that names the check"] }]);
  });
});

/** A poisoned object whose 20th byte was written, with other digits in the place of addresses. */
const dumpWith = (address: (row: number) => string): string =>
  [
    "BUG kmalloc-64 (Not tainted): Poison overwritten",
    `INFO: 0x${address(1)}-0x${address(1)}. First byte 0x6a instead of 0x6b`,
    `INFO: Slab 0x${address(9)} objects=21 used=21 fp=0x${address(8)} flags=0x17ffffc0010200`,
    `INFO: Object 0x${address(0)} @offset=512 fp=0x${address(8)}`,
    `Redzone ${address(7)}: ${"bb ".repeat(16)} ................`,
    `Object ${address(0)}: ${"6b ".repeat(16)} kkkkkkkkkkkkkkkk`,
    `Object ${address(1)}: ${"6b ".repeat(4)}6a ${"6b ".repeat(11)} kkkkjkkkkkkkkkkk`,
    `Object ${address(2)}: ${"6b ".repeat(16)} kkkkkkkkkkkkkkkk`,
    `Object ${address(3)}: ${"6b ".repeat(15)}a5  kkkkkkkkkkkkkkk.`,
    `Redzone ${address(4)}: ${"bb ".repeat(8)}  ........`,
  ].join("\n");

it.each([
  ["are hashed", (row: number) => `00000000${(0xd5f1a2b3 - row * 0x9e3779b).toString(16)}`],
  ["cannot be hashed yet", () => "(____ptrval____)"],
])("a dump whose addresses %s has its damage where its rows say, once", (_, address) => {
  const { damage, used } = readingOfText(dumpWith(address)).reports[0];
  expect(damage).toMatchObject([{ offset: 20, length: 1, role: "poison", is: "6a" }]);
  expect(used).toBe(21);
});

it("a report keeps its lines where two tasks print at the same time", () => {
  const other = POISON.map((line) =>
    line.replaceAll("kmalloc-64", "filp").replaceAll("3d3b", "3d4c"),
  );
  const mixed = POISON.flatMap((line, i) => [
    `[    1.1][    T1] ${line}`,
    `[    1.1][    C0] ${other[i]}`,
  ]);
  expect(readingOfText(mixed.join("\n")).reports).toMatchObject([
    { cache: "kmalloc-64", object: 0xffff88003d3b1200n, damage: [{ offset: 16 }] },
    { cache: "filp", object: 0xffff88003d4c1200n, damage: [{ offset: 16 }] },
  ]);
});

describe("the size of the objects of a cache follows from", () => {
  const TITLE = "BUG foo (Not tainted): Object already free\n";
  it.each([
    [
      "a row of the crash tool",
      "ffff888100042600      232       1432      1600     25     4k  foo",
    ],
    ["what KASAN says", " which belongs to the cache foo of size 232"],
  ])("%s, not from that of another cache", (_, line) => {
    expect(readingOfText(`${TITLE}${line}\n`).reports[0].objectSize).toBe(232);
    const other = readingOfText(`${TITLE}${line.replace("foo", "bar")}\n`);
    expect(other.reports[0].objectSize).toBe(undefined);
  });
});

it("the crash tool's backtrace is a report where no log tells of the crash", () => {
  const shown =
    " #7 [ffff88003a1b3c90] page_fault at ffffffff816c8608\n" +
    "    [exception RIP: kmem_cache_alloc+116]\n    RAX: 0000000000000000  RBX: 61616161deadbeef\n";
  expect(readingOfText(shown).reports).toMatchObject([{ check: "alloc-oops", isOfDump: true }]);
  const told =
    "BUG: unable to handle kernel paging request at 61616161deadbeef\n" +
    "RIP: 0010:kmem_cache_alloc+0x74/0x1f0\n";
  expect(readingOfText(told + shown).reports.length).toBe(1);
});

it("a report names lines that the kernel dropped as lost", () => {
  const lost = (line: string): readonly string[] =>
    readingOfText([POISON[0], line, POISON[3]].join("\n")).reports[0].lost;
  const words = "lines that the kernel or a logger dropped";
  expect(lost("** 42 printk messages dropped **")).toContain(words);
  expect(lost("usb 1-1: new device number 42")).not.toContain(words);
});

it("a report of another tool is set aside by its name", () => {
  const lines = [
    "refcount_t: underflow; use-after-free.",
    "kmemleak: 12 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
    "BUG: Bad page state in process swapper/0  pfn:11b3a",
    "BUG: spinlock bad magic on CPU#0, swapper/0/1",
    "ODEBUG: activate active (active state 1) object type: rcu_head hint: 0x0",
    "UBSAN: array-index-out-of-bounds in foo.c:12:3",
    "usercopy: Kernel memory overwrite attempt detected to SLUB object 'kmalloc-64' (offset 10)",
  ];
  const { reports, others } = readingOfText(`${lines.join("\n")}\n`);
  expect(reports).toEqual([]);
  expect(others.length).toBe(lines.length);
});

describe("a free pointer that the crash tool calls invalid", () => {
  const crash = (address: string): string =>
    `BUG: unable to handle page fault for address: ${address}\n` +
    "RIP: 0010:kmem_cache_alloc+0x10a/0x2a0\nRAX: 6161616161616161\n";
  const invalid = (cache: string): string =>
    `kmem: ${cache}: slab: ffffea00042b2c00 invalid freepointer: 6161616161616161\n`;
  const SHOWN = "crash> kmem -s kmalloc-64\nffff888100042600 64 1432 1600 25 4k kmalloc-64\n";

  it("is a report of its own, once", () => {
    const value = 0x6161616161616161n;
    const { reports } = readingOfText(SHOWN + invalid("kmalloc-64") + invalid("kmalloc-64"));
    expect(reports).toMatchObject([
      { check: "free-pointer", cache: "kmalloc-64", objectSize: 64, freePointer: value },
    ]);
  });

  it("names the cache of the crash that followed it, and of no other", () => {
    const { reports } = readingOfText(crash("6161616161616181") + invalid("kmalloc-64"));
    expect(reports).toMatchObject([{ check: "alloc-oops", cache: "kmalloc-64", objectSize: 64 }]);
    const other = crash("dead4141deadbeef").replace(/RAX.*\n/, "");
    const both = readingOfText(other + invalid("kmalloc-64")).reports;
    expect(both.map(({ check, cache }) => [check, cache])).toEqual([
      ["alloc-oops", undefined],
      ["free-pointer", "kmalloc-64"],
    ]);
  });

  it("is the tool's own mistake where those of many caches are", () => {
    const many = ["kmalloc-64", "dentry", "filp", "skbuff_head_cache"].map(invalid).join("");
    expect(explained(many).causes[0].class).toBe("artefact");
    expect(explained(invalid("kmalloc-64")).causes[0].class).not.toBe("artefact");
  });

  it("is none where the tool finds nothing invalid", () => {
    expect(readingOfText(SHOWN).reports).toEqual([]);
  });
});
