// Logs as they are found: with prefixes, quoted, wrapped, cut, mixed with others, and hostile.
import { describe, expect, it } from "vitest";
import { bareLines } from "../../src/explain/read/prefix.ts";
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
  const { reports } = readingOfText(log);
  const told = reports.map(({ kind, cache, object, damage }) => ({ kind, cache, object, damage }));
  return { told, causes: explained(log).causes.map((cause) => cause.class) };
}

const mapped = (log: string, change: (line: string, i: number) => string): string =>
  log.split("\n").map(change).join("\n");

function wrappedAt(line: string, width: number): string {
  const words = line.split(" ");
  const lines = [""];
  for (const word of words) {
    const open = lines.at(-1)!;
    if (open.length + word.length >= width && open.trim() !== "") lines.push(word);
    else lines[lines.length - 1] = lines.length === 1 && open === "" ? word : `${open} ${word}`;
  }
  return lines.join("\n");
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

const CHATTER = [
  "usb 1-1: new high-speed USB device number 7 using xhci_hcd",
  "systemd[1]: Started Session 42 of User root.",
  "EXT4-fs (sda1): re-mounted. Opts: errors=remount-ro. Quota mode: none.",
  'audit: type=1400 audit(1700000000.123:45): apparmor="STATUS" operation="profile_load"',
  "nouveau 0000:01:00.0: fifo: fault 00 [READ] at 0000000000ff0000 engine 00",
  "Modules linked in: nf_tables nfnetlink i915 drm_buddy video wmi",
  "IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready",
];

/** Three lines of others among seven of the log, at places that follow from their numbers. */
function mixed(log: string, stamp: string): string {
  return log
    .split("\n")
    .flatMap((line, i) => {
      const others = [0, 3, 7].includes((i * 7) % 10) ? [`${stamp}${CHATTER[i % 7]}`] : [];
      return [`${stamp}${line}`, ...others];
    })
    .join("\n");
}

const hardWrapped = (log: string, width: number): string =>
  mapped(log, (line) => line.match(new RegExp(`.{1,${width}}`, "g"))?.join("\n") ?? "");

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
  const manners: readonly (readonly [string, (log: string) => string])[] = [
    ["mixed with others", (log) => mixed(log, "")],
    ["mixed with others in syslog", (log) => mixed(log, "Oct 31 15:19:38 host kernel: ")],
    ["wrapped at 70 columns", (log) => mapped(log, (line) => wrappedAt(line, 70))],
    [
      "wrapped and quoted",
      (log) =>
        mapped(
          mapped(log, (l) => wrappedAt(l, 68)),
          (l) => `> > ${l}`,
        ),
    ],
    ["cut into lines of 70", (log) => hardWrapped(log, 70)],
    [
      "cut with its clock",
      (log) =>
        hardWrapped(
          mapped(log, (l) => `[   12.001000] ${l}`),
          70,
        ),
    ],
    [
      "with CRLF and wrapped",
      (log) => mapped(log, (l) => wrappedAt(l, 70)).replaceAll("\n", "\r\n"),
    ],
  ];
  it.each(
    KINDS.flatMap(([kind, script]) => manners.map((manner) => [kind, script, manner] as const)),
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
      const whole = essence(log);
      const intact = readingOfText(log);
      for (let cut = 1; cut < lines.length; cut++) {
        for (const part of [lines.slice(cut), lines.slice(0, -cut)]) {
          const { reports, unplaced } = readingOfText(part.join("\n"));
          const names = unplaced.length + reports.reduce((sum, { lost }) => sum + lost.length, 0);
          const says = reports.length > 0 ? essence(part.join("\n")) : undefined;
          const lacks = intact.reports.reduce((sum, { lost }) => sum + lost.length, 0);
          if (JSON.stringify(says, text) === JSON.stringify(whole, text)) continue;
          const isNamed = names > lacks || reports.length < intact.reports.length;
          expect(isNamed, part.join("\n")).toBe(true);
        }
      }
    },
  );

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
