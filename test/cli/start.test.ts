// The first minute at a terminal of 80 columns and 24 rows.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

const COLUMNS = 80;
const ROWS = 24;
const home = process.cwd();

afterEach(() => process.chdir(home));

/** Rows of a terminal that a line takes. */
function rowsOf(line: string): number {
  return Math.max(1, Math.ceil(line.length / COLUMNS));
}

describe("slabfuzz start", () => {
  it("tells the crash in twelve lines, and all behind its table fits a screen", async () => {
    const folder = mkdtempSync(join(tmpdir(), "slabfuzz-start-"));
    process.chdir(folder);
    const { code, out } = await slabfuzz("start", "--time", "900ms", "--seed", "3", "--jobs", "1");
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
    expect(code ?? 0).toBe(0);
    const [crash, , ...rest] = out.split("\n\n");
    expect(crash.split("\n").length).toBeLessThanOrEqual(12);
    expect(crash).toContain("the machine dies of");
    const behind = rest.join("\n\n").trimEnd().split("\n");
    expect(behind.some((line) => line.startsWith("repeat: slabfuzz fuzz "))).toBe(true);
    const rows = behind.slice(behind.indexOf("") + 1).map(rowsOf);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(ROWS);
    expect(behind.filter((line) => /slabfuzz (replay|matrix|--help)/.test(line)).length).toBe(6);
  });
});
