// The table of families, and the findings that are explained.
import { describe, expect, it } from "vitest";
import { explainedLines } from "../../src/campaign/explained.ts";
import { familyLines } from "../../src/campaign/family_table.ts";
import { BUG_NAMES, bugFamilyOf, INJECTED_BUGS } from "../../src/target/bug_names.ts";

function finding(name: string, verdict = "late", impact = "overlap", stable = true) {
  const token = `token-of-${name}`;
  return { class: name, verdict, impact, stable, token, count: 3 };
}

describe("the table of families", () => {
  it("has at most fifteen rows, and counts each bug class in one of them", () => {
    const verdicts = Object.fromEntries(INJECTED_BUGS.map((name) => [name, { detected: 10 }]));
    const rows = familyLines({ verdicts, findings: [] }, INJECTED_BUGS).slice(2);
    expect(rows.length).toBeLessThanOrEqual(15);
    const cases = rows.map((line) => Number(/ (\d+) /.exec(line)?.[1]));
    expect(cases.reduce((sum, count) => sum + count, 0)).toBe(10 * INJECTED_BUGS.length);
    for (const name of BUG_NAMES) expect(bugFamilyOf(name)).not.toBe(name);
  });

  it("adds up what was never reported, and shows the worst that came of a family", () => {
    const verdicts = { "double-free": { escaped: 2, blind: 3, detected: 4 } };
    const findings = [finding("double-free", "escaped", "lost"), finding("double-free")];
    const [, , row] = familyLines({ verdicts, findings }, ["double-free"]);
    expect(row.split(/ {2,}/)).toEqual(["double free", "9", "4", "5", "overlap"]);
  });
});

describe("the findings that are explained", () => {
  it("are three of three families, and the line behind them counts the others", () => {
    const names = ["double-free", "double-free-bulk", "bit-flip", "off-by-one", "krealloc-misuse"];
    const lines = explainedLines(
      names.map((name) => finding(name)),
      "findings",
    );
    const tokens = lines.filter((line) => line.startsWith("  slabfuzz replay "));
    expect(tokens.map((line) => line.slice("  slabfuzz replay token-of-".length))).toEqual([
      "double-free",
      "bit-flip",
      "off-by-one",
    ]);
    expect(lines.at(-1)).toBe(
      `${names.length - 3} more findings: in findings, and --list-all lists them`,
    );
  });

  it("are all of those that fail a run or are not stable, however many", () => {
    const alarms = Array.from({ length: 5 }, () => finding("none", "invariant"));
    const unstable = finding("bit-flip", "detected", "damage", false);
    const lines = explainedLines([...alarms, unstable], "");
    expect(lines.filter((line) => line.startsWith("invariant: none")).length).toBe(5);
    expect(lines).toContain("detected: bit-flip, 3 cases, not each time that it is run");
  });

  it("show short programs whole, and say of others how long they are", () => {
    const shrunk = (count: number) =>
      Array.from({ length: count }, (_, slot) => `alloc b${slot} 1`);
    const linesFor = (more: object) =>
      explainedLines([{ ...finding("none", "invariant"), ...more }], "").filter((line) =>
        /program:|^ {4}/.test(line),
      );
    expect(linesFor({ shrunk: shrunk(2) })).toEqual(["  shortest program: alloc b0 1; alloc b1 1"]);
    const long = linesFor({ shrunk: shrunk(20) });
    expect(long.map((line) => line.trim()).join(" ")).toBe(
      `shortest program: ${shrunk(20).join("; ")}`,
    );
    expect(long.every((line) => line.length <= 100)).toBe(true);
    expect(linesFor({ shrunk: shrunk(200) })).toEqual(["  shortest program: 200 operations"]);
    expect(linesFor({ unshrunk: 1349 })).toEqual(["  program: 1349 operations, not shrunk"]);
    expect(linesFor({})).toEqual([]);
  });
});
