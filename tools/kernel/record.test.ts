import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { mergeRuns, readRuns } from "./record.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-runs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string) {
  const file = join(folder, "runs.json");
  writeFileSync(file, text);
  return readRuns(file);
}

describe("the list of runs of the live-kernel tool", () => {
  it("is empty where no file exists", () => {
    expect(readRuns(join(folder, "nowhere.json"))).toEqual([]);
  });

  it("has kernel, variant, seed, programs and differences", () => {
    const run = { kernel: "v6.1", variant: "up", seed: 1, programs: 2000, differences: 0 };
    expect(read(JSON.stringify([run]))).toEqual([run]);
  });

  it.each([
    ["{}", "runs.json: must be a list"],
    ["[1]", "runs.json: [0]: must be an object"],
    ['[{"kernel":"v6.1"}]', "runs.json: [0].variant: is missing"],
  ])("is refused as %s", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe("the record of runs", () => {
  const run = { kernel: "v6.1", variant: "up", seed: 1, programs: 32, differences: 1 };
  const other = { ...run, seed: 2 };

  it("starts a seed anew with its first program", () => {
    expect(mergeRuns([run, other], [run], false)).toEqual([run, other]);
  });

  it("adds up the parts of a seed", () => {
    const sum = { ...run, programs: 64, differences: 2 };
    expect(mergeRuns([run, other], [run], true)).toEqual([sum, other]);
  });
});
