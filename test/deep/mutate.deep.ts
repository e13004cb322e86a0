// A mutation run that is gone on with: on more workers, with a list that is wrong, with a sample,
// and with the answers of the run before.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";
import { SCRIPT_SOURCE } from "../helper/own_allocator.ts";
import { runSlabfuzz } from "../helper/process.ts";
import { scriptModule } from "../module/planted.ts";

const folder = mkdtempSync(join(tmpdir(), "mutate-"));
afterAll(() => rmSync(folder, { recursive: true }));

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

describe("a mutation run on our core", () => {
  const out = join(folder, "run");
  const journal = join(out, "mutants.jsonl");
  let one: Awaited<ReturnType<typeof slabfuzz>>;
  /** Goes on with the journal of the first, with a list that is wrong about one mutant. */
  let two: typeof one;

  beforeAll(async () => {
    const words = ["mutate", "slub", "--function", "over_min_partial", "--json"];
    one = await slabfuzz(...words, "--out", out);
    const lines = readFileSync(journal, "utf8").split("\n");
    writeFileSync(journal, `${lines.slice(0, 3).join("\n")}\n`);
    const killed = (JSON.parse(one.out).rows as Row[]).find(({ state }) => state === "killed")!;
    const list = join(folder, "list.json");
    writeFileSync(
      list,
      JSON.stringify({ version: 1, groups: [{ reason: "wrong", mutants: [killed.id] }] }),
    );
    two = await slabfuzz(...words, "--jobs", "2", "--resume", out, "--equivalents", list);
  });

  it("finds the same with two workers, and continues where it was ended", () => {
    expect([one.code, foundIn(one.out).length > 3]).toEqual([undefined, true]);
    expect(foundIn(two.out)).toEqual(foundIn(one.out));
    expect(two.error).toContain("--jobs 2");
    expect(two.error).toContain(`--out ${out}`);
  });

  it("fails where a listed mutant is killed", () => {
    expect(two.code).toBe(1);
    expect(two.error).toContain("listed as equivalent, but killed by");
  });
});

describe("a mutation run on a module with an allocator of its own", () => {
  const target = scriptModule("own", SCRIPT_SOURCE, ["--use", "MISTAKE=0"]);
  const answers = join(folder, "answers.json");
  const words = ["mutate", "--target", target, "--json"];
  const some = [...words, "--sample", "6", "--seed", "3"];

  it("finds the same with two workers, and goes on with the sample of its journal", async () => {
    const first = await slabfuzz(...some, "--out", join(folder, "own"));
    const path = join(folder, "own", "mutants.jsonl");
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, `${lines.slice(0, 3).join("\n")}\n`);
    const next = await slabfuzz(...words, "--jobs", "2", "--resume", join(folder, "own"));
    expect(foundIn(first.out)).toHaveLength(6);
    expect(foundIn(next.out)).toEqual(foundIn(first.out));
    expect(next.error).toContain("--sample 6 --seed 3");
  });

  it("keeps the answers of all functions but the one that changed", async () => {
    const file = ["--incremental-file", answers];
    const first = await slabfuzz(...some, ...file);
    const again = await slabfuzz(...some, ...file);
    expect([JSON.parse(first.out).kept, JSON.parse(again.out).kept]).toEqual([0, 6]);
    expect(foundIn(again.out)).toEqual(foundIn(first.out));
    const names = (JSON.parse(first.out).rows as { function: string }[]).map((row) => row.function);
    const changed = SCRIPT_SOURCE.replace("if (size > 1 << 30) {", "if (size > 1 << 29) {");
    scriptModule("own", changed, ["--use", "MISTAKE=0"]);
    const { out, error } = await runSlabfuzz([...some, ...file]);
    const { kept, rows } = JSON.parse(out) as { kept: number; rows: readonly Row[] };
    const unchanged = names.filter((name) => name !== "malloc").length;
    expect([error.includes("mutants"), rows.length, kept]).toEqual([true, 6, unchanged]);
  });
});
