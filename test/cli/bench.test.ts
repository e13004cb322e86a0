// slabfuzz bench, as somebody at a terminal meets it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Bench } from "../../src/survey/bench.ts";
import { slabfuzz } from "../helper/command.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SHORT = ["bench", "--workload", "lifo", "--options=-,FZ", "--time", "1ms"];

describe("a short bench", { timeout: 120_000 }, () => {
  it("is a table of each workload and one of all, with what the sets catch and take", async () => {
    const { out, code } = await slabfuzz(...SHORT, "--detection", "2");
    expect(code).toBe(0);
    expect(out).toMatch(/^lifo, \d+ operations$/m);
    expect(out).toMatch(/^FZ +[\d.]+ +[\d.]+ +[\d.]+ /m);
  });

  it("is JSON that the next one can be held against, a tracker's list, and a page", async () => {
    const page = join(folder, "bench.html");
    const { out } = await slabfuzz(...SHORT, "--detection", "0", "--json", "--html", page);
    const record: Bench = JSON.parse(out);
    expect(readFileSync(page, "utf8")).toContain("figure");
    // A machine on which everything took ten times as long, but for the yardstick.
    const slow = record.groups.map((group) => ({
      ...group,
      rows: group.rows.map((row) => ({ ...row, rounds: row.rounds.map((time) => 10 * time) })),
    }));
    const file = join(folder, "old.json");
    writeFileSync(file, JSON.stringify({ ...record, groups: slow }));
    const after = await slabfuzz(...SHORT, "--detection", "0", "--compare", file);
    expect(after.out.match(/ faster /g)).toHaveLength(2);
    const { out: list } = await slabfuzz(...SHORT, "--detection", "0", "--format", "tracker");
    expect(JSON.parse(list)[1]).toMatchObject({ name: "v6.1 lifo FZ", unit: "ns/op" });
  });
});

describe("a request that cannot be met is one sentence", () => {
  it.each([
    [["--workload", "nonsense"], /unknown workload "nonsense"/],
    [["--profile", "v6.1,v6.12"], /one kernel at a time/],
    [["--compare", join(folder, "none.json")], /none\.json: /],
    [["--options", "Q"], /unknown option set "Q"/],
  ])("%j", async (words, sentence) => {
    const { code, error } = await slabfuzz("bench", ...words);
    expect(code).toBe(2);
    expect(error).toMatch(sentence);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });
});
