// Searches of small scopes agree with brute force, and with themselves on any number of workers.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type CellRequest, SearchCell } from "../../src/search/cell.ts";
import { type ExhaustRequest, exhaust } from "../../src/search/exhaust.ts";
import { PartExplorer } from "../../src/search/exhaust_jobs.ts";
import { exhaustRecord } from "../../src/search/exhaust_text.ts";
import type { SearchScope } from "../../src/search/vocabulary.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import "../../src/targets/core_files.ts";
import { bruteForce, searchedStates } from "../search/brute_force.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-exhaust-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SCOPE: SearchScope = {
  ops: 4,
  objects: 2,
  sizes: [15000],
  words: ["alloc", "free", "bulk", "shrink", "validate"],
  offsets: [0],
};

function cellOf(request: Partial<CellRequest> = {}, scope: Partial<SearchScope> = {}): SearchCell {
  const whole = { ...SCOPE, ...scope };
  return new SearchCell({
    ...{ scope: whole, target: "slub", profile: "v6.1", options: "-", machine: {} },
    ...request,
  });
}

const SMP = { boot: "smp", cpus: 2 };
const CPU_WORDS: SearchScope["words"] = ["alloc", "free", "cpu"];
const WRITE_WORDS: SearchScope["words"] = ["alloc", "free", "write"];

describe("every scope that is small enough for brute force:", () => {
  it.each<[string, Partial<CellRequest>, Partial<SearchScope>]>([
    ["6.1 without options", {}, { ops: 3, objects: 3 }],
    ["6.1 with FZP", { options: "FZP" }, { ops: 3 }],
    ["3.10", { profile: "v3.10" }, { ops: 3 }],
    ["7.3, which has sheaves", { profile: "v7.3" }, { ops: 3 }],
    ["two CPUs", { machine: SMP }, { ops: 5, words: CPU_WORDS }],
    ["two CPUs of 7.3", { profile: "v7.3", machine: SMP }, { words: CPU_WORDS }],
    ["two caches", {}, { ops: 3, sizes: [15000, 14000], words: ["alloc", "free", "validate"] }],
    ["two caches of 7.3", { profile: "v7.3" }, { sizes: [15000, 14000], words: ["alloc", "free"] }],
    ["writes", { options: "Z" }, { ops: 3, words: WRITE_WORDS, offsets: [0, 64] }],
    [
      "hardened free lists",
      { machine: { boot: "smph", cpus: 1 } },
      { ops: 4, objects: 3, words: ["alloc", "free"] },
    ],
  ])("a search of %s finds the same heap states", (_, request, scope) => {
    const cell = cellOf(request, scope);
    const brute = bruteForce(cell);
    expect(Number(cell.programs)).toBe(brute.programs);
    expect(searchedStates(cell)).toEqual(brute.states);
    expect(brute.states.size).toBeGreaterThan(3);
  });
});

it("a heap on another CPU is in another state", () => {
  const statesOf = (words: SearchScope["words"]) =>
    searchedStates(cellOf({ machine: SMP }, { ops: 1, words })).size;
  expect(statesOf(["alloc", "cpu"])).toBe(statesOf(["alloc"]) + 1);
});

it("a search runs as many programs as it has counted beforehand", () => {
  const cell = cellOf(
    { machine: SMP },
    { ops: 5, objects: 3, words: ["alloc", "free", "bulk", "cpu"] },
  );
  const explorer = new PartExplorer("slub");
  const runs = cell.parts.map((part) => explorer.explore({ cell: cell.request, part }).programs);
  const run = runs.flat().reduce((sum, count) => sum + count, 0);
  expect(cell.parts.length).toBeGreaterThan(1);
  expect(run).toBe(Number(cell.toRun));
  expect(run).toBeLessThan(Number(cell.programs) / 5);
});

const REQUEST: ExhaustRequest = {
  ...{ scope: { ...SCOPE, objects: 3, ops: 5 }, profiles: ["v6.1", "v7.3"], options: ["-", "FZ"] },
  jobs: 0,
};

/** All that a result says but the time that it took. */
async function resultOf(request: Partial<ExhaustRequest> = {}): Promise<unknown> {
  return { ...exhaustRecord(await exhaust({ ...REQUEST, ...request })), seconds: 0 };
}

describe("the result of a search", () => {
  it("is the same with two workers and without any", async () => {
    const alone = await resultOf();
    expect(await resultOf({ jobs: 2 })).toEqual(alone);
    expect(JSON.stringify(alone)).toContain('"isComplete":true');
  });

  it("is the same when its shards are merged", async () => {
    const folders = [1, 2, 3].map((index) => join(folder, `shard-${index}`));
    for (const [i, out] of folders.entries()) {
      await exhaust({ ...REQUEST, out, shard: { index: i + 1, count: 3 } });
    }
    expect(await resultOf({ merge: folders })).toEqual(await resultOf());
    const part = (await resultOf({ merge: folders.slice(1) })) as {
      cells: { isComplete: boolean }[];
    };
    expect(part.cells.some(({ isComplete }) => isComplete)).toBe(false);
  });

  it("is the same when the search was interrupted and resumed", async () => {
    const out = join(folder, "resumed");
    const stop = new AbortController();
    let parts = 0;
    const onProgress = () => {
      if (++parts === 20) stop.abort();
    };
    const cut = await exhaust({ ...REQUEST, out, onProgress, signal: stop.signal });
    expect(cut.interrupted).toBe(true);
    expect(cut.cells.every(({ isComplete }) => isComplete)).toBe(false);
    const journal = join(out, "exhaust.journal");
    writeFileSync(journal, readFileSync(journal, "utf8").slice(0, -7)); // a line is cut short
    parts = 21;
    expect(await resultOf({ out, resume: true })).toEqual(await resultOf());
  });
});

describe("a planted bug", () => {
  it.each([
    ["inuse-not-decremented", 2, "inuse and the free list"],
    ["alloc-leaves-object-free", 2, "an object in use is free, too"],
  ])(
    "%s is found by the shortest program, and its twin breaks no rule",
    async (bug, ops, words) => {
      const scope = { ...SCOPE, objects: 3, ops: 3 };
      const request = { ...REQUEST, scope, profiles: ["v6.1"] as const, options: ["-"] };
      const { cells } = await exhaust({ ...request, target: `canary:${bug}` });
      const [{ first, broken }] = cells;
      expect(broken).toBeGreaterThan(0);
      expect(first?.problem).toContain(words);
      expect(first?.ops).toHaveLength(ops);
      expect(parseScript(first?.script ?? "", "found").header.target).toBe(`canary:${bug}`);
      // The operation that makes the cache stands before them.
      expect(parseScript(first?.script ?? "", "found").ops).toHaveLength(ops + 1);
      const shorter = { ...request, scope: { ...scope, ops: ops - 1 }, target: `canary:${bug}` };
      expect((await exhaust(shorter)).cells[0].broken).toBe(0);
      expect((await exhaust(request)).cells[0].broken).toBe(0);
    },
  );

  it("is found by the shortest program in whatever order its parts come", async () => {
    const target = "canary:inuse-not-decremented";
    const request = { ...REQUEST, profiles: ["v6.1"] as const, options: ["-"], target };
    expect(await resultOf({ ...request, jobs: 2 })).toEqual(await resultOf(request));
  });
});

describe("a search that cannot be", () => {
  it.each<[string, Partial<ExhaustRequest>, RegExp]>([
    ["of more than an hour", { scope: { ...SCOPE, objects: 5, ops: 15 } }, /take about .*--yes$/],
    ["of no allocation", { scope: { ...SCOPE, words: ["free"] } }, /--words: .* add it$/],
    [
      "of a write beyond objects",
      { scope: { ...SCOPE, words: WRITE_WORDS, offsets: [14996] } },
      /--at 14996/,
    ],
    ["of a folder without a journal", { merge: [join(folder, "none")] }, /holds no search/],
    ["of no folder to resume", { resume: true }, /--out FOLDER/],
  ])("%s is refused", async (_, request, message) => {
    await expect(exhaust({ ...REQUEST, ...request })).rejects.toThrow(message);
  });

  it("of another scope than the journal's is refused", async () => {
    const out = join(folder, "other");
    await exhaust({ ...REQUEST, options: ["-"], out });
    const request = { ...REQUEST, out, resume: true, options: ["Z"] };
    await expect(exhaust(request)).rejects.toThrow(/is of another search or build/);
    await expect(exhaust({ ...REQUEST, out })).rejects.toThrow(/--resume, or name another/);
  });
});
