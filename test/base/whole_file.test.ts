import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reasonOf, UserError } from "../../src/base/user_error.ts";
import { readTextFile, writeWholeFile } from "../../src/base/whole_file.ts";
import { runSlabfuzz } from "../helper/process.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-whole-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a file that is written whole", () => {
  it("replaces the file before it, and tells how many bytes it has", () => {
    const path = join(folder, "a");
    writeWholeFile(path, "before");
    expect(writeWholeFile(path, "ä\n")).toBe(3);
    expect(readFileSync(path, "utf8")).toBe("ä\n");
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  it("leaves no draft behind where it cannot be written", () => {
    mkdirSync(join(folder, "taken"));
    expect(() => writeWholeFile(join(folder, "taken"), "x")).toThrow(UserError);
    expect(() => writeWholeFile(join(folder, "no", "where"), "x")).toThrow(
      `${join(folder, "no", "where")}: cannot be written (no such file)`,
    );
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});

describe("a path that leads to no plain file", () => {
  it.each([
    ["a link", "is a link"],
    ["a link to nothing", "is a link"],
    ["a pipe", "is no file"],
    ["a folder", "is a folder"],
  ])("is not overwritten: %s", (what, message) => {
    const [path, other] = [join(folder, "it"), join(folder, "other")];
    writeFileSync(other, "precious");
    if (what === "a folder") mkdirSync(path);
    else if (what === "a pipe") execFileSync("mkfifo", [path]);
    else symlinkSync(what === "a link" ? other : join(folder, "none"), path);
    expect(() => writeWholeFile(path, "x")).toThrow(`${path}: ${message}`);
    expect(readFileSync(other, "utf8")).toBe("precious");
    expect(readdirSync(folder).sort()).toEqual(["it", "other"]);
  });
});

it("the reason of a failed system call is given in words where words are known", () => {
  const reason = (code: string) => reasonOf(Object.assign(new Error(`E: ${code}`), { code }));
  expect(["EACCES", "EPERM", "ENOSPC", "EBUSY"].map(reason)).toEqual([
    "permission denied",
    "permission denied",
    "the disk is full",
    "E: EBUSY",
  ]);
});

describe("a text file", () => {
  it("is read whole", () => {
    const path = join(folder, "a");
    writeWholeFile(path, "ä\n");
    expect(readTextFile(path)).toBe("ä\n");
  });

  it("is refused with its name where it cannot be read", () => {
    expect(() => readTextFile(folder)).toThrow(new UserError(`${folder}: is a folder`));
    const missing = join(folder, "none");
    expect(() => readTextFile(missing)).toThrow(new UserError(`${missing}: no such file`));
  });

  it("is refused where it is a device without an end", () => {
    expect(() => readTextFile("/dev/zero")).toThrow(
      /^\/dev\/zero: is too large \(over [0-9]+ bytes/,
    );
  });

  it("is refused where it is a pipe without a writer", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    // Opening it would not return: not in this process.
    const { code, error } = await runSlabfuzz(["replay", path], { timeout: 20_000 });
    expect([code, error]).toEqual([2, expect.stringContaining(`${path}: is a pipe with a name`)]);
  });

  it("is read where it is a pipe that a shell has opened", () => {
    const line = `"${process.execPath}" bin/slabfuzz.js replay <(echo "cache c 64 0 -")`;
    const out = execFileSync("bash", ["-c", line], { encoding: "utf8" });
    expect(out).toContain("1 of 1 operations ran");
  });

  it("is empty where it is an empty device", () => {
    expect(readTextFile("/dev/null")).toBe("");
  });

  it("is refused where it is too large, before it is read", () => {
    const path = join(folder, "large");
    writeWholeFile(path, "");
    truncateSync(path, 2 ** 28 + 1);
    expect(() => readTextFile(path)).toThrow(
      new UserError(`${path}: is too large (268435457 bytes, at most 268435456)`),
    );
  });
});
