// Logs of our own for the bug classes, each with a look-alike that must not be taken for it.
import { describe, expect, it } from "vitest";
import { type BugName, INJECTED_BUGS } from "../../src/target/bug_names.ts";
import { explained, logOfScript, readingOfText } from "../helper/explained.ts";
import { COMMON_BUGS } from "../helper/judge.ts";
import { partOf } from "../helper/part_of.ts";

const DEBUG = "# boot: up slub_debug=FZPU\n# profile: v6.1\n";
const LISTS = "# boot: updl\n# profile: v6.1\n";
const CHECKED = "# boot: up slub_debug=F\n# profile: v6.1\n";
const PLAIN = "# boot: up\n# profile: v6.1\n";
const BOX = "cache box 100 0 -\nallocn box 3 b\n";

interface Mistake {
  readonly named: readonly string[];
  readonly script: string;
  /** The same without the mistake, or with another one that only looks like it. */
  readonly twin: string;
}

const MISTAKES: readonly Mistake[] = [
  {
    named: ["overflow-right"],
    script: `${DEBUG}${BOX}write b0 100 4142434445\nfree box b0`,
    twin: `${DEBUG}${BOX}write b0 95 4142434445\nfree box b0`,
  },
  {
    named: ["off-by-one-nul"],
    script: `${DEBUG}${BOX}write b0 100 00\nfree box b0`,
    twin: `${DEBUG}${BOX}write b0 100 41\nfree box b0`,
  },
  {
    named: ["off-by-one"],
    script: `${DEBUG}${BOX}write b0 100 41\nfree box b0`,
    twin: `${DEBUG}${BOX}write b0 100 00\nfree box b0`,
  },
  {
    named: ["overflow-left"],
    script: `${DEBUG}${BOX}write b0 -4 41424344\nfree box b0`,
    twin: `${DEBUG}${BOX}write b0 0 41424344\nfree box b0`,
  },
  {
    named: ["overflow-slack"],
    script:
      `# boot: up slub_debug=FZPU\n# profile: v6.12\nkmalloc 80 k\n` +
      `write k 80 4142434445\nkfree k`,
    twin:
      `# boot: up slub_debug=FZPU\n# profile: v6.12\nkmalloc 96 k\n` +
      `write k 80 4142434445\nkfree k`,
  },
  {
    named: ["write-after-free"],
    script: `${DEBUG}${BOX}free box b0\nwrite b0 16 6a\nalloc box again`,
    twin: `${DEBUG}${BOX}write b0 16 6a\nfree box b0\nalloc box again`,
  },
  {
    named: ["double-free", "double-free-interleaved"],
    script: `${DEBUG}${BOX}free box b0\nfree box b0`,
    twin: `${DEBUG}${BOX}free box b0\nfree box b1`,
  },
  {
    named: ["double-free-interleaved", "double-free"],
    script: `${DEBUG}${BOX}free box b0\nfree box b1\nfree box b0`,
    twin: `${DEBUG}${BOX}free box b0\nfree box b1\nalloc box c\nfree box c`,
  },
  {
    named: ["invalid-free-interior"],
    script: `${DEBUG}${BOX}free box b0+8`,
    twin: `${DEBUG}${BOX}free box b0`,
  },
  {
    named: ["invalid-free-foreign"],
    script: `${PLAIN}${BOX}kfree vglob`,
    twin: `${PLAIN}kmalloc 32 k\nkfree k`,
  },
  {
    named: ["wrong-cache-free"],
    script: `${DEBUG}${BOX}cache bag 100 0 -\nalloc bag g\nfree box g`,
    twin: `${DEBUG}${BOX}cache bag 100 0 -\nalloc bag g\nfree bag g`,
  },
  {
    named: ["leak-at-destroy"],
    script: `${DEBUG}${BOX}free box b0\nfree box b1\ndestroy box`,
    twin: `${DEBUG}${BOX}free box b0\nfree box b1\nfree box b2\ndestroy box`,
  },
  {
    named: ["slab-padding"],
    script: `${DEBUG}cache big 1000 0 -\nalloc big g\nwrite g 16100 4142434445464748\nvalidate big`,
    twin: `${DEBUG}cache big 1000 0 -\nalloc big g\nwrite g 900 4142434445464748\nvalidate big`,
  },
  {
    named: ["overflow-strided"],
    script:
      `# boot: up slub_debug=FZPU\n# profile: v6.1\nkmalloc 64 k\n` +
      `write k 64 f8\nwrite k 68 f8\nwrite k 72 f8\nwrite k 76 f8\n` +
      `write k 80 f8\nkvalidate k`,
    twin:
      `# boot: up slub_debug=FZPU\n# profile: v6.1\nkmalloc 64 k\n` +
      `write k 48 f8\nwrite k 52 f8\nwrite k 56 f8\nkvalidate k`,
  },
  {
    named: ["wrong-size-use"],
    script:
      `${DEBUG}${BOX}cache bin 312 0 -\nalloc bin n\nlistinit glob\n` +
      `listadd n+304 glob\nwptr n 312 glob\nfree bin n`,
    twin:
      `${DEBUG}${BOX}cache bin 312 0 -\nalloc bin n\nlistinit glob\n` +
      `listadd n+296 glob\nlistdel n+296\nfree bin n`,
  },
  {
    named: ["list-misuse"],
    script: `${LISTS}${BOX}listinit glob\nlistadd b0 glob\nlistdel b0\nlistdel b0`,
    twin: `${LISTS}${BOX}listinit glob\nlistadd b0 glob\nlistdel b0\nlistadd b0 glob\nlistdel b0`,
  },
  {
    named: ["free-pointer-forge", "write-after-free"],
    script:
      `${PLAIN}cache box 64 0 -\nallocn box 3 b\nfree box b1\nfree box b0\n` +
      `wfp box b0 0xdead4141deadbeef\nalloc box c\nalloc box d\nalloc box e`,
    twin:
      `${PLAIN}cache box 64 0 -\nallocn box 3 b\nfree box b1\nfree box b0\n` +
      `alloc box c\nalloc box d\nalloc box e`,
  },
  {
    named: ["overflow-far", "overflow-right"],
    script: `${DEBUG}${BOX}write b0 100 ${"41".repeat(200)}\nfree box b0`,
    twin: `${DEBUG}${BOX}write b0 0 ${"41".repeat(100)}\nfree box b0`,
  },
  {
    // The new owner's list node is written over by the old one.
    named: ["write-after-reuse", "write-after-free"],
    script:
      `${LISTS}${BOX}free box b0\nalloc box n\nlistinit glob\nlistadd n glob\n` +
      "write b0 0 41424344454647484950515253545556\nlistadd glob+64 glob",
    twin:
      `${LISTS}${BOX}free box b0\nalloc box n\nlistinit glob\nlistadd n glob\n` +
      "write n 16 41424344454647484950515253545556\nlistadd glob+64 glob",
  },
  {
    named: ["double-free-after-reuse", "double-free", "double-free-interleaved"],
    script: `${DEBUG}${BOX}free box b0\nalloc box n\nfree box b0\nfree box n`,
    twin: `${DEBUG}${BOX}free box b0\nalloc box n\nfree box n\nfree box b1`,
  },
  {
    named: ["double-free-after-discard", "invalid-free-foreign"],
    script: `${PLAIN}kmalloc 20000 a\nkfree a\nkfree a`,
    twin: `${PLAIN}kmalloc 20000 a\nkmalloc 20000 b\nkfree a\nkfree b`,
  },
  {
    named: ["double-free-bulk"],
    script: `${DEBUG}${BOX}bulkfree box b0 b0`,
    twin: `${DEBUG}${BOX}bulkfree box b0 b1`,
  },
  {
    named: ["freelist-cycle", "double-free"],
    script: `${CHECKED}${BOX}free box b0\nwfp box b0 b0\nvalidate box`,
    twin: `${CHECKED}${BOX}free box b0\nfree box b1\nvalidate box`,
  },
  {
    // The pages of one cache go to another, whose free objects a stale pointer writes into.
    named: ["cross-cache-reuse", "write-after-free"],
    script:
      `${DEBUG}cache one 1000 0 -\nallocn one 40 p\nfreen one 40 p\nshrink one\n` +
      "cache two 1000 0 -\nallocn two 20 q\nfreen two 20 q\nwrite p0 100 41424344\nvalidate two",
    twin:
      `${DEBUG}cache one 1000 0 -\nallocn one 40 p\nwrite p0 100 41424344\nfreen one 40 p\n` +
      "shrink one\ncache two 1000 0 -\nallocn two 20 q\nfreen two 20 q\nvalidate two",
  },
  {
    named: ["use-after-destroy", "invalid-free-foreign"],
    script: `${PLAIN}${BOX}free box b0\nfree box b1\nfree box b2\ndestroy box\nkfree b1`,
    twin: `${PLAIN}${BOX}free box b0\nfree box b1\nfree box b2\ndestroy box`,
  },
  {
    // What krealloc() gave back is written through the old pointer.
    named: ["krealloc-misuse", "write-after-free"],
    script: `${DEBUG}kmalloc 70 a\nkrealloc a 100 b\nwrite a 16 4142\nkmalloc 70 c`,
    twin: `${DEBUG}kmalloc 70 a\nkrealloc a 100 b\nwrite b 16 4142\nkmalloc 70 c`,
  },
  {
    named: ["bit-flip", "write-after-free"],
    script: `${DEBUG}${BOX}free box b0\nwrite b0 16 2b\nalloc box again`,
    twin: `${DEBUG}${BOX}write b0 16 2b\nfree box b0\nalloc box again`,
  },
];

describe("the log of a program that commits a mistake", () => {
  it.each(partOf(MISTAKES, 3).map((mistake) => [mistake.named[0], mistake] as const))(
    "%s is explained by it, and its look-alike is not",
    async (_, { named, script, twin }) => {
      const log = await logOfScript(script);
      const [first] = explained(log).causes;
      expect(named).toContain(first.class);
      const other = await logOfScript(twin);
      const told = readingOfText(other).reports.length === 0 ? [] : explained(other).causes;
      expect(told.at(0)?.class).not.toBe(named[0]);
    },
  );
});

/** Classes of which SLUB's own checks print nothing: they write no byte that it looks at. */
const SILENT: Readonly<Partial<Record<BugName, string>>> = {
  "read-out-of-bounds": `${DEBUG}${BOX}read b0 96 16\nfree box b0`,
  "read-after-free": `${DEBUG}${BOX}free box b0\nread b0 0 16\nalloc box again`,
  "uninitialised-read": `${DEBUG}${BOX}read b0 0 16\nfree box b0`,
  "constructor-violation":
    "# boot: up slub_debug=FZPU\n# profile: v6.1\ncache box 100 0 - ctor\nalloc box b\n" +
    "write b 0 41\nfree box b\nalloc box again",
};

it.each(Object.entries(SILENT))("the log of %s is refused", async (_, script) => {
  const log = await logOfScript(script);
  expect(() => explained(`${log}\n`)).toThrow(/none is of SLUB or list debugging$/);
});

/** What 7.3 alone has prints what the class prints that it is a kind of. */
const OF_SHEAVES: Readonly<Partial<Record<BugName, readonly [letters: string, body: string]>>> = {
  "double-free-in-sheaf": ["F", `${BOX}free box b0\nfree box b0`],
  "double-free-sheaf-and-slab": ["F", `${BOX}free box b0\nshrink box\nfree box b0`],
  "bad-free-flushed": ["F", `${BOX}free box b0+8`],
  "double-free-rcu": ["F", `${BOX}free box b0\nfree box b0`],
  "sheaf-overwrite": ["-", "kfree vglob"],
  "wrong-cache-leak": ["F", `${BOX}cache bag 100 0 -\nalloc bag g\nfree box g`],
};

it.each(Object.entries(OF_SHEAVES))(
  "the log of a kernel with sheaves may be explained by %s, and no other is",
  async (name, [letters, body]) => {
    const told = async (kernel: string): Promise<string[]> => {
      const head = `# boot: up slub_debug=${letters}\n# profile: ${kernel}\n`;
      return explained(await logOfScript(head + body)).causes.map((cause) => cause.class);
    };
    expect(await told("v7.3")).toContain(name);
    expect(await told("v6.12")).not.toContain(name);
  },
);

it("each class has a log here, or leaves none", () => {
  const told = new Set<string>([...MISTAKES.flatMap(({ named }) => named), ...Object.keys(SILENT)]);
  expect(COMMON_BUGS.filter((name) => !told.has(name))).toEqual([]);
  const ofSheaves = INJECTED_BUGS.filter((name) => !COMMON_BUGS.includes(name));
  expect(Object.keys(OF_SHEAVES).sort()).toEqual([...ofSheaves].sort());
});

describe("a cause that no program commits is known by its bytes:", () => {
  const head = (cache: string, what: string): string => `BUG ${cache} (Not tainted): ${what}\n`;

  it("it is a stack that grows into a slab", () => {
    const rows = [
      "Padding  ffff888113076a00: 00 80 14 0d 81 88 ff ff 33 30 62 a7 ff ff ff ff  ........",
      "Padding  ffff888113076a20: 68 91 81 14 81 88 ff ff f7 21 17 a7 ff ff ff ff  ........",
    ];
    const padding = "Padding overwritten. 0xffff888113076a00-0xffff888113076a2f @offset=2560";
    const [first] = explained(head("ptl", padding) + rows.join("\n")).causes;
    expect(first.class).toBe("stack-overflow");
    const text = rows.map((row) => row.replace(/: .*/, `: ${"41 ".repeat(16)} AAAA`)).join("\n");
    expect(explained(head("ptl", padding) + text).causes[0].class).toBe("slab-padding");
  });

  it("it is a device that writes whole words", () => {
    const lines = (by: string, range: string): string =>
      `${head("kmalloc-64", "kmalloc Redzone overwritten")}` +
      `${range} First byte 0x0 instead of 0xcc\n` +
      `Allocated in ${by}+0x2b/0xac age=1 cpu=3 pid=41\n` +
      `Object 0x8555cd00 @offset=3328 fp=0x00000000\n`;
    const word = "0x8555cd02-0x8555cd03 @offset=3330.";
    expect(explained(lines("usb_get_status", word)).causes[0].class).toBe("device-write");
    const rest = "0x8555cd04-0x8555cd06 @offset=3332.";
    expect(explained(lines("parse_name", rest)).causes[0].class).toBe("overflow-slack");
  });

  it("it is a race where a red zone changes its state under a check", () => {
    const zone = (byte: string): string =>
      `${head("dentry", "Right Redzone overwritten")}` +
      `0xffff888100000a40-0xffff888100000a47 @offset=2624. First byte 0x${byte} instead of 0xcc\n` +
      "Object 0xffff888100000a00 @offset=2560 fp=0x0000000000000000\n" +
      `Redzone  ffff888100000a40: ${`${byte} `.repeat(8)}   ........\n`;
    expect(explained(zone("bb")).causes[0].class).toBe("race");
    expect(explained(zone("41")).causes[0].class).toBe("overflow-right");
  });

  it("it is a type larger than its slot where an allocation hands out a list head", () => {
    const warning =
      "list_add corruption. next->prev should be prev (ffffc90003fed0c8), " +
      "but was 0000010c4a41434b. (next=ffff8800363feb38).\n";
    const crash = (object: string): string =>
      "BUG: unable to handle kernel paging request at ffffeb04000ffb40\n" +
      `RIP: 0010:kmem_cache_free+0x65/0x100\nRBX: ${object}\n`;
    const { reading, causes } = explained(warning + crash("ffffc90003fed0c8"));
    expect(causes[0].class).toBe("wrong-size-use");
    expect(reading.reports[1].causedBy).toBe(0);
    const other = explained(warning + crash("ffffc90003fed0d0"));
    expect(other.reading.reports[1].causedBy).toBe(null);
    expect(other.causes[0].class).not.toBe("wrong-size-use");
  });
});
