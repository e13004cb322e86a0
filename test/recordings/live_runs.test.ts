import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readLiveRuns } from "./live_runs.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-runs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string) {
  const file = join(folder, "runs.json");
  writeFileSync(file, text);
  return readLiveRuns(file);
}

describe("the list of runs of the live-kernel tool", () => {
  it("is empty where no file exists", () => {
    expect(readLiveRuns(join(folder, "nowhere.json"))).toEqual([]);
  });

  it("has kernel, variant, seed, programs and differences", () => {
    const run = { kernel: "v6.1", variant: "up", seed: 1, programs: 2000, differences: 0 };
    expect(read(JSON.stringify([run]))).toEqual([run]);
  });

  it.each(["{}", "[1]", '[{"kernel":"v6.1"}]'])("is refused as %s", (text) => {
    expect(() => read(text)).toThrow(/runs\.json: a list of \{kernel, variant, seed,/);
  });
});
