// Programs that print the report of a log.
import { expect, it } from "vitest";
import { printedLogOf } from "../../src/explain/printed.ts";
import { optionsFor } from "../../src/explain/program/options.ts";
import { programFor } from "../../src/explain/program/search.ts";
import { profileOf } from "../../src/explain/program/setting.ts";
import type { SlubProgram } from "../../src/slub/slub_program.ts";
import { scriptOfToken } from "../../src/targets/script_token.ts";
import { isToken, programOfToken } from "../../src/targets/targets.ts";
import { logOfScript, readingOfText } from "../helper/explained.ts";

const HEAD = "# boot: up slub_debug=FZPU\n# profile: v6.1\n";
const BOX = "cache box 100 0 -\nallocn box 9 b\n";

it.each([
  ["a red zone", "write b3 100 41424344\nfree box b3"],
  ["the zone before an object", "write b3 -2 4142\nfree box b3"],
  ["a free object", "free box b3\nwrite b3 16 6a\nalloc box again"],
  ["a second free", "free box b3\nfree box b3"],
  ["an inner address", "free box b3+8"],
])("a report of %s is printed again by a program of its own", async (_, mistake) => {
  const reading = readingOfText(await logOfScript(`${HEAD}${BOX}${mistake}\n`));
  const program = await programFor(reading, 4);
  expect(program?.differences).toEqual([]);
  const again = readingOfText(await logOfScript(program!.script));
  expect(again.reports[0].kind).toBe(reading.reports[0].kind);
  expect(program!.script.split("\n").length).toBeLessThan(10);
});

it.each([
  ["3.10.0-514.el7.x86_64", "v3.10"],
  ["5.15.0", "v6.1"],
  ["6.12.117", "v6.12"],
  ["6.18.2", "v6.12"],
  ["7.3.4", "v7.3"],
])("a log of kernel %s is replayed on %s", (kernel, profile) => {
  const machine = `CPU: 0 PID: 1 Comm: x Not tainted ${kernel} #1`;
  const reading = readingOfText(`${machine}\nBUG box (Not tainted): Object already free\n`);
  expect(profileOf(reading.reports[0], reading)).toBe(profile);
});

it("a free list without an end on v7.3 is made by a program", async () => {
  const head = "# boot: up slub_debug=F\n# profile: v7.3\n";
  const script = `${head}${BOX}free box b3\nwfp box b3 b3\nvalidate box\n`;
  const reading = readingOfText(await logOfScript(script));
  expect(reading.reports[0].words).toContain("Freelist cycle detected");
  const program = await programFor(reading, 4);
  expect(program?.differences).toEqual([]);
});

it("a program with another report names what differs", async () => {
  const log = await logOfScript(`${HEAD}${BOX}write b3 100 41\nfree box b3\n`);
  const reading = readingOfText(
    log.replace("Right Redzone overwritten", "Left Redzone overwritten"),
  );
  const program = await programFor(reading, 4);
  expect(program?.identical).toBe(false);
  expect(program?.differences.join()).toContain("Left Redzone overwritten in the log");
});

it("a list head that is handed out is replayed with the addresses of the log", async () => {
  const log = [
    "WARNING: at lib/list_debug.c:29 __list_add+0x65/0xc0()",
    "list_add corruption. next->prev should be prev (ffffc90003fed0c8), " +
      "but was 0000010c4a41434b. (next=ffff8800363feb38).",
    "CPU: 2 PID: 2069 Comm: x Not tainted 3.10.0-514.el7.x86_64 #1",
    "BUG: unable to handle kernel paging request at ffffeb04000ffb40",
    "RIP: 0010:[<ffffffff811dcd85>]  [<ffffffff811dcd85>] kmem_cache_free+0x65/0x160",
    "RBX: ffffc90003fed0c8 RDI: ffff880071f28700",
    "crash> struct kmem_cache 0xffff880071f28700",
    "    size = 320,",
    "    object_size = 312,",
    '    name = 0xffff8800362a76f0 "i915_gem_vma",',
  ];
  const program = await programFor(readingOfText(log.join("\n")), 4);
  expect(program?.differences).toEqual([]);
  const printed = await logOfScript(program!.script);
  expect(printed).toContain("should be prev (ffffc90003fed0c8), but was 0000010c4a41434b.");
  expect(printed).toContain("paging request at ffffeb04000ffb40");
  const options = await optionsFor(program!);
  expect(options.find(({ letters }) => letters === "FZ")?.reportedAt).toBe(12);
});

it("an overflow into a red zone is seen with FZ, at a price, and not without", async () => {
  const log = await logOfScript(`${HEAD}${BOX}write b3 100 41\nfree box b3\n`);
  const program = await programFor(readingOfText(log), 4);
  const options = await optionsFor(program!);
  const under = (letters: string) => options.find((one) => one.letters === letters)!;
  expect(under("FZ")).toMatchObject({ reportedAt: 3, boot: "slub_debug=FZ,box" });
  expect(under("-").reportedAt).toBe(null);
  // 39 slots of 104 bytes in a page; with red zones before and behind, and a word of padding, 34.
  expect(under("-").bytesPerObject).toBe(4096 / 39);
  expect(under("FZ").bytesPerObject).toBe(4096 / 34);
  expect(under("-").cost).toBe(1);
  expect(under("FZPU").cost).toBeGreaterThan(under("FZ").cost!);
});

it("the token of a program is the program", async () => {
  const log = await logOfScript(`${HEAD}${BOX}write b3 100 41\nfree box b3\n`);
  const { script, token } = (await programFor(readingOfText(log), 4))!;
  expect(isToken(token)).toBe(true);
  expect(scriptOfToken(token)).toBe(script);
  const again = (await programOfToken(token)) as SlubProgram;
  expect(printedLogOf(again).lines.join("\n")).toBe(await logOfScript(script));
  expect(() => scriptOfToken(`${token.slice(0, -3)}AAA`)).toThrow("the token is damaged");
});
