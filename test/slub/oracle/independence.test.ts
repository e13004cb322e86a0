// The expectation depends on profile, letters, layout and the program, and on no check of the core.
// If a check of the core had an influence, a wrong check would be expected to be wrong, and no case
// could show it.
import { describe, expect, it } from "vitest";
import { type Counting, reachOf } from "../../helper/reach.ts";
import { SLUB_FLOORS, withoutComments } from "../../helper/tidy_rules.ts";
import { type SourceFile, sourceFiles } from "../../helper/tree.ts";

const EXPECTATION = ["src/slub/oracle/expect.ts", "src/slub/oracle/sight.ts"];

const files = [...sourceFiles(["src"], ".ts"), ...sourceFiles(["assembly"], ".ts")];

/** The expectation may not import from these folders, which know a heap. */
const ROOMS = SLUB_FLOORS.slice(SLUB_FLOORS.indexOf("core"));

/** What the kernel said, and what is made of it. */
const ANSWERS = ["kernel_report", "attribution", "symptom", "verdict"];

interface Rule {
  readonly counting: Counting;
  readonly forbids: (path: string) => boolean;
}

const RULES: Readonly<Record<string, Rule>> = {
  "knows no heap, not even by its type": {
    counting: "all imports",
    forbids: (path) => ROOMS.some((room) => path.startsWith(`src/slub/${room}/`)),
  },
  "knows of the core the shared numbers only": {
    counting: "all imports",
    forbids: (path) => path.startsWith("assembly/") && !path.startsWith("assembly/abi/"),
  },
  "calls nothing that knows what was reported": {
    counting: "imports of values",
    forbids: (path) => ANSWERS.some((name) => path === `src/slub/oracle/${name}.ts`),
  },
};

function violations(rule: Rule, all: readonly SourceFile[]): readonly string[] {
  return reachOf(all, EXPECTATION, rule.counting).filter(rule.forbids);
}

/** The same sources, with a line of code more in one of them. */
function withLine(path: string, line: string): readonly SourceFile[] {
  return files.map((file) => (file.path === path ? { path, text: `${file.text}${line}\n` } : file));
}

/** Lines that must not go unnoticed, deep below the expectation as well. */
const PLANTED: Readonly<Record<keyof typeof RULES, readonly [path: string, line: string]>> = {
  "knows no heap, not even by its type": [
    "src/slub/oracle/region.ts",
    'import type { SlabHeap } from "../core/heap.ts";',
  ],
  "knows of the core the shared numbers only": [
    "src/abi.ts",
    'export * from "../assembly/slab/check_object.ts";',
  ],
  "calls nothing that knows what was reported": [
    "src/slub/oracle/free_pointer.ts",
    'import { type KernelReport, EventLog } from "./kernel_report.ts";',
  ],
};

describe.each(Object.entries(RULES))("the expectation %s", (name, rule) => {
  it("in the sources as they stand", () => {
    expect(violations(rule, files)).toEqual([]);
  });

  it("and a planted import is reported", () => {
    const [path, line] = PLANTED[name];
    expect(files.map((file) => file.path)).toContain(path);
    expect(reachOf(files, EXPECTATION, rule.counting)).toContain(path);
    expect(violations(rule, withLine(path, line)).length).toBeGreaterThan(0);
  });
});

describe("the expectation's inputs", () => {
  const reports = /\.(events|record)\b/;
  const own = reachOf(files, EXPECTATION, "imports of values");

  function readersOfReports(all: readonly SourceFile[]): readonly string[] {
    const mine = all.filter(
      ({ path }) => own.includes(path) && path.startsWith("src/slub/oracle/"),
    );
    return mine.filter(({ text }) => reports.test(withoutComments(text))).map(({ path }) => path);
  }

  it("include neither printed text nor the memory of the core", () => {
    expect(readersOfReports(files)).toEqual([]);
    const [path] = EXPECTATION;
    expect(readersOfReports(withLine(path, "const first = shadow.events.reports[0];"))).toEqual([
      path,
    ]);
  });

  it("include numbers of the core, and no code", () => {
    const shared = files.filter(({ path }) => path.startsWith("assembly/abi/"));
    const code = /\bfunction\b|=>/;
    expect(shared.length).toBeGreaterThan(0);
    expect(shared.filter(({ text }) => code.test(withoutComments(text)))).toEqual([]);
  });
});

it("an import of types alone does not count, and an import of a value beside them does", () => {
  const one = (line: string): readonly SourceFile[] => [{ path: "src/a.ts", text: `${line}\n` }];
  const reach = (line: string) => reachOf(one(line), ["src/a.ts"], "imports of values");
  expect(reach('import type { B } from "./b.ts";')).toEqual(["src/a.ts"]);
  expect(reach('import { type B, type C } from "./b.ts";')).toEqual(["src/a.ts"]);
  expect(reach('import { type B, c } from "./b.ts";')).toEqual(["src/a.ts", "src/b.ts"]);
});
