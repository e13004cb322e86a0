// npm run bench -- --against FOLDER: another checkout's rows beside those here, each with the core
// that its own checkout built.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const other = mkdtempSync(join(tmpdir(), "slabfuzz-against-"));
afterAll(() => rmSync(other, { recursive: true }));

/** What another checkout has that the benchmark reads of it. */
for (const part of ["bench", "bin", "src", "assembly", "build", "asconfig.json", "package.json"])
  cpSync(join(ROOT, part), join(other, part), { recursive: true });
symlinkSync(join(ROOT, "node_modules"), join(other, "node_modules"));

function benchAgainst(folder: string): string {
  const words = ["--against", folder, "--time", "1ms", "--filter", "alloc/free 64 B, 128"];
  const command = ["--import", "tsx", "bench/main.ts", ...words];
  return execFileSync(process.execPath, command, { cwd: ROOT, encoding: "utf8", stdio: "pipe" });
}

describe("a benchmark against another checkout", () => {
  it("has the times of both in each row, and their ratio", () => {
    const rows = [
      ...benchAgainst(other).matchAll(/^ {2}SLUB (.+?) +([\d.]+) +([\d.]+) +([\d.]+)$/gm),
    ];
    expect(rows.map(([, name]) => name)).toEqual(expect.arrayContaining(["-", "FZP"]));
    for (const [, , there, here, ratio] of rows)
      expect(Math.min(Number(there), Number(here), Number(ratio))).toBeGreaterThan(0);
  });

  it("runs the core that the other checkout built", () => {
    writeFileSync(join(other, "build/slub.wasm"), "no module");
    expect(() => benchAgainst(other)).toThrow("expected magic word");
  });
});
