// A mutation run that is gone on with: on more workers, and with a list that is wrong.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

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

it("a mutation run finds the same with two workers, and continues where it was ended", () => {
  expect([one.code, foundIn(one.out).length > 3]).toEqual([undefined, true]);
  expect(foundIn(two.out)).toEqual(foundIn(one.out));
  expect(two.error).toContain("--jobs 2");
  expect(two.error).toContain(`--out ${out}`);
});

it("a mutation run fails where a listed mutant is killed", () => {
  expect(two.code).toBe(1);
  expect(two.error).toContain("listed as equivalent, but killed by");
});
