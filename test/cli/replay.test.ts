// slabfuzz replay, run as a command: its output, its files and its exit code.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

const SEED = "examples/seed.slab";
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-replay-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function replay(...words: string[]) {
  const result = await slabfuzz("replay", ...words);
  return { ...result, lines: result.out.split("\n") };
}

/** The operation that a line of kernel text stands under. */
function operationOf(lines: readonly string[], text: string): string | undefined {
  const at = lines.findIndex((line) => line.includes(text));
  const operations = lines.slice(0, at + 1).filter((line) => line.startsWith("op "));
  return operations.at(-1)?.replace(/ => .*/, "");
}

describe("the replay of the seed", () => {
  it("prints its figures at the operations that cause them", async () => {
    const { code, lines } = await replay(SEED);
    expect(code).toBeUndefined();
    const warning =
      "list_add corruption. next->prev should be prev (ffffc90003fed0c8), " +
      "but was 0000010c4a41434b. (next=ffff8800363feb38).";
    const death = "BUG: unable to handle kernel paging request at ffffeb04000ffb40";
    expect(operationOf(lines, warning)).toMatch(/^op \d+: listadd glob\+64 /);
    expect(operationOf(lines, death)).toMatch(/^op \d+: free AAA A2$/);
    expect(lines.find((line) => line.includes(": alloc AAA A2 "))).toMatch(
      / => ffffc90003fed0c8 FOREIGN /,
    );
    expect(lines.at(-2)).toMatch(
      /^ended: op \d+ \(free AAA A2\): .*ffffeb04000ffb40 in kmem_cache_free$/,
    );
  });

  it.each([
    ["F", /^free AAA A2\): BUG i915_gem_vma: inuse \d+ > max 65529$/],
    ["Z", /^free AAA B\): BUG AAA: Redzone overwritten$/],
    ["FZP", /^free AAA B\): BUG AAA: Redzone overwritten$/],
  ])("names with slub_debug=%s what is reported first, and where", async (letters, report) => {
    const { lines } = await replay(SEED, "--slub-debug", letters);
    const first = lines.find((line) => line.startsWith("first report: "));
    expect(first?.replace(/^first report: op \d+ \(/, "")).toMatch(report);
  });

  it("moves every figure along when the global or the slab moves", async () => {
    const path = join(folder, "moved.slab");
    const table = 0xffffc900071230b0n;
    const script = readFileSync(SEED, "utf8")
      .replace("0xffffc90003fed0b0", `0x${table.toString(16)}`)
      .replace("nextpfn 363fe", "nextpfn 12344");
    writeFileSync(path, script);
    const { out } = await replay(path);
    const head = table + 0x18n;
    const link = 0xffff880000000000n + (0x12344n << 12n) + 8n * 320n + 312n;
    const page = 0xffffea0000000000n + ((head - 0xffff880000000000n) >> 12n) * 64n;
    const [prev, next, fault] = [head, link, page].map((address) => address.toString(16));
    expect(out).toContain(`should be prev (${prev}), but was 0000010c4a41434b. (next=${next}).`);
    expect(out).toContain(`=> ${prev} FOREIGN `);
    expect(out).toContain(`kernel paging request at ${fault}`);
  });

  it("stops at the operation of --until", async () => {
    const { lines } = await replay(SEED, "--until", "3");
    expect(lines.filter((line) => line.startsWith("op "))).toHaveLength(4);
    expect(lines.at(-2)).toBe("ended: 4 of 4 operations ran");
  });

  it("shows the heap instead on request, as text or as data", async () => {
    const { lines } = await replay(SEED, "--until", "13", "--show", "slabs");
    expect(lines[1]).toMatch(/^after op 13: /);
    expect(lines.find((line) => line.startsWith("kmem: "))).toMatch(
      /^kmem: i915_gem_vma: slab: ffffea0000d8ff80 cpu freelist invalid freepointer: .* \(foreign/,
    );
    const { out } = await replay(SEED, "--show", "slabinfo", "--json");
    expect(JSON.parse(out)).toMatchObject({
      last: { op: 14, text: "free AAA A2" },
      slabinfo: expect.arrayContaining([expect.objectContaining({ name: "i915_gem_vma" })]),
    });
  });

  it("gives a record with every promised field", async () => {
    const { out } = await replay(SEED, "--json");
    const record = JSON.parse(out);
    expect(Object.keys(record)).toEqual(
      expect.arrayContaining(["operations", "verdict", "signature", "impact", "digest"]),
    );
    for (const operation of record.operations) {
      expect(Object.keys(operation)).toEqual(expect.arrayContaining(["text", "result", "kernel"]));
    }
    expect(record.end).toBe("crash");
    expect(JSON.parse((await replay(SEED, "--format", "json")).out)).toEqual(record);
  });

  it("has one line for each operation in the recordings' format", async () => {
    const { lines } = await replay(SEED, "--format", "log");
    expect(lines[0]).toBe(`# ${SEED}  boot: v310  ** kernel crashed **`);
    expect(lines.filter((line) => line.startsWith("@@ op "))).toHaveLength(15);
  });
});

describe("the folder of a finding", () => {
  const make = (name: string, files: Record<string, string>): string => {
    const path = join(folder, name);
    mkdirSync(path);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return path;
  };

  it("can be replayed in place of its program", async () => {
    const finding = make("good", { "finding.json": "{}", "program.slab": "info\nscrub\n" });
    const { code, lines } = await replay(finding);
    expect(code).toBeUndefined();
    expect(lines.filter((line) => line.startsWith("op "))).toHaveLength(2);
  });

  it.each([
    ["without a record", { "program.slab": "info\n" }, /is no finding, it has no finding\.json/],
    [
      "with a damaged record",
      { "finding.json": "{", "program.slab": "" },
      /is no record of a finding \(it is not JSON\)/,
    ],
    ["without its program", { "finding.json": "{}" }, /program\.slab: no such file/],
  ])("is refused %s", async (name, files, message) => {
    const { code, out, error } = await replay(make(name, files));
    expect([code, out]).toEqual([2, ""]);
    expect(error).toMatch(message);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("a wrong request to slabfuzz replay", () => {
  it.each([
    ["a file that is not there", ["nowhere.slab"], "nowhere.slab: no such file\n"],
    ["a view that is not there", [SEED, "--show", "slub"], /allowed choices are slabs, slabinfo/],
    ["a view as a log", [SEED, "--show", "slabs", "--format", "log"], /^--show has no log format/],
    ["an operation that is not there", [SEED, "--until", "99"], /^--until 99: .* 0 to 18\n$/],
    [
      "a format that is not there",
      [SEED, "--format", "xml"],
      /allowed choices are dmesg, log, json/,
    ],
  ])("ends with 2 and one sentence: %s", async (_, words, message) => {
    const { code, out, error } = await replay(...words);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toMatch(message);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });

  it("names the script where a recording is given in its place", async () => {
    const path = join(folder, "over8.golden");
    writeFileSync(path, "# over8  boot: up\n@@ op 0: info => Linux\n");
    const { code, error } = await replay(path);
    expect(code).toBe(2);
    expect(error).toMatch(/over8\.golden: is a recording, replay the script/);
  });

  it("names file and line of a malformed script", async () => {
    const path = join(folder, "bad.slab");
    writeFileSync(path, "info\nalloc nowhere p\n");
    const { code, error } = await replay(path);
    expect(code).toBe(2);
    expect(error).toMatch(/bad\.slab:2: /);
  });
});

describe("an operation with very many kernel lines", () => {
  const script = () => {
    const path = join(folder, "all-slabs-bad.slab");
    const lines = [
      "# profile: v6.12",
      "# boot: smp slub_debug=FZPU",
      "cache c 4096 4096 -",
      "alloc c a",
      "setoffset c 16",
      "alloc c b",
    ];
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  };

  it.each(["dmesg", "log", "json"])("is shown whole as %s", async (format) => {
    const { code, error, lines } = await replay(script(), "--format", format);
    expect(error).toBe("");
    expect(code).not.toBe(3);
    expect(lines.length).toBeGreaterThan(120_000);
  });
});
