// The matrix: one program under many kernels and options. test/recordings/matrix.test.ts compares
// its cells with recordings of real kernels.
import { describe, expect, it } from "vitest";
import { matrixOf, symptomsOf, whereabouts } from "../../src/compare/matrix/matrix.ts";
import { matrixPage } from "../../src/compare/matrix/matrix_page.ts";
import { matrixLines, matrixMarkdown } from "../../src/compare/matrix/matrix_text.ts";
import { OPTION_SETS, parseOptionSets } from "../../src/compare/option_sets.ts";
import { representativeOf } from "../../src/compare/score/representative.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { INJECTED_BUGS } from "../../src/target/bug_names.ts";

const heap = new SlabHeap();
const PROFILES = ["v3.10", "v6.1", "v6.12"] as const;

function matrixFor(script: string, name = "x.slab") {
  const program = parseScript(script, name);
  return matrixOf({ name, program, heap, profiles: PROFILES, options: OPTION_SETS });
}

describe("the list of option sets", () => {
  it("has every choice of F, Z, P and U once", () => {
    const sets = OPTION_SETS.map((set) => [..."FZPU"].filter((one) => set.includes(one)).join(""));
    expect(new Set(sets).size).toBe(2 ** 4);
    expect(sets.map((set) => set || "-")).toEqual([...OPTION_SETS]);
  });

  it("is read in any order and case, each set once", () => {
    expect(parseOptionSets("pzf,-, FZP ,u")).toEqual(["FZP", "-", "U"]);
    expect(parseOptionSets("all")).toEqual(OPTION_SETS);
  });

  it.each(["", "FX", "FF", "F-", "F,,Z"])("is refused as %j", (text) => {
    expect(() => parseOptionSets(text)).toThrow(/unknown option set/);
  });
});

describe("an overflow of one byte", () => {
  const matrix = matrixFor("cache c 64 0 -\nalloc c a\nwrite a 64 41\nfree c a\nvalidate c\n");

  it("is reported at the free where red zones are checked, and the mistake is named", () => {
    const cell = matrix.cells.find((one) => one.profile === "v6.12" && one.options === "FZ");
    expect(cell).toMatchObject({
      verdict: "detected",
      mistake: { op: 2, text: "write a 64 41" },
      report: { op: 3, text: "free c a" },
      end: "completed",
      death: null,
    });
    expect(cell?.report?.words).toMatch(/Right Redzone overwritten/);
  });

  it("is reported by no check without an option, and 3.10 dies of it", () => {
    // There the byte behind an object is the first of the next one's free pointer.
    const bare = matrix.cells.filter(({ options }) => options === "-");
    expect(bare.map(({ verdict, report, end }) => [verdict, report, end])).toEqual([
      ["oops", null, "crash"],
      ["blind", null, "completed"],
      ["blind", null, "completed"],
    ]);
  });

  it("has every cell in exactly one symptom", () => {
    const cells = symptomsOf(matrix).flatMap((one) => one.cells);
    expect(new Set(cells).size).toBe(matrix.cells.length);
    expect(cells).toHaveLength(PROFILES.length * OPTION_SETS.length);
  });

  it("shows its symptom in a named place", () => {
    const [first] = symptomsOf(matrix);
    for (const { profile, options } of first.cells) {
      expect(whereabouts(first.cells)).toMatch(
        new RegExp(`${profile}:[^;]*(?<=[ ])${options}(?=[ ;]|$)`),
      );
    }
  });
});

it("a clean program has no symptom in any cell", () => {
  const matrix = matrixFor("cache c 64 0 -\nalloc c a\nwrite a 63 41\nfree c a\nvalidate c\n");
  expect(symptomsOf(matrix).map(({ symptom }) => symptom)).toEqual(["nothing is wrong"]);
  expect(matrix.cells.every(({ mistake, verdict }) => mistake === null && verdict === "ok")).toBe(
    true,
  );
});

it("an option that no recorded kernel has is marked, and no other is", () => {
  const program = parseScript("cache c 64 0 -\nalloc c a\nfree c a\n", "x.slab");
  const headsOn = (boot: string) => {
    const request = { name: "x", program, heap, profiles: ["v6.1", "v7.3"] as const };
    const matrix = matrixOf({ ...request, options: ["-"], machine: { boot } });
    return matrixLines(matrix).filter((line) => /^v[67]/.test(line));
  };
  expect(headsOn("debian")).toEqual([
    "v6.1 debian, 4 CPUs (unproven: SLAB_FREELIST_RANDOM, BUG_ON_DATA_CORRUPTION)",
    "v7.3 debian, 4 CPUs (unproven: SLAB_FREELIST_RANDOM, LIST_HARDENED, BUG_ON_DATA_CORRUPTION)",
  ]);
  expect(headsOn("smph")).toEqual(["v6.1 smph, 4 CPUs", "v7.3 smph, 4 CPUs"]);
});

it("a kernel that cannot run the program tells why, beside those that can", () => {
  const program = parseScript("cache c 64 0 -\nalloc c a\nfreercu a\n", "x.slab");
  const profiles = ["v6.1", "v7.3"] as const;
  const matrix = matrixOf({ name: "x", program, heap, profiles, options: ["-"] });
  expect(matrix.cells.map(({ profile }) => profile)).toEqual(["v7.3"]);
  expect(matrix.refused).toEqual([
    { profile: "v6.1", why: expect.stringContaining("freercu is there on v7.3") },
  ]);
});

describe("the text of a matrix", () => {
  const matrix = matrixFor("cache c 64 0 -\nalloc c a\nfree c a\nfree c a\nalloc c b\n");
  const page = matrixPage({ matrices: [matrix], command: "slabfuzz matrix", version: "0" });

  it("shows every cell's report on a terminal and on a page", () => {
    const text = matrixLines(matrix).join("\n");
    for (const { report } of matrix.cells) {
      if (report === null) continue;
      expect(text).toContain(report.words);
      expect(page).toContain(report.words.replaceAll(">", "&gt;"));
    }
  });

  it("keeps the columns of Markdown whatever a name holds", () => {
    const named = { ...matrix, name: "a|b`<c>" };
    const lines = matrixMarkdown(named);
    const rows = lines.filter((line) => line.startsWith("|"));
    const bars = rows.map((row) => row.replaceAll("\\|", "").split("|").length - 2);
    expect(new Set(bars)).toEqual(new Set([5, 2]));
    expect(lines[0]).toBe("## a\\|b\\`\\<c\\>");
  });
});

describe("the sample program of a class", { timeout: 120_000 }, () => {
  it("belongs to its class, is short, and is the same each time", () => {
    const request = { seed: 1n, machine: { profile: "v6.1", slubDebug: "FZPU" } };
    for (const bug of ["double-free", "wrong-size-use", "bit-flip"] as const) {
      const one = representativeOf({ ...request, bug });
      expect(one).toEqual(representativeOf({ ...request, bug }));
      const options = ["FZPU"];
      const matrix = matrixOf({ name: bug, program: one!, heap, profiles: ["v6.1"], options });
      expect(matrix.cells[0].verdict).toBe("detected");
      expect(matrix.cells[0].signature.split("|")[0]).toBe(bug);
      expect(matrix.operations).toBeLessThan(40);
    }
  });

  it("exists for every class", () => {
    const missing = INJECTED_BUGS.filter(
      (bug) => representativeOf({ bug, seed: 1n }) === undefined,
    );
    expect(missing).toEqual([]);
  });
});
