// The configuration that Debian ships, option by option: what each changes in what a program sees.
// What init_on_alloc=1 does was asked of the recorded kernels (variant smph), and all three agree;
// of kernels with the other options together no recording exists.
import { describe, expect, it } from "vitest";
import { Planted } from "../../../src/abi.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { LogWriter } from "../../../src/slub/words/log.ts";
import type { MachineOverrides } from "../../../src/target/options.ts";
import { judgeScript } from "../../helper/judge.ts";

const LATER = ["v6.1", "v6.12", "v7.3"] as const;

function logLines(text: string, overrides: MachineOverrides): readonly string[] {
  const program = parseScript(text, "debian.slab");
  const machine = machineFor(program, overrides);
  const writer = new LogWriter(machine);
  return [...replay(program, machine)].flatMap((step) => writer.lines(step));
}

/** What the `read` lines of a script find. */
function bytesRead(text: string, overrides: MachineOverrides): readonly string[] {
  const reads = logLines(text, overrides).filter((line) => / read /.test(line));
  return reads.map((line) => line.split(" => ")[1]);
}

/** Every way to allocate; each object holds old bytes unless it is cleared. */
const CLEARED = `
cache c 64 0 -
cache r 64 0 R
cache k 64 0 - ctor
cache p 64 0 P
alloc c a
fill a 0 64 41
free c a
alloc c b
read b 0 8
fill b 0 64 41
free c b
bulkalloc c 1 q
read q0 0 8
alloc r ra
fill ra 0 64 42
free r ra
alloc r rb
read rb 0 8
alloc r rc z
read rc 0 8
alloc k ka
fill ka 0 64 43
free k ka
alloc k kb
read kb 0 8
free k kb
alloc k kc z
read kc 0 8
alloc p pa
read pa 0 8
kmalloc 100 m
fill m 0 128 44
krealloc m 60 m2
read m2 56 8
krealloc m2 90 m3
read m3 86 8
kmalloc 20000 big
fill big 0 20000 45
kfree big
kmalloc 20000 again
read again 0 8
`;

const ZEROES = "0".repeat(16);
/** As 6.1.192, 6.12.117 and 7.3.4 answered with init_on_alloc=1. */
const RECORDED = [
  ZEROES,
  ZEROES,
  "42".repeat(8),
  ZEROES,
  "43".repeat(8),
  "43".repeat(8),
  "6b".repeat(8),
  `${"44".repeat(4)}00000000`,
  ZEROES,
  ZEROES,
];

describe("init_on_alloc=1", () => {
  it.each(LATER)("clears on %s what neither a constructor, R nor P keeps", (profile) => {
    expect(bytesRead(CLEARED, { profile, boot: "smph init_on_alloc=1" })).toEqual(RECORDED);
    expect(bytesRead(CLEARED, { profile, boot: "debian" })).toEqual(RECORDED);
  });

  it.each(LATER)("is off on %s where the parameter says so", (profile) => {
    const boots = ["smph", "debian init_on_alloc=0", "smph init_on_alloc=off"];
    const reads = boots.map((boot) => bytesRead(CLEARED, { profile, boot })[0]);
    expect(reads).toEqual(boots.map(() => "41".repeat(8)));
  });

  it("clears what comes out of a sheaf, and what kmalloc_nolock gives", () => {
    const text =
      "cache c 64 0 -\nalloc c a\nfill a 0 64 41\nfree c a\nsheafget c 1 s\nsheafalloc c s b\n" +
      "read b 0 8\nkmalloc 64 m\nfill m 0 64 42\nkfree m\nkmallocnl 64 n\nread n 0 8\n";
    const reads = (boot: string) => bytesRead(text, { profile: "v7.3", boot });
    expect(reads("debian")).toEqual([ZEROES, ZEROES]);
    expect(reads("smph")[1]).toBe("42".repeat(8));
  });

  // Asked of all three: who asks for zeroes of a constructed cache is told off, and gets none.
  it.each(LATER)("warns on %s of zeroes that a constructor rules out", (profile) => {
    const lines = (wish: string) => {
      const text = `cache k 64 0 - ctor\nalloc k a${wish}\nread a 0 8\n`;
      return logLines(text, { profile, boot: "up init_on_alloc=1" });
    };
    const warnings = (wish: string) =>
      lines(wish).filter((line) => /WARNING: .*mm\/slub/.test(line));
    expect(warnings(" z")).toHaveLength(1);
    expect(warnings("")).toEqual([]);
    expect(lines(" z").at(-1)).toBe(lines("").at(-1));
  });

  // Asked of 6.1.192 and 6.12.117: kmem_cache_alloc_bulk() clears when all objects are out.
  it.each(["v6.1", "v6.12"] as const)("lets no link be cleared in a bulk of %s", (profile) => {
    const text =
      "cache c 64 0 -\nalloc c a\nalloc c b\nfree c a\nfree c b\nfree c a\nbulkalloc c 4 q\n";
    const given = logLines(text, { profile, boot: "up init_on_alloc=1" }).join("\n");
    expect([...given.matchAll(/ o(\d) off=\d+(?=;|$)/gm)].slice(-4).map(([, o]) => o)).toEqual([
      ...["0", "1", "0", "1"],
    ]);
  });

  it("leaves nothing to disclose to a read before the first write", () => {
    const text = "kmalloc 64 a\nfill a 0 64 53\nkfree a\nkmalloc 64 b\nread b 0 8\n";
    const judged = (boot: string) => judgeScript(text, { boot }).judgement;
    expect(judged("smph")).toMatchObject({ cause: "uninitialised-read", impact: "disclosed" });
    expect(judged("debian")).toMatchObject({ cause: "uninitialised-read", impact: "none" });
  });

  it("is held to by the rule not-zeroed", () => {
    const heap = new SlabHeap("canary");
    const text = "kmalloc 64 a\nfill a 0 64 53\nkfree a\nkmalloc 64 b\nread b 56 8\nkfree b\n";
    const verdict = (boot: string) => {
      const program = parseScript(text, "short.slab");
      const machine = machineFor(program, { boot });
      heap.configure(machine, Planted.ZEROING_ONE_WORD_SHORT);
      const { judgement } = new Judge(heap).run(encode(program, machine));
      return [judgement.verdict, judgement.violation?.invariant];
    };
    expect(verdict("debian")).toEqual(["invariant", "not-zeroed"]);
    expect(verdict("smph")).toEqual(["blind", undefined]);
  });
});

describe("SLAB_FREELIST_RANDOM", () => {
  it.each(LATER)("mixes the objects of a new slab of %s, and loses none", (profile) => {
    const text = "cache c 512 0 -\nallocn c 8 p\nlist c\n";
    const placed = (boot: string): readonly number[] =>
      [...(logLines(text, { profile, boot })[1].matchAll(/s0 o(\d+)/g) ?? [])].map(([, o]) =>
        Number(o),
      );
    // 7.3 hands the objects of a sheaf out from the last one on.
    const step = profile === "v7.3" ? -1 : 1;
    const stepsOf = (numbers: readonly number[]) =>
      new Set(numbers.slice(1).map((number, i) => number - numbers[i]));
    expect(stepsOf(placed("smph"))).toEqual(new Set([step]));
    expect(new Set(placed("debian")).size).toBe(8);
    expect(stepsOf(placed("debian"))).not.toEqual(new Set([step]));
  });
});

describe("SLAB_FREELIST_HARDENED", () => {
  it.each(["v6.1", "v6.12"] as const)("ends the second free in a row on %s", (profile) => {
    const text = "cache c 64 0 -\nalloc c p\nfree c p\nfree c p\n";
    const lines = (boot: string) => logLines(text, { profile, boot }).join("\n");
    expect(lines("debian")).toContain("kernel BUG at mm/slub.c");
    expect(lines("smp")).not.toContain("kernel BUG");
  });
});

const LISTS = "cache c 64 0 -\nalloc c h\nalloc c a\nalloc c b\nlistinit h\nlistadd a h\n";

describe("LIST_HARDENED", () => {
  const hardened = ["v6.12", "v7.3"] as const;

  it.each(hardened)("reports on %s neighbours that do not agree, as DEBUG_LIST does", (profile) => {
    const text = `${LISTS}wptr h 0 b\nlistdel a\nlistadd b h\n`;
    const config = "-BUG_ON_DATA_CORRUPTION";
    const reports = (boot: string) =>
      logLines(text, { profile, boot, config }).filter((line) => /list_\w+ corruption/.test(line));
    expect(reports("debian").length).toBeGreaterThan(0);
    expect(reports("debian").length).toBe(reports("smph").length);
    expect(reports("smp")).toEqual([]);
  });

  it.each(hardened)("faults on %s at NULL, which DEBUG_LIST reports", (profile) => {
    const text = `${LISTS}fill a 0 16 00\nlistdel a\n`;
    const lines = (boot: string) => logLines(text, { profile, boot }).join("\n");
    expect(lines("smph")).toContain("list_del corruption");
    expect(lines("debian")).toContain("NULL pointer dereference");
    expect(lines("debian")).not.toContain("list_del corruption");
  });

  it.each(hardened)("faults on %s at LIST_POISON, where an entry is deleted twice", (profile) => {
    const lines = (boot: string) =>
      logLines(`${LISTS}listdel a\nlistdel a\n`, { profile, boot }).join("\n");
    expect(lines("smph")).toContain("LIST_POISON1");
    expect(lines("debian")).toContain("CRASH");
    expect(lines("debian")).not.toContain("corruption");
  });

  it.each(hardened)("says nothing on %s of a list in order", (profile) => {
    const text = `${LISTS}listadd b h\nlistdel a\nlistwalk h\nlistdel b\nvalidate c\n`;
    expect(logLines(text, { profile, boot: "debian" }).join("\n")).not.toMatch(/corruption|CRASH/);
  });

  it("is DEBUG_LIST on 6.1, which has no other check of lists", () => {
    const text = `${LISTS}fill a 0 16 00\nlistdel a\n`;
    const lines = logLines(text, { profile: "v6.1", boot: "debian" }).join("\n");
    expect(lines).toContain("list_del corruption");
  });
});

describe("BUG_ON_DATA_CORRUPTION", () => {
  /** A neighbour that does not agree, in the manner of each kernel. */
  const broken = `${LISTS}wptr h 0 b\nlistdel a\nlistadd b h\n`;

  // The words are those of public logs: __list_del_entry_valid_or_report, line 62, of 6.17 (an
  // nfsd that deletes a freed entry), and what 6.1 and 6.12 were recorded to warn with.
  it.each([
    ["v6.1", "lib/list_debug.c:59", "__list_del_entry_valid"],
    ["v6.12", "lib/list_debug.c:62", "__list_del_entry_valid_or_report"],
    ["v7.3", "lib/list_debug.c:62", "__list_del_entry_valid_or_report"],
  ])("makes a BUG of %s of what was a warning, and ends it", (profile, site, fn) => {
    const lines = logLines(broken, { profile, boot: "debian" });
    const words = lines.findIndex((line) => line.includes("list_del corruption"));
    expect(lines[words + 1]).toContain("cut here");
    expect(lines[words + 2]).toContain(`kernel BUG at ${site}!`);
    expect(lines[words + 3]).toContain("invalid opcode: 0000 [#1] SMP");
    expect(lines.join("\n")).toContain(`RIP: 0010:${fn}`);
    expect(lines.join("\n")).not.toContain("WARNING");
    expect(lines.at(-1)).toContain("Kernel panic");
  });

  it.each(LATER)("leaves on %s a kernel without it alive", (profile) => {
    const overrides = { profile, boot: "debian", config: "-BUG_ON_DATA_CORRUPTION" };
    const lines = logLines(broken, overrides).join("\n");
    expect(lines).toContain("WARNING");
    expect(lines).toContain("list_add corruption");
    expect(lines).not.toContain("kernel BUG");
  });

  it.each(LATER)("says nothing on %s of a list in order", (profile) => {
    const text = `${LISTS}listadd b h\nlistdel a\nlistwalk h\nlistdel b\nvalidate c\n`;
    expect(logLines(text, { profile, boot: "debian" }).join("\n")).not.toMatch(/BUG|CRASH/);
  });

  it("reports in time, and takes the machine down with it", () => {
    const { judgement } = judgeScript(broken, { profile: "v6.12", boot: "debian" });
    expect(judgement).toMatchObject({ verdict: "detected" });
  });
});
