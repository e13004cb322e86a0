// slabfuzz score, run as a command: its output, its files and its exit code.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-score-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SMALL = ["score", "--bugs", "double-free,off-by-one", "--cases", "20", "--ops", "30"];

describe("a small scorecard", { timeout: 120_000 }, () => {
  it("is a table of classes and one of option sets, and can be repeated", async () => {
    const { out, error } = await slabfuzz(...SMALL, "--options", "F,FZ");
    expect(out).toMatch(/^double-free +100 +100$/m);
    expect(out).toMatch(/^FZ +\d/m);
    expect(out).toMatch(/100 cases|[0-9]+ cases, /);
    expect(error).toContain(
      "repeat: slabfuzz score --cases 20 --bugs off-by-one,double-free --options F,FZ --ops 30",
    );
  });

  it("is JSON, and a page", async () => {
    const path = join(folder, "score.html");
    const { out } = await slabfuzz(...SMALL, "--options", "-,FZP", "--json", "--html", path);
    const record = JSON.parse(out);
    expect(record.cells).toHaveLength(4);
    expect(record.sets.map((set: { options: string }) => set.options)).toEqual(["-", "FZP"]);
    const page = readFileSync(path, "utf8");
    expect(page).toContain(record.digest);
    expect(page).toContain(`--html ${path}`);
  });
});

describe("a wrong request to slabfuzz score", () => {
  it.each([
    [["--options", "Q"], /unknown option set "Q"/],
    [["--bugs", "nonsense"], /unknown bug class "nonsense"/],
    [["--profile", "v7.9"], /unknown profile "v7.9"/],
    [["--cases", "0"], /must be a whole number from 1 to/],
    [["--boot", "v999"], /unknown variant "v999"/],
  ])("ends with one sentence: %j", async (words, sentence) => {
    const { code, error } = await slabfuzz("score", ...words);
    expect(code).toBe(2);
    expect(error).toMatch(sentence);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });
});
