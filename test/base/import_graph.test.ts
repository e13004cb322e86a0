// Which files a program consists of: on planted trees, and compared with the imports
// of slabfuzz that the compiler keeps.
import { posix } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ENTRIES, programOf, readFromDisk } from "../../src/campaign/driver_build.ts";

const pathsOf = (files: Readonly<Record<string, string>>, ...entries: readonly string[]) => [
  ...programOf(entries, (path) => files[path]).keys(),
];

describe("a program contains the files that are imported", () => {
  const OTHER = { "src/b/x.ts": "export const a = 1;\n", "src/b/y.ts": "" };
  it.each([
    ["by name", 'import { a } from "../b/x.ts";'],
    ["by several names on lines of their own", 'import {\n  type A,\n  a,\n} from "../b/x.ts";'],
    ["as a whole", 'import * as x from "../b/x.ts";'],
    ["by default, and a type with it", 'import x, { type A } from "../b/x.ts";'],
    ["for what they do", 'import "../b/x.ts";'],
    ["for nothing", 'import {} from "../b/x.ts";'],
    ["to be exported again", 'export * from "../b/x.ts";'],
    ["to be exported again by name", 'export { a } from "../b/x.ts";'],
    ["when they are needed", 'const late = () => import("../b/x.ts");'],
    [
      "when they are needed, over two lines",
      'const late = () =>\n  import(\n    "../b/x.ts"\n  );',
    ],
    ["without an ending, as AssemblyScript does", `import { a } from "${"../b/x"}";`],
    ["behind something that has no end of its own", 'export class A {}\nimport "../b/x.ts";'],
  ])("%s", (_, text) => {
    const files = { ...OTHER, "src/a/main.ts": `// The entry.\n${text}\n` };
    expect(pathsOf(files, "src/a/main.ts")).toEqual(["src/a/main.ts", "src/b/x.ts"]);
  });
});

describe("a program contains no files that are imported", () => {
  it.each([
    ["for types", 'import type { A } from "../b/x.ts";'],
    ["for a type by default", 'import type A from "../b/x.ts";'],
    ["for types, each of which says so", 'import { type A, type B } from "../b/x.ts";'],
    ["for types that are exported again", 'export type { A } from "../b/x.ts";'],
    ["for all types of theirs", 'export type * from "../b/x.ts";'],
    ["to say what type something has", 'type X = typeof import("../b/x.ts");'],
    ["from packages", 'import { readFileSync } from "node:fs";\nimport x from "typescript";'],
  ])("%s", (_, text) => {
    const files = { "src/a/main.ts": `${text}\n`, "src/b/x.ts": "" };
    expect(pathsOf(files, "src/a/main.ts")).toEqual(["src/a/main.ts"]);
  });
});

it("a program contains what its files import in turn, also in circles", () => {
  const files = {
    "a.ts": 'import "./b.ts";\n',
    "b.ts": 'import "./c.ts";\n',
    "c.ts": 'import "./a.ts";\n',
    "d.ts": 'import "./a.ts";\n',
  };
  expect(pathsOf(files, "a.ts")).toEqual(["a.ts", "b.ts", "c.ts"]);
  expect(pathsOf(files, "c.ts", "d.ts")).toEqual(["a.ts", "b.ts", "c.ts", "d.ts"]);
});

it("a missing file is refused with the file that names it", () => {
  const files = { "a.ts": 'import "./b.ts";\n' };
  expect(() => pathsOf(files, "a.ts")).toThrow("a.ts names b.ts, which is not there");
  expect(() => pathsOf(files, "c.ts")).toThrow("the list of entries names c.ts");
});

it("the compiler keeps the same files of those that decide a case", () => {
  const entries = Object.keys(ENTRIES);
  const known = new Set<string>();
  const left = [...entries];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (known.has(path)) continue;
    known.add(path);
    left.push(...importsLeft(path));
  }
  expect([...programOf(entries, readFromDisk).keys()]).toEqual([...known].sort());
});

function importsLeft(path: string): readonly string[] {
  const { outputText } = ts.transpileModule(readFromDisk(path) ?? "", {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  const names = ts.preProcessFile(outputText).importedFiles.map(({ fileName }) => fileName);
  return names
    .filter((name) => name.startsWith("."))
    .map((name) => posix.join(posix.dirname(path), name))
    .map((target) => (target.endsWith(".ts") ? target : `${target}.ts`));
}
