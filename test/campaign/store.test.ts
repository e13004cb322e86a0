import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../src/base/user_error.ts";
import { FindingStore } from "../../src/campaign/store.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-store-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FILES = { "finding.json": "{}\n", "report.txt": "it broke\n" };

describe("a store", () => {
  it("keeps the files of a finding in a folder of its own", () => {
    const store = new FindingStore(join(folder, "out"));
    const path = store.write("off-by-one|payload|-|blind: damage", FILES);
    expect(readdirSync(path).sort()).toEqual(["finding.json", "report.txt"]);
    expect(readFileSync(join(path, "report.txt"), "utf8")).toBe("it broke\n");
    expect(path).toMatch(/\/out\/off-by-one-payload-blind-damage\.[0-9a-f]{6}$/);
  });

  it("replaces the folder of the same signature, and leaves nothing else behind", () => {
    const store = new FindingStore(folder);
    store.write("s", FILES);
    const path = store.write("s", { "finding.json": "{2}\n" });
    expect(readdirSync(path)).toEqual(["finding.json"]);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("tells signatures apart that look alike in a file name", () => {
    const store = new FindingStore(folder);
    expect(store.folderOf("a|b")).not.toBe(store.folderOf("a-b"));
  });
});

describe("a place that cannot be written to is refused at once:", () => {
  it("a file", () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    expect(() => new FindingStore(path)).toThrow(`${path}: cannot store findings there`);
  });

  it("below a file", () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    expect(() => new FindingStore(join(path, "out"))).toThrow(UserError);
  });

  it("where the probe cannot be", () => {
    mkdirSync(join(folder, ".probe"));
    expect(() => new FindingStore(folder)).toThrow(UserError);
  });
});
