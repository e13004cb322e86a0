import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-exhaust-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SMALL = ["exhaust", "--ops", "3", "--objects", "2", "--jobs", "1"];

describe("slabfuzz exhaust", () => {
  it("prints a bound, and ends with 0", async () => {
    const { code, out } = await slabfuzz(...SMALL);
    expect(code).toBe(0);
    expect(out).toContain("No program breaks a rule: at most 3 operations on 2 objects, 1 cache");
  });

  it("prints the shortest program of a planted bug, and ends with 1", async () => {
    const { code, out } = await slabfuzz(...SMALL, "--target", "canary:one-object-too-many");
    expect(code).toBe(1);
    expect(out).toContain("  # target: canary:one-object-too-many\n");
    expect(out).toContain("the shortest program that breaks a rule has 1 operation:");
    expect(out).toContain("No shorter program breaks a rule");
  });

  it("does not call a program the shortest that only the oracle saw", async () => {
    const target = ["--target", "canary:red-zone-one-byte-short", "--options", "FZP"];
    const { code, out } = await slabfuzz(...SMALL, ...target);
    expect(code).toBe(1);
    expect(out).toContain("invariant red-zone");
    expect(out).toContain("a shorter one may break a rule, too");
  });

  it("prints nothing but a record with --json", async () => {
    const { code, out, error } = await slabfuzz(...SMALL, "--json", "--options", "F,FZ");
    const { cells } = JSON.parse(out) as { cells: { programs: string; isComplete: boolean }[] };
    expect([code, error]).toEqual([0, ""]);
    expect(cells.map(({ isComplete }) => isComplete)).toEqual([true, true]);
    expect(Number(cells[0].programs)).toBeGreaterThan(100);
  });

  it("prints the shortest programs with mistakes as a table and as a record", async () => {
    const words = [...SMALL, "--words", "alloc,free", "--mistake", "double-free", "--options", "F"];
    const { out } = await slabfuzz(...words);
    expect(out).toMatch(/^double-free +detected +3$/m);
    const { out: json } = await slabfuzz(...words, "--json");
    expect(JSON.parse(json)).toMatchObject({ cells: [{ outcomes: [{ length: 3 }] }] });
  });

  it.each([
    ["--ops", "0", /--ops 0: must be a whole number from 1 to 20/],
    ["--words", "alloc,fre", /--words alloc,fre: .*"fre".*free/],
    ["--words", "free", /--words: without alloc there is no program: add it/],
    ["--mistake", "double", /--mistake double: .*double-free/],
    ["--shard", "3/2", /3\/2/],
    ["--profile", "v9", /v9/],
  ])("refuses %s %s in one sentence", async (option, value, message) => {
    const { code, error } = await slabfuzz(...SMALL, option, value);
    expect(code).toBe(2);
    expect(error).toMatch(message);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });

  it("refuses a folder that is a link, and a journal together with mistakes", async () => {
    const link = join(folder, "link");
    symlinkSync(folder, link);
    expect((await slabfuzz(...SMALL, "--out", link)).error).toMatch(/is a link/);
    const both = await slabfuzz(...SMALL, "--out", folder, "--mistake", "all");
    expect([both.code, both.error]).toEqual([2, expect.stringMatching(/^--mistake: .*out/)]);
  });
});
