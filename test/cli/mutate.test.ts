// slabfuzz mutate, run as a command: its output, its files and its exit code.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pathOfCore } from "../../src/targets/core_files.ts";
import { slabfuzz } from "../helper/command.ts";

const folder = mkdtempSync(join(tmpdir(), "mutate-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

const SCHEMA = "mutation-testing-report-schema/mutation-testing-report-schema.json";

/** What the tests look at of a file in a report. */
interface ReportedFile {
  readonly source: string;
  readonly mutants: readonly {
    readonly id: string;
    readonly status: string;
    readonly location: Readonly<Record<"start" | "end", { line: number; column: number }>>;
  }[];
}

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
    one = await slabfuzz(...words, "--out", out, "--report", file("report.json"));
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

  it("writes a report that keeps to the published schema and tells the same", () => {
    const ajv = new Ajv.default({ strict: false });
    addFormats.default(ajv);
    const schema = readFileSync(createRequire(import.meta.url).resolve(SCHEMA), "utf8");
    const validate = ajv.compile(JSON.parse(schema));
    const report = JSON.parse(readFileSync(file("report.json"), "utf8"));
    expect([validate(report), validate.errors]).toEqual([true, null]);
    expect(validate({ ...report, files: 1 })).toBe(false);
    const [[source, { mutants, source: text }]] = Object.entries<ReportedFile>(report.files);
    expect(source).toMatch(/^assembly\/slab\//);
    const rows = JSON.parse(one.out).rows as Row[];
    expect(mutants.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    const killed = (state: string) => state === "killed" || state === "Killed";
    expect(mutants.map(({ status }) => killed(status))).toEqual(
      rows.map(({ state }) => killed(state)),
    );
    const [{ id, location }] = mutants;
    const line = text.split("\n")[location.start.line - 1];
    expect(id.endsWith(line.trim())).toBe(true);
    expect(location.end.column).toBe(line.length + 1);
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
