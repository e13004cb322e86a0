// Coverage reports of whole searches: a function of a module that no program reaches is named, and
// of our core the lines that a kernel has no use for; a report leaves a search as it was.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { guidedFuzz } from "../../src/search/guided.ts";
import { SCRIPT_SOURCE } from "../helper/own_allocator.ts";
import { scriptModule } from "../module/planted.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-coverage-deep-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("fuzz --guided --coverage", () => {
  const reportOf = async (name: string, target: string) => {
    const coverage = join(folder, name);
    const request = { target, bugs: ["none"], seed: 7n, cases: 64, coverage } as const;
    const { summary } = await guidedFuzz(request);
    const { summary: without } = await guidedFuzz({ ...request, coverage: undefined });
    expect(summary.digest).toBe(without.digest);
    return readFileSync(coverage, "utf8");
  };

  it("names a function of a module that no program reaches, and not its allocator", async () => {
    const planted = "export function planted(): i32 { return 4711; }";
    const flags = ["--debug", "--use", "MISTAKE=0"];
    const report = await reportOf(
      "module.txt",
      scriptModule("covered", SCRIPT_SOURCE + planted, flags),
    );
    expect(report).toContain("function driver/planted");
    expect(report).not.toContain("function driver/malloc");
    expect(report).not.toContain("function driver/realloc");
  });

  it("counts lines of our core, and none of files that a kernel has no use for", async () => {
    const records = (await reportOf("core.info", "slub")).split("end_of_record\n");
    const hitIn = (file: string) => {
      const record = records.find((one) => one.includes(`SF:assembly/slab/${file}\n`)) ?? "";
      return Number(/^LH:(\d+)$/m.exec(record)?.[1]);
    };
    expect(hitIn("fast_path.ts")).toBeGreaterThan(0);
    expect(hitIn("sheaf.ts")).toBe(0);
  });
});
