import { describe, expect, it } from "vitest";
import * as rules from "./helper/tidy_rules.ts";
import { titlesAreClaims } from "./helper/tidy_titles.ts";
import * as whole from "./helper/tidy_whole.ts";
import { type SourceFile, sourceFiles } from "./helper/tree.ts";

const files = sourceFiles(["src", "test", "bench", "tools", "assembly"], ".ts");

/** A rule, and a file that breaks it exactly once. */
interface Case {
  readonly rule: rules.Rule;
  readonly planted: SourceFile;
}

const CASES: Readonly<Record<string, Case>> = {
  "imports go down": {
    rule: rules.importsGoDown,
    planted: { path: "src/campaign/x.ts", text: 'import { a } from "../cli/main.ts";\n' },
  },
  "a type import counts as an import": {
    rule: rules.importsGoDown,
    planted: { path: "src/base/x.ts", text: 'import type { A } from "../slub/program/op.ts";\n' },
  },
  "siblings do not import each other": {
    rule: rules.importsGoDown,
    planted: { path: "src/module/x.ts", text: 'import { a } from "../slub/program/op.ts";\n' },
  },
  "the floors of slub/ import to the left": {
    rule: rules.slubImportsGoLeft,
    planted: { path: "src/slub/oracle/x.ts", text: 'import { a } from "../core/heap.ts";\n' },
  },
  "src/index.ts is imported by no file": {
    rule: rules.importsGoDown,
    planted: { path: "src/cli/x.ts", text: 'export { a } from "../index.ts";\n' },
  },
  "src/abi.ts is the only door to assembly/": {
    rule: rules.oneDoorToAssembly,
    planted: { path: "src/slub/x.ts", text: 'import { Op } from "../../assembly/abi/op.ts";\n' },
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
    planted: {
      path: "src/slub/run/x.ts",
      text: 'import { a } from "../../../test/helper/tree.ts";\n',
    },
  },
  "clock and randomness are only in src/base": {
    rule: rules.chanceOnlyInBase,
    planted: { path: "src/slub/gen/x.ts", text: "const now = Date.now(); // the time\n" },
  },
  "only src/cli knows the process": {
    rule: rules.processOnlyInCli,
    planted: { path: "src/slub/run/x.ts", text: "// process.exit\nconsole.log(1);\n" },
  },
  "only src/cli/terminal.ts writes to a terminal": {
    rule: rules.oneDoorToTheTerminal,
    planted: { path: "src/cli/x.ts", text: "// a way out\nprocess.stdout.write(name);\n" },
  },
  "src/ has no enum": {
    rule: rules.noEnumInSources,
    planted: { path: "src/slub/run/x.ts", text: "export enum Verdict { OK }\n" },
  },
  "no test runs alone or not at all": {
    rule: rules.noStrayTests,
    planted: { path: "test/x.test.ts", text: `it.${"only"}("claims", () => {});\n` },
  },
  "a test's full name is a claim": {
    rule: titlesAreClaims,
    planted: { path: "test/x.test.ts", text: 'it("keeps objects of one page", () => {});\n' },
  },
  "nothing is left to be done": {
    rule: rules.nothingLeftToDo,
    planted: { path: "src/slub/run/x.ts", text: `// ${"TO"}${"DO"}: later\n` },
  },
  "no line has more than 100 columns": {
    rule: rules.linesAreShort,
    planted: { path: "src/slub/run/x.ts", text: `// ${"─".repeat(98)}\n` },
  },
  "no file of src/ and tools/ has more than 450 lines": {
    rule: rules.filesAreShort,
    planted: { path: "src/slub/run/x.ts", text: "\n".repeat(451) },
  },
  "relative imports end in .ts": {
    rule: rules.importsNameFiles,
    planted: { path: "test/x.test.ts", text: `import { a } from "${"./helper"}/tree";\n` },
  },
  "a name uses the field's words": {
    rule: rules.namesAreTheFields,
    planted: { path: "src/slub/run/x.ts", text: "// a trial\nconst bestExhibits = 1;\n" },
  },
  "a file's name uses the field's words": {
    rule: rules.namesAreTheFields,
    planted: { path: "src/slub/run/hearing.ts", text: "export const history = 1;\n" },
  },
  "file names are lower_snake": {
    rule: rules.namesAreLowerSnake,
    planted: { path: "src/slub/run/ReplayRunner.ts", text: "" },
  },
  "files begin with what they are for": {
    rule: rules.filesBeginWithWords,
    planted: { path: "src/slub/run/x.ts", text: "export const a = 1;\n" },
  },
  "src/index.ts only lists exports": {
    rule: rules.indexOnlyLists,
    planted: { path: "src/index.ts", text: 'export { a } from "./a.ts";\nrun();\n' },
  },
};

describe.each(Object.entries(CASES))("the rule that %s", (_, { rule, planted }) => {
  it("holds", () => {
    expect(files.flatMap(rule)).toEqual([]);
  });

  it("reports a file that breaks it", () => {
    expect(rule(planted)).toHaveLength(1);
  });
});

/** A rule about all files together, and files that break it exactly once. */
interface WholeCase {
  readonly rule: whole.WholeRule;
  readonly planted: readonly SourceFile[];
}

const importer = (path: string, target: string): SourceFile => ({
  path,
  text: `import type { A } from "${target}";\n`,
});

const WHOLE_CASES: Readonly<Record<string, WholeCase>> = {
  "no files of src/ import each other in a circle": {
    rule: whole.noCircles,
    planted: [
      importer("src/slub/run/x.ts", "./y.ts"),
      importer("src/slub/run/y.ts", "./z.ts"),
      importer("src/slub/run/z.ts", "./x.ts"),
      importer("src/slub/run/w.ts", "./x.ts"),
    ],
  },
  "no files of assembly/ import each other in a circle": {
    rule: whole.noCirclesInTheCore,
    planted: [
      importer("assembly/slab/x.ts", "./y"),
      importer("assembly/slab/y.ts", "../list/z.ts"),
      importer("assembly/list/z.ts", "../slab/x"),
      importer("assembly/list/w.ts", "../slab/x.ts"),
    ],
  },
  "no name is exported by two files of src/": {
    rule: whole.noNameTwice,
    planted: [
      { path: "src/slub/run/x.ts", text: "export const ANSWER = 42;\n" },
      { path: "src/module/load/x.ts", text: "export type ANSWER = 42;\nexport const TRUE = 1;\n" },
      { path: "src/index.ts", text: 'export { ANSWER } from "./slub/run/x.ts";\n' },
    ],
  },
  "what a browser will run uses no module of Node's": {
    rule: whole.noNodeInBrowsers,
    planted: [
      { path: "src/slub/run/x.ts", text: 'import { x } from "../../base/x.ts";\n' },
      { path: "src/base/x.ts", text: 'export { x } from "./y.ts";\n' },
      { path: "src/base/y.ts", text: 'import { readFileSync } from "node:fs";\n' },
      { path: "src/cli/x.ts", text: 'import { readFileSync } from "node:fs";\n' },
    ],
  },
  "one file tells the kinds of target apart": {
    rule: whole.kindsAreToldApartOnce,
    planted: [
      { path: "src/cli/x.ts", text: "if (program instanceof ModuleProgram) run();\n" },
      importer("src/targets/targets.ts", "../module/kind.ts"),
    ],
  },
  "no file of src/ with 25 lines or less has a single importer": {
    rule: whole.noSmallFileForOne,
    planted: [
      { path: "src/slub/run/x.ts", text: "export const ANSWER = 42;\n" },
      importer("src/slub/run/y.ts", "./x.ts"),
      importer("src/index.ts", "./slub/run/x.ts"),
    ],
  },
};

describe.each(Object.entries(WHOLE_CASES))("the rule that %s", (_, { rule, planted }) => {
  it("holds", () => {
    expect(rule(files)).toEqual([]);
  });

  it("reports files that break it", () => {
    expect(rule(planted)).toHaveLength(1);
  });
});

it("the tidy rules read every part of the repository", () => {
  const folders = new Set(files.map(({ path }) => path.split("/").slice(0, 2).join("/")));
  for (const folder of ["src/base", "src/slub", "src/wasm", "src/cli", "assembly/abi"]) {
    expect(folders).toContain(folder);
  }
});

it("the tidy rules let comments, strings, longer words and published keys be", () => {
  const text = ["// the trial", 'const a = "court";', "const history = b;", "({ story: a });"];
  const file = { path: "src/slub/run/closeAt.ts", text: text.join("\n") };
  expect(rules.namesAreTheFields(file)).toEqual([]);
});

it("the tidy rules report neither comments nor longer words", () => {
  const text = [
    "// Date.now() and console.log",
    "const update = 1; /* process.exit */",
    'const s = "preprocess.x";',
  ].join("\n");
  const file = { path: "src/slub/gen/x.ts", text };
  expect([...rules.chanceOnlyInBase(file), ...rules.processOnlyInCli(file)]).toEqual([]);
});

describe("the rule about test names", () => {
  const fileWith = (text: string): SourceFile => ({ path: "test/x.test.ts", text });

  it.each([
    ["a predicate", 'it("is refused", () => {});'],
    ["a verb in -s", 'it("gives the same digest", () => {});'],
    ["a verb in -s that the rule does not know", 'it("hoards the objects", () => {});'],
    ["a plural verb", 'it("keep what they hold", () => {});'],
    ["a preposition", 'describe("on 6.1", () => { it("a cache is empty", () => {}); });'],
    ["a conjunction", 'it("when a slab is full, it is kept", () => {});'],
    ["a relative clause", 'describe("whose links were lost", () => { it("is kept", () => {}); });'],
    ["a pronoun", 'it("it holds", () => {});'],
    ["an adverb", 'it("only a cache is kept", () => {});'],
    ["a person without a name", 'it("a slab that nobody uses is kept", () => {});'],
    ["a placeholder", 'describe.each(ROWS)("%s", () => { it("holds", () => {}); });'],
    ["a placeholder of a template", `it(\`\${name} holds\`, () => {});`],
    ["an option", 'it("--seed decides", () => {});'],
    ["no verb", 'describe("a journal", () => { it("of a campaign", () => {}); });'],
    ["no verb in rows", 'it.each([1])("a journal of %i", () => {});'],
    ["no literal", "it(name, () => {});"],
    ["the options of a test", 'it("holds", { timeout: 1 }, () => {});'],
    ["a condition", 'it.skipIf(isSmall)("holds", () => {});'],
  ])("reports a name with %s", (_, text) => {
    expect(titlesAreClaims(fileWith(text))).toHaveLength(1);
  });

  it.each([
    ["an article", 'it("a journal is kept", () => {});'],
    ["a name", 'it("SARIF has one result", () => {});'],
    ["a number", 'it("3.10 does not know the option", () => {});'],
    ["a path", 'it("docs/script.md is complete", () => {});'],
    ["a plural noun", 'it("slabs of a node are listed", () => {});'],
    ["a group as its subject", 'describe("a slab", () => { it("is kept", () => {}); });'],
    ["a plural verb", 'describe("two slabs", () => { it("share no page", () => {}); });'],
    ["a placeholder within", 'it.each(ROWS)("the core %s is refused", () => {});'],
    ["a template", `describe(\`the kernel \${name}\`, () => { it("boots", () => {}); });`],
    ["a colon", 'describe("kernel %s:", () => { it("a slab is full", () => {}); });'],
  ])("accepts a name with %s", (_, text) => {
    expect(titlesAreClaims(fileWith(text))).toEqual([]);
  });

  it("reads neither sources nor calls that make no test", () => {
    const call = 'it("is refused", () => {});';
    expect(titlesAreClaims({ path: "src/x.ts", text: call })).toEqual([]);
    expect(titlesAreClaims(fileWith('run("is refused", () => {});'))).toEqual([]);
  });
});
