// What a campaign never reached: a function and a line that no program comes by are named, in each
// form of the report, and those that programs come by are not.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Coverage } from "../../src/search/coverage.ts";
import { coverageOfFlags, unreachedRanges } from "../../src/search/coverage.ts";
import { coveragePage } from "../../src/search/coverage_page.ts";
import { coverageLines, lcovText } from "../../src/search/coverage_text.ts";
import { guidedFuzz } from "../../src/search/guided.ts";
import { CoverageMap } from "../../src/wasm/coverage_map.ts";
import { Disassembly } from "../../src/wasm/disassembly.ts";
import { takeFlags } from "../../src/wasm/flags.ts";
import { withProbes } from "../../src/wasm/probe.ts";
import { compileScript } from "../../src/wasm/toolchain.ts";
import { WasmFile } from "../../src/wasm/wasm_file.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-coverage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BRANCHES = `
export function chosen(which: i32): i32 {
  if (which == 4711) return divided(which);
  return which + 1;
}
function divided(by: i32): i32 { return 1000003 / by; }
export function never(): i32 { return 815; }
`;

describe("a coverage map", () => {
  const bytes = compileScript("branches", BRANCHES, ["--debug", "--runtime", "stub"]);
  const file = new WasmFile(bytes);
  const all = new Set(file.functions.map(({ index }) => index));
  const map = new CoverageMap(file, new Disassembly(file, "branches.wat", all));
  const module = new WebAssembly.Module(withProbes(file, [map.instrument]));

  /** What calls of `chosen` never reach: functions, and the text of lines. */
  function unreachedBy(...values: readonly number[]) {
    const { exports } = new WebAssembly.Instance(module, { env: { abort: () => {} } });
    for (const value of values) (exports["chosen"] as (which: number) => number)(value);
    const flags = takeFlags(exports, map.globals);
    const { sources } = coverageOfFlags(map, flags, { about: "calls", name: "branches" });
    return {
      functions: sources
        .flatMap(({ functions }) => functions)
        .flatMap(({ name, isReached }) => (isReached ? [] : [name])),
      lines: sources
        .flatMap(({ lines, textOf }) => lines.map((one) => ({ ...one, text: textOf(one.line) })))
        .flatMap(({ text, isReached }) => (isReached ? [] : [text.trim()])),
    };
  }

  it("names a function that no call reaches, and not one that is reached", () => {
    expect(unreachedBy(1).functions).toEqual(["driver/divided", "driver/never"]);
    expect(unreachedBy(4711).functions).toEqual(["driver/never"]);
  });

  it("tells the lines of a way that was not taken from those of the one that was", () => {
    expect(unreachedBy(1).lines).toContain("i32.const 1000003");
    expect(unreachedBy(1).lines).not.toContain("i32.const 4711");
    expect(unreachedBy(4711).lines).toContain("i32.const 815");
    expect(unreachedBy(4711).lines).not.toContain("i32.const 1000003");
    const constants = unreachedBy(4711, 1).lines.filter((line) => line.startsWith("i32.const"));
    expect(constants).toEqual(["i32.const 815"]);
  });
});

describe("the ranges of lines that were never reached", () => {
  const linesOf = (words: string) =>
    words.split(" ").map((word) => {
      return { line: Number.parseInt(word, 10), isReached: word.endsWith("+") };
    });

  it("span lines without code, and end before a line that was reached", () => {
    const ranges = unreachedRanges(linesOf("1+ 3 4 9 12+ 20 21+ 22"));
    expect(ranges).toEqual([
      { from: 3, to: 9 },
      { from: 20, to: 20 },
      { from: 22, to: 22 },
    ]);
  });
});

describe("a coverage report", () => {
  const AWKWARD = 'a<b>&"c",\u0007d';
  const coverage: Coverage = {
    about: `2 programs of ${AWKWARD}`,
    sources: [
      {
        source: `${AWKWARD}.ts`,
        functions: [
          { name: `f ${AWKWARD}`, line: 3, isReached: false },
          { name: "g", line: 9, isReached: true },
        ],
        lines: [
          { line: 3, isReached: false },
          { line: 9, isReached: true },
        ],
        textOf: (line) => `<script>line ${line}</script>`,
      },
    ],
  };

  it("is escaped in HTML, and shows the text of unreached lines only", () => {
    const page = coveragePage(coverage, `slabfuzz fuzz --target ${AWKWARD}`);
    expect(page).not.toMatch(/<b>|<script>|\u0007/);
    expect(page).toContain("Content-Security-Policy");
    expect(page).toContain("&lt;script&gt;line 3&lt;/script&gt;");
    expect(page).not.toContain("line 9&lt;");
  });

  it("has in lcov's form a record for each function and line, and no field more", () => {
    const lines = lcovText(coverage).trimEnd().split("\n");
    expect(lines.filter((line) => /^(DA|LF|LH|FNF|FNH):/.test(line))).toEqual([
      ...["FNF:2", "FNH:1", "DA:3,0", "DA:9,1", "LF:2", "LH:1"],
    ]);
    const named = lines.filter((line) => /^(FN|FNDA):/.test(line));
    expect(named).toHaveLength(4);
    for (const line of named) expect(line.split(",")).toHaveLength(2);
    expect(lines.at(-1)).toBe("end_of_record");
  });

  it("has as text no characters that a terminal obeys", () => {
    const text = coverageLines(coverage).join("\n");
    expect(text).not.toContain("\u0007");
    expect(text).toContain("1 of 2 functions, 1 of 2 lines");
    expect(text).toMatch(/function f .*, line 3\n {2}lines 3/);
  });
});

describe("fuzz --guided --coverage", () => {
  it("is refused for a file of an unknown form, and for a canary", async () => {
    await expect(guidedFuzz({ coverage: "lines.pdf" })).rejects.toThrow(
      "--coverage lines.pdf: must end in .txt, .info, .lcov, .html",
    );
    const coverage = join(folder, "canary.txt");
    await expect(guidedFuzz({ target: "canary:third-name-traps", coverage })).rejects.toThrow(
      "a canary has no source map",
    );
  });
});
