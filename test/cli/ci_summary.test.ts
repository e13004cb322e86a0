// The file that slabfuzz ci adds its summary to, which others write to as well.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-summary-"));
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

function gate(summary: string) {
  const sections = ["--sections", "corpus", "--corpus", "corpus"];
  return slabfuzz("ci", "--quick", "--no-config", ...sections, "--step-summary", summary);
}

it("a link and a folder are refused as summary before anything runs", async () => {
  mkdirSync("corpus");
  writeFileSync("corpus/one.slab", "# expect: ok\ncache c 64 0 -\n");
  writeFileSync("summary.md", "precious\n");
  symlinkSync("summary.md", "link.md");
  for (const [name, what] of [
    ["link.md", "a link"],
    ["corpus", "a folder"],
  ] as const) {
    const { code, out, error } = await gate(name);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toContain(`${name}: is ${what}`);
  }
  expect(readFileSync("summary.md", "utf8")).toBe("precious\n");
  expect((await gate("summary.md")).code).toBe(0);
  expect(readFileSync("summary.md", "utf8")).toMatch(/^precious\n[\s\S]*slabfuzz/);
});
