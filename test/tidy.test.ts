import { describe, expect, it } from "vitest";
import { fileCircles } from "./helper/file_circles.ts";
import * as rules from "./helper/tidy_rules.ts";
import { type SourceFile, sourceFiles } from "./helper/tree.ts";

const files = sourceFiles(["src", "test", "bench", "assembly"], ".ts");

/** A rule, and a file that breaks it exactly once. */
interface Case {
  readonly rule: rules.Rule;
  readonly planted: SourceFile;
}

const CASES: Readonly<Record<string, Case>> = {
  "imports go one way": {
    rule: rules.importsGoLeft,
    planted: { path: "src/oracle/x.ts", text: 'import { a } from "../wasm/heap.ts";\n' },
  },
  "a type import counts as an import": {
    rule: rules.importsGoLeft,
    planted: { path: "src/base/x.ts", text: 'import type { A } from "../program/op.ts";\n' },
  },
  "src/index.ts is nobody's import": {
    rule: rules.importsGoLeft,
    planted: { path: "src/cli/x.ts", text: 'export { a } from "../index.ts";\n' },
  },
  "src/abi.ts is the only door to assembly/": {
    rule: rules.oneDoorToAssembly,
    planted: { path: "src/wasm/x.ts", text: 'import { Op } from "../../assembly/abi/op.ts";\n' },
  },
  "assembly/ imports nothing from outside": {
    rule: rules.assemblyStandsAlone,
    planted: { path: "assembly/slab/x.ts", text: 'import { a } from "../../src/base/hex.ts";\n' },
  },
  "imports of the core go one way": {
    rule: rules.coreImportsGoLeft,
    planted: { path: "assembly/page/x.ts", text: 'import { a } from "../slab/alloc.ts";\n' },
  },
  "asserts of the core stand behind DEBUG": {
    rule: rules.assertsStandBehindDebug,
    planted: { path: "assembly/slab/x.ts", text: "if (DEBUG) assert(a);\nassert(b); // b\n" },
  },
  "src/ imports no tests": {
    rule: rules.sourcesIgnoreTests,
    planted: { path: "src/run/x.ts", text: 'import { a } from "../../test/helper/tree.ts";\n' },
  },
  "clock and randomness are only in src/base": {
    rule: rules.chanceOnlyInBase,
    planted: { path: "src/gen/x.ts", text: "const now = Date.now(); // the time\n" },
  },
  "only src/cli knows the process": {
    rule: rules.processOnlyInCli,
    planted: { path: "src/run/x.ts", text: "// process.exit\nconsole.log(1);\n" },
  },
  "src/ has no enum": {
    rule: rules.noEnumInSources,
    planted: { path: "src/run/x.ts", text: "export enum Verdict { OK }\n" },
  },
  "no test runs alone or not at all": {
    rule: rules.noStrayTests,
    planted: { path: "test/x.test.ts", text: `it.${"only"}("claims", () => {});\n` },
  },
  "nothing is left to be done": {
    rule: rules.nothingLeftToDo,
    planted: { path: "src/run/x.ts", text: `// ${"TO"}${"DO"}: later\n` },
  },
  "no line has more than 100 columns": {
    rule: rules.linesAreShort,
    planted: { path: "src/run/x.ts", text: `// ${"─".repeat(98)}\n` },
  },
  "no file of src/ has more than 450 lines": {
    rule: rules.filesAreShort,
    planted: { path: "src/run/x.ts", text: "\n".repeat(451) },
  },
  "relative imports end in .ts": {
    rule: rules.importsNameFiles,
    planted: { path: "test/x.test.ts", text: `import { a } from "${"./helper"}/tree";\n` },
  },
  "file names are lower_snake": {
    rule: rules.namesAreLowerSnake,
    planted: { path: "src/run/ReplayRunner.ts", text: "" },
  },
  "files begin with what they are for": {
    rule: rules.filesBeginWithWords,
    planted: { path: "src/run/x.ts", text: "export const a = 1;\n" },
  },
  "src/index.ts only lists exports": {
    rule: rules.indexOnlyLists,
    planted: { path: "src/index.ts", text: 'export { a } from "./a.ts";\nrun();\n' },
  },
};

describe.each(Object.entries(CASES))("%s", (_, { rule, planted }) => {
  it("holds", () => {
    expect(files.flatMap(rule)).toEqual([]);
  });

  it("is noticed when it is broken", () => {
    expect(rule(planted)).toHaveLength(1);
  });
});

describe("circles of files", () => {
  const core = files.filter(({ path }) => path.startsWith("assembly/"));

  it("the core has none", () => {
    expect(fileCircles(core)).toEqual([]);
  });

  it("a circle of three files is one line", () => {
    const planted = [
      { path: "assembly/slab/a.ts", text: 'import { b } from "./b.ts";\n' },
      { path: "assembly/slab/b.ts", text: 'import { c } from "../list/c.ts";\n' },
      { path: "assembly/list/c.ts", text: `import { a } from "${"../slab"}/a";\n` },
      { path: "assembly/list/d.ts", text: 'import { a } from "../slab/a.ts";\n' },
    ];
    const circle = "assembly/list/c.ts <-> assembly/slab/a.ts <-> assembly/slab/b.ts";
    expect(fileCircles([...core, ...planted])).toEqual([circle]);
  });
});

it("looks at every part of the repository", () => {
  const folders = new Set(files.map(({ path }) => path.split("/").slice(0, 2).join("/")));
  for (const folder of ["src/base", "src/program", "src/wasm", "src/cli", "assembly/abi"]) {
    expect(folders).toContain(folder);
  }
});

it("does not mistake comments and longer words for violations", () => {
  const text = [
    "// Date.now() and console.log",
    "const update = 1; /* process.exit */",
    'const s = "preprocess.x";',
  ].join("\n");
  const file = { path: "src/gen/x.ts", text };
  expect([...rules.chanceOnlyInBase(file), ...rules.processOnlyInCli(file)]).toEqual([]);
});
