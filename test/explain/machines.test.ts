// Crashes in the allocator in the words of each architecture and age, and some that only look so.
import { describe, expect, it } from "vitest";
import { explained, readingOfText } from "../helper/explained.ts";

/** How a machine says that it died in a function, and at which address. */
type Words = (fn: string, address: string) => string;

const MACHINES: readonly (readonly [string, number, Words])[] = [
  [
    "ppc64",
    8,
    (fn, at) =>
      `BUG: Unable to handle kernel data access on read at 0x${at}\n` +
      "Faulting instruction address: 0xc0000000003f5a4c\n" +
      `GPR04: 0000000000000cc0 ${at} c0000000004b5d2c 000000000013f5a1\n` +
      `NIP [c0000000003f5a4c] ${fn}+0x15c/0x460\n`,
  ],
  [
    "ppc32",
    4,
    (fn, at) =>
      `BUG: Kernel NULL pointer dereference on read at 0x${at}\n` +
      `NIP:  c019d2a4 LR: c019d278 CTR: c00a1230\nNIP [c019d2a4] ${fn}+0x94/0x1c0\n`,
  ],
  [
    "s390x",
    8,
    (fn, at) =>
      "Unable to handle kernel pointer dereference in virtual kernel address space\n" +
      `Failing address: ${at} TEID: 6b6b6b6b6b6b6803\nOops: 0038 ilc:3 [#1] PREEMPT SMP\n` +
      `Krnl PSW : 0704e00180000000 00000000002c9d1e (${fn}+0x9e/0x3f8)\n`,
  ],
  [
    "mips",
    4,
    (fn, at) =>
      `CPU 0 Unable to handle kernel paging request at virtual address ${at}, epc == 8010b2f4\n` +
      `Oops[#1]:\n$ 0   : 00000000 10008400 00000000 ${at}\n` +
      `epc   : 8010b2f4 ${fn}+0x84/0x14c\n`,
  ],
  [
    "arm",
    4,
    (fn, at) =>
      `Unable to handle kernel paging request at virtual address ${at}\npgd = c0004000\n` +
      `Internal error: Oops: 5 [#1] PREEMPT ARM\nPC is at ${fn}+0x3c/0x118\n`,
  ],
  [
    "sparc64",
    8,
    (fn, at) =>
      `Unable to handle kernel paging request at virtual address ${at}\nsh(421): Oops [#1]\n` +
      `TSTATE: 0000000011001604 TPC: 00000000005a4f20\nTPC: <${fn}+0x60/0x140>\n`,
  ],
  [
    "loongarch64",
    8,
    (fn, at) =>
      `CPU 0 Unable to handle kernel paging request at virtual address ${at}, era == 90000000\n` +
      `Oops[#1]:\n   ERA: 900000000034b2f4 ${fn}+0x84/0x34c\n`,
  ],
  [
    "riscv64",
    8,
    (fn, at) =>
      `Unable to handle kernel paging request at virtual address ${at}\nOops [#1]\n` +
      `epc : ${fn}+0x84/0x34c\nepc : ffffffff8018b2f4 ra : ffffffff8018b2c8 sp : ff20000000\n`,
  ],
  [
    "parisc",
    4,
    (fn, at) =>
      `Kernel Fault: Code=15 (Data TLB miss fault) at addr ${at}\n IAOQ[0]: ${fn}+0x44/0xe0\n`,
  ],
  [
    "m68k",
    4,
    (fn, at) =>
      `Unable to handle kernel access at virtual address ${at}\nPC: [<000a3c42>] ${fn}+0x5c/0xb6\n`,
  ],
  [
    "i386",
    4,
    (fn, at) =>
      `BUG: unable to handle kernel paging request at ${at}\nIP: [<c0193a9b>] ${fn}+0x3b/0x120\n` +
      `Oops: 0000 [#1] SMP\nEIP: [<c0193a9b>] ${fn}+0x3b/0x120 SS:ESP 0068:f4567e38\n`,
  ],
];

describe("a crash of", () => {
  it.each(MACHINES)("%s in an allocation is read with its address, once", (arch, bytes, words) => {
    const address = "6b".repeat(bytes);
    const { reports, machine } = readingOfText(words("kmem_cache_alloc", address));
    expect(reports).toMatchObject([
      { check: "alloc-oops", faultAddress: BigInt(`0x${address}`), stack: ["kmem_cache_alloc"] },
    ]);
    expect(machine).toMatchObject({ arch, wordBytes: bytes });
  });

  it.each(MACHINES)("%s in a driver is none of the allocator", (_, bytes, words) => {
    expect(readingOfText(words("foo_probe", "61".repeat(bytes))).reports).toEqual([]);
  });

  it.each(MACHINES)("%s in a driver that met poison says what it followed", (_, bytes, words) => {
    const { causes, reading } = explained(words("foo_probe", "6b".repeat(bytes)));
    expect(reading.reports).toMatchObject([{ check: "poison-oops" }]);
    expect(causes.slice(0, 2).map((cause) => cause.class)).toContain("write-after-free");
  });
});

describe("the order of bytes", () => {
  const row = (bytes: string): string =>
    "BUG foo (Not tainted): Poison overwritten\n" +
    "INFO: 0x87cf2b40-0x87cf2b43. First byte 0x87 instead of 0x6b\n" +
    `INFO: Object 0x87cf2b40 @offset=2880 fp=0x87cf2bc0\nObject 87cf2b40: ${bytes} 6b 6b 6b 6b\n`;

  it("of MIPS follows from the pointers of a dump", () => {
    const rest = "Cpu 0\n$ 0   : 00000000 10008400 00000000 6b6b6b6b\n";
    expect(readingOfText(row("87 d0 12 40") + rest).machine.isBigEndian).toBe(true);
    expect(readingOfText(row("40 12 d0 87") + rest).machine.isBigEndian).toBe(false);
  });

  it("of ppc64 is what its crash says", () => {
    const said = (order: string): string =>
      `${row("00 01 02 03")}${order}E PAGE_SIZE=64K MMU=Radix SMP\n` +
      "NIP [c0000000003f5a4c] foo+0x15c/0x460\n";
    expect(readingOfText(said("B")).machine.isBigEndian).toBe(true);
    expect(readingOfText(said("L")).machine.isBigEndian).toBe(false);
  });
});

it("the kernel's name in brackets may have more behind it", () => {
  const { machine } = readingOfText(
    "CPU: 0    Not tainted  (2.6.32-svn123 #1)\nPC is at kmem_cache_alloc+0x3c/0x118\n",
  );
  expect(machine.kernel).toBe("2.6.32-svn123");
});

describe("a function whose name begins as one of the allocator", () => {
  const crash = (fn: string): string =>
    `BUG: unable to handle page fault for address: ffffea0004000008\nRIP: 0010:${fn}+0x60/0x2c0\n`;

  it.each(["kfree_skb", "kfree_skb_reason", "kmalloc_reserve", "kfree_rcu_work"])(
    "%s is of others",
    (fn) => {
      expect(readingOfText(crash(fn)).reports).toEqual([]);
    },
  );

  it.each(["kfree", "kfree.part.0", "kvfree", "__kmalloc_node_track_caller_noprof", "new_slab"])(
    "%s is of the allocator",
    (fn) => {
      expect(readingOfText(crash(fn)).reports.length).toBe(1);
    },
  );
});

describe("a crash in a function that fills memory or translates an address", () => {
  const crash = (helper: string, caller: string): string =>
    "BUG: unable to handle page fault for address: ffffeb04000ffb40\n" +
    `RIP: 0010:${helper}+0x9/0x10\nCall Trace:\n <TASK>\n ? kfree+0x1/0x2\n` +
    ` ${caller}+0x3b/0x80\n kmem_cache_alloc+0x2f1/0x310\n`;

  it("is of the allocator if the allocator called it", () => {
    expect(readingOfText(crash("memset_erms", "init_object")).reports).toMatchObject([
      { check: "alloc-oops", kind: "page fault in memset_erms" },
    ]);
  });

  it("is of others if others called it", () => {
    expect(readingOfText(crash("memset_erms", "foo_probe")).reports).toEqual([]);
  });

  it("says of kfree() that the address lies in no memory", () => {
    const bug = (caller: string): string =>
      "kernel BUG at arch/x86/mm/physaddr.c:28!\nRIP: 0010:__phys_addr+0x47/0x70\nCall Trace:\n" +
      ` ${caller}+0x51/0x3a0\n foo_exit+0x1c/0x20 [foo]\n`;
    expect(readingOfText(bug("kfree")).reports).toMatchObject([{ check: "kfree-page" }]);
    expect(readingOfText(bug("foo_map")).reports).toEqual([]);
  });
});

describe("a general protection fault outside of the allocator", () => {
  const fault = (words: string, rax: string): string =>
    `general protection fault${words}: 0000 [#1] SMP\nRIP: 0010:foo_work+0x42/0x120 [foo]\n` +
    `RAX: ${rax} RBX: ffff88810a5c4c00 RCX: 0000000000000000\n`;
  const at = (address: string): string =>
    fault(`, probably for non-canonical address 0x${address}`, address);

  it.each([
    ["poison of a freed object", at("6b6b6b6b6b6b6b9b"), "read-after-free"],
    ["poison that only a register holds", fault("", "6b6b6b6b6b6b6b6b"), "read-after-free"],
    [
      "poison of an object that nobody has written to",
      at("5a5a5a5a5a5a5a62"),
      "uninitialised-read",
    ],
    ["the poison of a deleted list node", at("dead000000000108"), "list-misuse"],
  ])("at %s is explained by what leaves it", (_, log, cause) => {
    expect(explained(log).causes[0].class).toBe(cause);
  });

  it.each([
    ["another address", at("1f2e3d4c5b6a7988")],
    ["an address that no line names", fault("", "1f2e3d4c5b6a7988")],
  ])("at %s is set aside by name", (_, log) => {
    const { reports, others } = readingOfText(log);
    expect(reports).toEqual([]);
    expect(others).toEqual(["general protection fault in foo_work"]);
  });
});
