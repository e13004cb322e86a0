// slabfuzz mutate, run as a command: its output, its files and its exit code.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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
}

// A run begins with the answers of the unspoilt core, which take longer than a few mutants:
// test/deep/mutate.deep.ts goes on with one, on two workers.
describe("a mutation run", () => {
  let run: Awaited<ReturnType<typeof slabfuzz>>;

  beforeAll(async () => {
    const words = ["--function", "over_min_partial", "--json", "--report", file("report.json")];
    run = await slabfuzz("mutate", "slub", ...words);
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
    const rows = JSON.parse(run.out).rows as Row[];
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
});

it.each([
  [["canary:empty-slab-lost"], '"canary:empty-slab-lost" can not be mutated'],
  [
    ["--function", "no_such_function"],
    'there is nothing to mutate in a function "no_such_function"',
  ],
  [["no.wasm"], "no.wasm: no such file"],
  [["--target", "no.wasm"], "no.wasm: no such file"],
  [["slub", "--target", "no.wasm"], "slub and --target no.wasm: are two targets, name one"],
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
