import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
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
  it("keeps the files of each finding in a folder of their own", () => {
    const store = new FindingStore(join(folder, "out"));
    const path = store.write("off-by-one|payload|-|blind: damage", FILES);
    expect(readdirSync(path).sort()).toEqual(["finding.json", "report.txt"]);
    expect(readFileSync(join(path, "report.txt"), "utf8")).toBe("it broke\n");
    expect(path).toMatch(/\/out\/off-by-one-payload-blind-damage\.[0-9a-f]{6}$/);
  });

  it("replaces the folder of the same signature, and leaves no other folder behind", () => {
    const store = new FindingStore(folder);
    store.write("s", FILES);
    const path = store.write("s", { "finding.json": "{2}\n" });
    expect(readdirSync(path)).toEqual(["finding.json"]);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("separates signatures that look alike in a file name", () => {
    const store = new FindingStore(folder);
    expect(store.folderOf("a|b")).not.toBe(store.folderOf("a-b"));
  });
});

describe("a foreign file in a store", () => {
  const signature = "off-by-one|payload|-|blind: damage";

  it("stays where a finding is written again", () => {
    const store = new FindingStore(folder);
    const path = store.write(signature, FILES);
    writeFileSync(join(path, "notes.txt"), "mine");
    store.write(signature, { "finding.json": "{2}\n" });
    expect(readdirSync(path).sort()).toEqual(["finding.json", "notes.txt"]);
    store.clear();
    expect(readdirSync(path)).toEqual(["notes.txt"]);
    store.write(signature, FILES);
    expect(readdirSync(path)).toHaveLength(3);
  });

  it("is never written through, whatever name it has", () => {
    const victim = join(folder, "victim");
    writeFileSync(victim, "precious");
    const out = join(folder, "out");
    const path = new FindingStore(out).write(signature, FILES);
    const planted = [".probe", ".draft-campaign.journal", ".draft-summary.json", ".draft-x"];
    for (const name of planted) symlinkSync(victim, join(out, name));
    const store = new FindingStore(out);
    store.write("another", FILES);
    rmSync(join(path, "report.txt"));
    symlinkSync(victim, join(path, "report.txt"));
    expect(() => store.write(signature, FILES)).toThrow(`${join(path, "report.txt")}: is a link`);
    expect(readFileSync(victim, "utf8")).toBe("precious");
    expect(readdirSync(out)).toEqual(expect.arrayContaining(planted));
  });

  it.each(["link", "file", "folder"] as const)("is refused in a finding's place: a %s", (kind) => {
    const store = new FindingStore(join(folder, "out"));
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(other, "program.slab"), "mine");
    const path = store.folderOf(signature);
    if (kind === "link") symlinkSync(other, path);
    else if (kind === "file") writeFileSync(path, "mine");
    else renameSync(other, path);
    expect(() => store.write(signature, FILES)).toThrow(`${path}: is no folder of a finding`);
    if (kind !== "file") expect(readdirSync(path)).toEqual(["program.slab"]);
  });
});

it("a store removes the drafts that a killed run left behind, and no other files", () => {
  mkdirSync(join(folder, ".draft-0123456789abcdef"));
  writeFileSync(join(folder, ".draft-0123456789abcdef", "finding.json"), "");
  writeFileSync(join(folder, ".draft-fedcba9876543210"), "");
  writeFileSync(join(folder, ".draft-of-mine"), "");
  new FindingStore(folder);
  expect(readdirSync(folder)).toEqual([".draft-of-mine"]);
});

describe("a place that cannot be written to", () => {
  it("is refused at once: a file", () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    expect(() => new FindingStore(path)).toThrow(`${path}: cannot store findings there`);
  });

  it("is refused at once: a path below a file", () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    expect(() => new FindingStore(join(path, "out"))).toThrow(UserError);
  });

  it("is refused at once: a link, even to a folder", () => {
    const path = join(folder, "link");
    symlinkSync(mkdtempSync(join(folder, "real-")), path);
    for (const name of [path, `${path}/`]) {
      expect(() => new FindingStore(name)).toThrow("is a link: name the folder that it leads to");
    }
  });
});
