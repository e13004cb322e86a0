// slabfuzz mutate, run as a command: its output, its files and its exit code.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pathOfCore } from "../../src/targets/core_files.ts";
import { slabfuzz } from "../helper/command.ts";

const folder = mkdtempSync(join(tmpdir(), "mutate-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

interface Row {
  readonly id: string;
  readonly state: string;
  readonly ms: number;
  readonly equivalent?: string;
}

/** What a run found, without what a clock and a list say. */
function foundIn(out: string): readonly object[] {
  const { rows } = JSON.parse(out) as { rows: readonly Row[] };
  return rows.map(({ ms: _, equivalent: __, ...row }) => row);
}

// Each run begins with the answers of the unspoilt core, which take longer than a few mutants.
describe("a mutation run", () => {
  const words = ["mutate", "slub", "--function", "over_min_partial", "--json"];
  const out = file("run");
  let one: Awaited<ReturnType<typeof slabfuzz>>;
  /** Goes on with the journal of the first, with a list that is wrong about one mutant. */
  let two: typeof one;

  beforeAll(async () => {
    one = await slabfuzz(...words, "--out", out);
    const journal = readFileSync(join(out, "mutants.jsonl"), "utf8").split("\n");
    writeFileSync(join(out, "mutants.jsonl"), `${journal.slice(0, 3).join("\n")}\n`);
    const killed = (JSON.parse(one.out).rows as Row[]).find(({ state }) => state === "killed")!;
    const groups = [{ reason: "wrong", mutants: [killed.id] }];
    writeFileSync(file("list.json"), JSON.stringify({ version: 1, groups }));
    const more = ["--jobs", "2", "--resume", out, "--equivalents", file("list.json")];
    two = await slabfuzz(...words, ...more);
  });

  it("finds the same with any number of workers, and continues where it was ended", () => {
    expect([one.code, foundIn(one.out).length > 3]).toEqual([undefined, true]);
    expect(foundIn(two.out)).toEqual(foundIn(one.out));
    expect(two.error).toContain(`--jobs 2`);
    expect(two.error).toContain(`--out ${out}`);
  });

  it("fails where a listed mutant is killed", () => {
    expect(two.code).toBe(1);
    expect(two.error).toContain(`listed as equivalent, but killed by`);
  });
});

it.each([
  [["canary:empty-slab-lost"], '"canary:empty-slab-lost" can not be mutated'],
  [
    ["--function", "no_such_function"],
    'there is nothing to mutate in a function "no_such_function"',
  ],
  [["no.wasm"], "no.wasm: no such file"],
  [["--equivalents", "no.json"], "no.json: no such file"],
  [
    ["--resume", "no-folder", "--function", "over_min_partial"],
    "no-folder/mutants.jsonl: no such file",
  ],
  [["--min-score", "101"], "must be a number of percent from 0 to 100"],
  [["--sample", "0"], "must be a whole number from 1 to"],
  [[pathOfCore("release")], "has no source map: build it with one"],
])("slabfuzz mutate %j is refused in one sentence", async (words, message) => {
  const { code, error } = await slabfuzz("mutate", ...words);
  expect([code, error]).toEqual([2, expect.stringContaining(message)]);
});
