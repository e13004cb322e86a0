// Logs as they are found: with prefixes, quoted, wrapped, cut, mixed with others, and hostile.
import { describe, expect, it } from "vitest";
import { bareLines } from "../../src/explain/read/prefix.ts";
import { LineSplitter } from "../../src/explain/read/splitter.ts";
import { MANNERS, mapped, wrappedAt } from "../helper/disturbed.ts";
import { explained, inputOf, logOfScript, readingOfText } from "../helper/explained.ts";

const SCRIPT = `# boot: up slub_debug=FZP
# profile: v6.1
cache box 100 0 -
allocn box 2 b
write b0 100 41424344
free box b0
`;

/** What must be the same however a log arrives. */
function essence(log: string): unknown {
  const [first, second, third] = explained(log).causes.map((cause) => cause.class);
  return { told: told(log), causes: [first, second, third] };
}

function told(log: string): unknown[] {
  const { reports } = readingOfText(log);
  return reports.map(({ kind, cache, object, damage }) => ({ kind, cache, object, damage }));
}

const DISTURBANCES: readonly (readonly [string, (log: string) => string])[] = [
  ["the kernel's clock", (log) => mapped(log, (line, i) => `[  12.00${1000 + i}] ${line}`)],
  ["the clock and a task", (log) => mapped(log, (line) => `[   12.001000][  T154] ${line}`)],
  ["a decimal comma", (log) => mapped(log, (line) => `[  +0,007751] ${line}`)],
  ["syslog", (log) => mapped(log, (line) => `Oct 31 15:19:38 host kernel: ${line}`)],
  [
    "a month of another language",
    (log) => mapped(log, (l) => `févr. 01 15:19:38 box kernel: ${l}`),
  ],
  ["a log level", (log) => mapped(log, (line) => `<4>${line}`)],
  [
    "an ISO time and the clock",
    (log) => mapped(log, (line) => `2024-05-01T10:00:00+0200 h kernel: [ 1.000001] ${line}`),
  ],
  ["quotes of a mail", (log) => mapped(log, (line) => `> > ${line}`)],
  ["carriage returns", (log) => log.replaceAll("\n", "\r\n")],
  ["colours of a terminal", (log) => mapped(log, (line) => `\u001b[31m${line}\u001b[0m`)],
  ["wraps at 70 columns", (log) => mapped(log, (line) => wrappedAt(`[   12.001000] ${line}`, 70))],
  [
    "lines of others between",
    (log) =>
      mapped(log, (line, i) => (i % 3 === 0 ? `usb 1-1: new device number ${i}\n${line}` : line)),
  ],
  ["prose around", (log) => `We saw this, see BUG 12 in the tracker.\n\n${log}\nAny idea?`],
];

describe("a log with", () => {
  it.each(DISTURBANCES)("%s says the same", async (_, disturb) => {
    const log = await logOfScript(SCRIPT);
    expect(essence(disturb(log))).toEqual(essence(log));
    expect(readingOfText(log).reports).toMatchObject([
      {
        kind: "Right Redzone overwritten",
        cache: "box",
        damage: [{ offset: 100, is: "41424344" }],
      },
    ]);
  });

  it("a lost newline before a report still has the report", () => {
    const line =
      "list_add corruption. prev->next should be next (c00020005a376ce0), " +
      "but was c0000006487c31c0. (prev=c0000006487c31c0).";
    const { reports } = readingOfText(`sd 1:0:0:0: reset occurred[122456.581878] ${line}\n`);
    expect(reports).toMatchObject([{ kind: "list_add corruption", seconds: 122456.581878 }]);
  });

  it("lines that look like a report's but tell of no damage names the lines", async () => {
    const log = await logOfScript(SCRIPT);
    const rest = log.split("\n").filter((line) => /^(?:Slab|Object 0x)/.test(line));
    expect(rest.length).toBeGreaterThan(1);
    const { reports, unplaced } = readingOfText(rest.join("\n"));
    expect(reports).toEqual([]);
    expect(unplaced.map(({ text }) => text)).toEqual(rest.map((line) => line.trim()));
    expect(unplaced[1].offset).toBe(rest[0].length + 1);
  });
});

/** Reports of each kind, as programs that print them. */
const HEAD = "# boot: up slub_debug=FZPU\n# profile: v6.1\ncache box 100 0 -\nallocn box 3 b\n";
const KINDS: readonly (readonly [string, string])[] = [
  ["a red zone", `${HEAD}write b0 100 41424344\nfree box b0\n`],
  ["a free object", `${HEAD}free box b0\nwrite b0 16 6a\nalloc box again\n`],
  ["padding", `${HEAD}write b0 114 77\nfree box b0\n`],
  ["a second free", `${HEAD}free box b0\nfree box b0\n`],
  [
    "kmalloc's slack",
    "# boot: up slub_debug=FZPU\n# profile: v6.12\nkmalloc 80 k\nwrite k 81 4142\nkfree k\n",
  ],
  [
    "a free pointer that was followed",
    "# boot: up\n# profile: v6.12\ncache box 64 0 -\nallocn box 3 b\nfree box b1\nfree box b0\n" +
      "wfp box b0 0xdead4141deadbeef\nalloc box c\nalloc box d\n",
  ],
  [
    "a list",
    "# boot: updl\n# profile: v6.1\nlistinit glob\nlistadd glob+64 glob\nlistdel glob+64\n" +
      "listdel glob+64\nlistdel glob+64\n",
  ],
  [
    "a kernel of 2016",
    "# boot: v310 slub_debug=FZPU\n# profile: v3.10\ncache box 100 0 -\nalloc box b\n" +
      "write b 100 41424344\nfree box b\n",
  ],
];

describe("a report of", () => {
  it.each(
    KINDS.flatMap(([kind, script]) => MANNERS.map((manner) => [kind, script, manner] as const)),
  )("%s says the same, $2.0", async (_, script, [, disturb]) => {
    const log = await logOfScript(script);
    expect(readingOfText(log).reports.length).toBeGreaterThan(0);
    expect(essence(disturb(log))).toEqual(essence(log));
  });

  it.each(KINDS)(
    "%s whose lines are cut at either end says the same or names what is lost",
    async (_, script) => {
      const log = await logOfScript(script);
      const lines = log.split("\n");
      const whole = told(log);
      const intact = readingOfText(log);
      for (let cut = 1; cut < lines.length; cut++) {
        for (const part of [lines.slice(cut), lines.slice(0, -cut)]) {
          const { reports, unplaced } = readingOfText(part.join("\n"));
          const names = unplaced.length + reports.reduce((sum, { lost }) => sum + lost.length, 0);
          const says = told(part.join("\n"));
          const lacks = intact.reports.reduce((sum, { lost }) => sum + lost.length, 0);
          if (JSON.stringify(says, text) === JSON.stringify(whole, text)) continue;
          const isNamed = names > lacks || reports.length < intact.reports.length;
          expect(isNamed, part.join("\n")).toBe(true);
        }
      }
    },
  );

  it("spaces of a web page, which do not break, are spaces", async () => {
    const log = await logOfScript(KINDS[0][1]);
    const strange = log.replaceAll("  ", " \u00a0").replaceAll(/(?<=\w) (?=\w)/g, "\u202f");
    expect(strange).not.toBe(log);
    expect(told(strange)).toEqual(told(log));
  });

  it("an address that a line ends in is taken for whole only where its colon stands", () => {
    const at = (end: string): string =>
      `Oops: general protection fault, probably for non-canonical address ${end}\n` +
      "RIP: 0010:kmem_cache_alloc_noprof+0x10a/0x2a0\n";
    const { reports } = readingOfText(at("0xdeac4141deadbeef: 0000 [#1] SMP PTI"));
    expect(reports[0].faultAddress).toBe(0xdeac4141deadbeefn);
    expect(readingOfText(at("\n0xdeac4141deadbeef: 0000 [#1]")).reports[0].faultAddress).toBe(
      0xdeac4141deadbeefn,
    );
    expect(readingOfText(at("0xdeac")).reports[0].faultAddress).toBe(undefined);
  });

  it.each([
    ["not in a slab page", "object is not in a slab page", "kfree-page"],
    ["of another cache", "object belongs to different cache kmalloc-64", "wrong-cache"],
  ])("an object that is %s is known in the words of 7.3", (_, words, check) => {
    const line = `kmem_cache_free(box, ffff88800084d000): ${words}`;
    const warning = "WARNING: mm/slub.c:6592 at warn_free_bad_obj+0x6a/0xc0, CPU#0: init/1";
    const { reports } = readingOfText(`${line}\n${warning}\n`);
    expect(reports).toMatchObject([{ check, cache: "box", object: 0xffff88800084d000n }]);
  });

  it("a title whose end stands on a line of its own is read with it", () => {
    const lines = [
      "[19611.952336][T1717146] BUG kmalloc-16 (Tainted: G        W  O     ):",
      "Object already free",
      "[19611.952365][T1717146]",
    ];
    expect(readingOfText(lines.join("\n")).reports).toMatchObject([
      { kind: "Object already free" },
    ]);
  });

  it("a red zone without its first lines is known by its repair", async () => {
    const lines = (await logOfScript(KINDS[0][1])).split("\n");
    const from = lines.findIndex((line) => /^Slab 0x/.test(line));
    const [report] = readingOfText(lines.slice(from).join("\n")).reports;
    expect(report).toMatchObject({ kind: "Right Redzone overwritten", cache: "box" });
    expect(report.lost).toContain("the line that names the check");
    expect(report.damage[0]).toMatchObject({ offset: 100, is: "41424344" });
  });
});

const text = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? String(value) : value;

describe("a hostile log", () => {
  it("is read in time that grows with its size, and keeps one part of a huge line", () => {
    const huge = "BUG a (".repeat(2_000_000);
    const start = process.cpuUsage().user;
    const { cutCount, lines } = inputOf(huge);
    expect(cutCount).toBe(1);
    expect(lines[0].text.length).toBe(4096);
    expect(
      readingOfText(`${"[<".repeat(2000)}\n${" ".repeat(4000)}|\n${"0x".repeat(2000)}`).reports,
    ).toEqual([]);
    expect(process.cpuUsage().user - start).toBeLessThan(5_000_000);
  });

  it.each([
    ["a title without an end", `BUG ${"a".repeat(3000)} (Tainted: ${"G ".repeat(400)}`],
    ["brackets", "[<".repeat(2000)],
    ["spaces", `${" ".repeat(4000)}x`],
    ["quotes", "> ".repeat(2000)],
    ["time stamps", "[    1.000001] ".repeat(270)],
    ["digits", `0x${"0".repeat(4000)}-0x`],
    ["bytes", `Object   ffff888000000000: ${"6b ".repeat(1300)}`],
    ["frames", "a+0x1/0x2 ".repeat(400)],
    ["a range", `0x1-0x2 @offset=${"9".repeat(4000)}. First byte 0x0 instead of 0xcc`],
    ["registers", "RAX: 0000000000000000 ".repeat(180)],
  ])("with lines full of %s is read without search that grows faster than it", (_, line) => {
    const timeOf = (count: number): number => {
      const start = process.cpuUsage().user;
      readingOfText(`${line}\n`.repeat(count));
      return process.cpuUsage().user - start;
    };
    timeOf(50);
    const [once, eightfold] = [timeOf(200), timeOf(1600)];
    expect(eightfold).toBeLessThan(24 * once + 200_000);
    expect(once).toBeLessThan(2_000_000);
  });

  it("with a line of 200 MB is read", () => {
    const splitter = new LineSplitter();
    const chunk = Buffer.alloc(1 << 20, "BUG x (");
    for (let i = 0; i < 200; i++) splitter.push(chunk);
    expect(splitter.finish()).toMatchObject({ cutCount: 1, lineCount: 1 });
  });

  it("loses its escape sequences", () => {
    const [{ text }] = bareLines("\u001b]0;title\u0007BUG \u001b[2Jx\u0000");
    expect(text).not.toMatch(/\p{Cc}/u);
  });

  it("keeps the lines near the reports of a log of many lines", async () => {
    const noise = "systemd[1]: Started a unit.\n".repeat(20_000);
    const { lines, lineCount } = inputOf(`${noise + (await logOfScript(SCRIPT))}\n${noise}`);
    expect(lineCount).toBeGreaterThan(40_000);
    expect(lines.length).toBeLessThan(6_000);
    expect(lines.some(({ text }) => text.startsWith("BUG box"))).toBe(true);
  });
});

describe("a file that is no such log is refused in one sentence:", () => {
  it.each([
    ["without a report", "hello\nworld\n", "read 2 lines, none is of SLUB or list debugging"],
    ["with zero bytes", "\u0000\u0001\n\u0000\n", "is binary"],
    [
      "of another allocator",
      "slab error in verify_redzone_free(): cache `x'\n",
      "the SLAB allocator",
    ],
    ["of a program's malloc", "free(): invalid pointer\n", "the malloc of a program"],
  ])("%s", (_, text, words) => {
    expect(() => explained(text)).toThrow(words);
  });
});
