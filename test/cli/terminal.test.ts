import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readSource, sourceName } from "../../src/cli/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("a file is read whole", () => {
  const path = join(folder, "a.slab");
  writeFileSync(path, "info\n");
  expect(readSource(path)).toBe("info\n");
});

it("a file that is not there is named, with the reason", () => {
  expect(() => readSource(join(folder, "b.slab"))).toThrow(/b\.slab: no such file$/);
});

it("a folder is no file", () => {
  expect(() => readSource(folder)).toThrow(`${folder}: is a folder`);
});

it("stdin has a name", () => {
  expect([sourceName("-"), sourceName("a.slab")]).toEqual(["stdin", "a.slab"]);
});
