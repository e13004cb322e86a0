// Files that are no logs, as explain reads them.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readLog } from "../../src/explain/read/file.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-logs-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

describe("a log", () => {
  it("that is a folder, or is not there, is refused in words", () => {
    mkdirSync(at("dir"));
    expect(() => readLog(at("dir"))).toThrow(`${at("dir")}: is a folder`);
    expect(() => readLog(at("none"))).toThrow(`${at("none")}: no such file`);
  });

  it.skipIf(process.platform === "win32")("that is a named pipe is not waited for", () => {
    execFileSync("mkfifo", [at("fifo")]);
    expect(() => readLog(at("fifo"))).toThrow(`${at("fifo")}: is a pipe with a name`);
  });

  it("that is empty, or packed, is refused", () => {
    writeFileSync(at("empty"), "");
    expect(() => readLog(at("empty"))).toThrow("is empty");
    writeFileSync(at("packed"), Uint8Array.of(0x1f, 0x8b, 8, 0));
    expect(() => readLog(at("packed"))).toThrow("compressed by gzip");
  });

  it("of several chunks has all of its lines", () => {
    const lines = 60000; // of 50 bytes: three times what is read at once
    writeFileSync(at("long"), `${"x".repeat(49)}\n`.repeat(lines));
    expect(readLog(at("long")).byteCount).toBe(50 * lines);
  });
});
