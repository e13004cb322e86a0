import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSource, safeLine, sourceName } from "../../src/cli/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("a file is read whole", () => {
  const path = join(folder, "a.slab");
  writeFileSync(path, "info\n");
  expect(readSource(path)).toBe("info\n");
});

it("a missing file is named, with the reason", () => {
  expect(() => readSource(join(folder, "b.slab"))).toThrow(/b\.slab: no such file$/);
});

it("a folder is refused as a file", () => {
  expect(() => readSource(folder)).toThrow(`${folder}: is a folder`);
});

it("the standard input has a name in messages", () => {
  expect([sourceName("-"), sourceName("a.slab")]).toEqual(["stdin", "a.slab"]);
});

describe("a printed line", () => {
  it.each([
    ["::error title=x::y", "\\::error title=x::y"],
    ["  ::stop-commands::y", "  \\::stop-commands::y"],
    ["a ##[error]y", "a #\\#[error]y"],
    ["##vso[task.complete]y", "#\\#vso[task.complete]y"],
    ["x\n::error::y", "x\\n::error::y"],
    ["\x1b[31mred", "\\x1b[31mred"],
  ])("never acts as a command of a log or of a terminal: %j", (line, safe) => {
    expect(safeLine(line)).toBe(safe);
  });

  it.each(["a::b", "a: ::b", "# a ## b", "### [up](x)", "::", "corpus/x.slab: ok"])(
    "without a command stays as it is: %j",
    (line) => {
      expect(safeLine(line)).toBe(line === "::" ? "\\::" : line);
    },
  );
});
