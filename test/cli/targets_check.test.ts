// slabfuzz targets check: the modules of a package, judged one after the other.
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";
import { plantedModule } from "../module/planted.ts";

const PATIENCE_MS = 240_000;
const SEED = ["--seed", "5", "--time", "3s"];

/** A package with these modules. */
function packageOf(modules: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "package-"));
  for (const [name, path] of Object.entries(modules)) copyFileSync(path, join(folder, name));
  return folder;
}

describe("targets check", { timeout: PATIENCE_MS }, () => {
  it("names the module whose allocator is at fault, and clears the other one", async () => {
    const folder = packageOf({
      "bad.wasm": plantedModule("grows over its neighbour"),
      "good.wasm": plantedModule("none"),
    });
    const { code, out } = await slabfuzz("targets", "check", folder, ...SEED);
    expect(code).toBe(1);
    expect(out).toMatch(/bad\.wasm +\d+ faults? in \d+ cases? \(malloc\/free/);
    expect(out).toMatch(/good\.wasm +no fault in \d+ cases? \(malloc\/free/);
    expect(out).toContain("2 of 2 modules judged: 1 with a fault");
    const [, token] = /slabfuzz replay (sw1:\S+)/.exec(out) ?? [];
    expect((await slabfuzz("replay", token)).out).toMatch(/^invariant: none\|/m);
  });

  it("says the same as JSON and as JUnit XML, and leaves out no module", async () => {
    const folder = packageOf({ "good.wasm": plantedModule("none") });
    writeFileSync(join(folder, "none.wasm"), "no module");
    const junit = join(folder, "out.xml");
    const words = ["targets", "check", folder, ...SEED, "--json", "--junit", junit];
    const { code, out } = await slabfuzz(...words);
    const { modules } = JSON.parse(out);
    expect(code).toBe(0);
    expect(modules.map(({ refused }: { refused?: string }) => refused)).toEqual([
      undefined,
      expect.stringMatching(/^is no WebAssembly module/),
    ]);
    expect(modules[0].summary).toMatchObject({ findings: [], cases: expect.any(Number) });
    const xml = readFileSync(junit, "utf8");
    expect(xml).toContain('tests="2" failures="0" errors="0" skipped="1"');
    expect(xml).toContain('<skipped message="is no WebAssembly module');
  });

  it.each([
    ["slub", "slub: is no module nor a package"],
    ["no-such-package", "no-such-package: "],
    [packageOf({}), ": holds no .wasm file, nor a script that carries a module"],
  ])("refuses %s in one sentence", async (word, sentence) => {
    const { code, error } = await slabfuzz("targets", "check", word);
    expect(code).toBe(2);
    expect(error).toContain(sentence);
    expect(error.trim().split("\n")).toHaveLength(1);
  });
});
