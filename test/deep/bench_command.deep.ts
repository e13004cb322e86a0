// slabfuzz bench, run as a command: its output, its files and its exit code.
// Measured times are not asserted, because machines differ and other work disturbs them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BenchResult } from "../../src/compare/bench/result.ts";
import { slabfuzz } from "../helper/command.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SMALL = ["--live", "32", "--options=-,FZ", "--time", "20ms", "--cases", "1"];

async function smallRun(...words: string[]): Promise<BenchResult> {
  const { out } = await slabfuzz("bench", ...SMALL, "--json", ...words);
  return JSON.parse(out);
}

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** A run with another allocator, which two tests look at. */
let withTlsf: BenchResult;

beforeAll(async () => {
  withTlsf = await smallRun("--targets", "tlsf", "--cases", "0", "--time", "1ms");
});

describe("a benchmark run", () => {
  it("has a row for each set of options, compared with the baseline", async () => {
    const result = await smallRun("--workload", "lifo,larson", "--baseline", "FZ");
    expect(result.groups.map(({ name }) => name)).toEqual([
      "lifo, 320 B, 32 live",
      "larson, 320 B, 32 live",
    ]);
    for (const { rows, baseline } of result.groups) {
      expect(rows.map(({ name }) => name)).toEqual(["v6.1 -", "v6.1 FZ"]);
      expect([baseline, rows[1].ratio]).toEqual(["v6.1 FZ", 1]);
      expect(rows[0].ratio).toBe(rows[0].p10 / rows[1].p10);
      expect(rows.every(({ sittings }) => sittings.length === 8)).toBe(true);
    }
    const [none, both] = result.detection;
    expect([none.options, both.options]).toEqual(["-", "FZ"]);
    expect(both.detected / both.cases).toBeGreaterThan(none.detected / none.cases);
  });

  it("has rows for other allocators, and counts what each executes", async () => {
    const words = ["--targets", "slub,tlsf,node_modules/lz4-wasm-nodejs", "--cases", "0"];
    const one = await smallRun(...words);
    const rows = ({ groups: [group] }: BenchResult) => group.rows;
    const names = ["v6.1 -", "v6.1 FZ", "tlsf", "node_modules/lz4-wasm-nodejs"];
    expect(rows(one).map(({ name }) => name)).toEqual(names);
    expect(one.counters).toEqual(["loads", "stores", "blocks", "calls", "bulk bytes"]);
    for (const [i, row] of rows(one).entries()) {
      expect(row.executed!.slice(0, 3).every((figure) => figure > 0)).toBe(true);
      expect(row.space === undefined).toBe(i > 1);
    }
    const [none, both] = rows(one);
    expect(both.executed![0]).toBeGreaterThan(none.executed![0]); // checks load more
    const counts = rows(withTlsf).map(({ executed }) => executed);
    expect(counts).toEqual(
      rows(one)
        .slice(0, 3)
        .map(({ executed }) => executed),
    );
  });

  it("names the mistake of another allocator", async () => {
    const nothing = await slabfuzz("bench", ...SMALL, "--targets", "package.json");
    expect([nothing.code, nothing.error.trimEnd().split("\n").length]).toEqual([2, 1]);
    const own = written("beside.slab", "cache c 64 0 -\nalloc c a\n");
    const beside = await slabfuzz("bench", own, "--targets", "tlsf");
    expect(beside.error).toContain("--targets: plays workloads and programs of modules, no other");
    expect(beside.code).toBe(2);
  });

  it("is compared with a run in a file", async () => {
    const groups = withTlsf.groups.map(({ rows, ...group }) => ({
      ...group,
      rows: rows
        .slice(0, 2)
        .map((row) => ({ ...row, sittings: row.sittings.map((one) => one / 100) })),
    }));
    const path = written("old.json", JSON.stringify({ ...withTlsf, groups }));
    const { out, code } = await slabfuzz("bench", ...SMALL, "--cases", "0", "--compare", path);
    // A machine with other work to do may disturb rows, which are named then, and not compared.
    const slower = out.match(/^slower \+[0-9.]+ % {2}uniform, 320 B, 32 live: v6.1 /gm) ?? [];
    const [, disturbed = ""] = /^not compared, other work disturbed a run: (.*);/m.exec(out) ?? [];
    const left = disturbed.split("; ").filter((name) => name !== "");
    expect(slower.length + left.length).toBe(2);
    expect(out).toContain(`${slower.length} slower, 0 faster, 0 unchanged`);
    expect(code).toBe(slower.length > 0 ? 1 : undefined);
  });

  it("plays the user's own program, and is printed as records for a tracker", async () => {
    const path = written("own.slab", "cache c 64 0 -\nalloc c a\nfree c a\n");
    const { groups } = await smallRun(path, "--cases", "0");
    expect(groups.map(({ name, live }) => [name, live])).toEqual([[path, 0]]);
    const words = [path, ...SMALL, "--cases", "0", "--format", "tracker"];
    const [record] = JSON.parse((await slabfuzz("bench", ...words)).out);
    expect(record).toMatchObject({ name: `${path}: v6.1 -`, unit: "yardsticks" });
    expect(record.value).toBeGreaterThan(0);
    const dying = written("dying.slab", "cache c 64 0 -\nfree c nowhere\n");
    const { code, error } = await slabfuzz("bench", dying);
    expect([code, error.trimEnd().split("\n").length]).toEqual([2, 1]);
  });

  it("is printed as a table, and written as a page", async () => {
    const path = join(folder, "bench.html");
    const { out, error } = await slabfuzz("bench", ...SMALL, "--live", "16,32", "--html", path);
    expect(out).toMatch(/^ {2}uniform, 320 B, 32 live +ns\/op +ratio/m);
    expect(out).toMatch(/^ {2}v6.1 FZ +[0-9.]+ +[0-9.]+ +\+[0-9]+ %/m);
    expect(out).toMatch(/bytes for each living object/);
    expect(error).toContain("bench.html: written");
    const page = readFileSync(path, "utf8");
    expect(page).toContain("Time against detection");
    expect(page).toContain("Time against living objects");
    expect(page).toContain("--live 16,32");
  });
});

describe("a wrong request to bench", () => {
  it.each([
    [["--workload", "nosuch"], 'unknown workload "nosuch" (there are: all uniform'],
    [["--size", "7"], 'unknown size "7" (8 to 8192 bytes, or mix)'],
    [["--options", "FZ", "--baseline", "P"], "--baseline P: is none of --options"],
    [["--live", "2000000"], "--live 2000000: must be a whole number from 1 to 1048576"],
    [["--compare", "nosuch.json"], "nosuch.json: "],
  ])("is refused in one sentence: %j", async (words, sentence) => {
    const { code, error, out } = await slabfuzz("bench", ...words);
    expect(error).toContain(sentence);
    expect([code, out]).toEqual([2, ""]);
  });

  it.each([
    ["nojson", "{", "is no result of slabfuzz bench --json (it is not JSON)"],
    ["other", "{}", "format: is missing"],
    [
      "objects",
      '{"format": {"toString": 1}, "groups": []}',
      "format: is Object, this slabfuzz reads 1",
    ],
    [
      "many",
      JSON.stringify({
        format: 1,
        groups: [
          { name: "g", rows: [{ name: "a", p10: 1, median: 1, sittings: Array(64).fill(1) }] },
        ],
      }),
      "groups[0].rows[0].sittings: must be a list of at most 12 times",
    ],
    ["old", '{"format": 0, "groups": []}', "format: is 0, this slabfuzz reads 1"],
    ["rows", '{"format": 1, "groups": [{"name": "g"}]}', "groups[0].rows: is missing"],
    [
      "times",
      JSON.stringify({
        format: 1,
        groups: [{ name: "g", rows: [{ name: "a", p10: 1, median: 1, sittings: [0] }] }],
      }),
      "groups[0].rows[0].sittings[0]: must be more than 0",
    ],
  ])("is refused with a file that holds no result: %s", async (name, text, sentence) => {
    const path = written(`${name}.json`, text);
    const { code, error } = await slabfuzz("bench", "--compare", path);
    expect(error).toContain(`${name}.json: ${sentence}`);
    expect(code).toBe(2);
  });
});
