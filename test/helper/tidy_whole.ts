// Rules that no file breaks alone: each is a function from all source files to the violations.
import { posix } from "node:path";
import { reachOf } from "./reach.ts";
import { importsOf, withoutComments } from "./tidy_rules.ts";
import type { SourceFile } from "./tree.ts";

export type WholeRule = (files: readonly SourceFile[]) => readonly string[];

/**
 * Groups of files that import each other, directly or by way of others; imports of types count.
 * One line for each group. assembly/ names files without their ending.
 */
const fileCircles: WholeRule = (files) => {
  const imports = importGraph(files);
  const reach = new Map([...imports.keys()].map((path) => [path, reachFrom(path, imports)]));
  const isTied = (one: string, other: string): boolean =>
    reach.get(one)!.has(other) && reach.get(other)!.has(one);
  const grouped = new Set<string>();
  const circles: string[] = [];
  for (const path of imports.keys()) {
    if (grouped.has(path) || !reach.get(path)!.has(path)) continue;
    const group = [...imports.keys()].filter((other) => isTied(path, other));
    for (const one of group) grouped.add(one);
    circles.push(`${group.join(", ")} import each other`);
  }
  return circles;
};

/** No circle of files in src/. */
export const noCircles: WholeRule = (files) => fileCircles(sourcesOf(files));

/** No circle of files in assembly/. */
export const noCirclesInTheCore: WholeRule = (files) =>
  fileCircles(files.filter(({ path }) => path.startsWith("assembly/")));

/** One word per thing: no name is exported by two files of src/. */
export const noNameTwice: WholeRule = (files) => {
  const places = new Map<string, string[]>();
  for (const { path, text } of sourcesOf(files)) {
    for (const name of declaredExports(text)) {
      if (!isNamedByItsFile(name, path)) places.set(name, [...(places.get(name) ?? []), path]);
    }
  }
  return [...places]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name} is exported by ${paths.join(" and ")}`);
};

export const SMALL_LINES = 25;

/** A small file with one importer joins it. */
export const noSmallFileForOne: WholeRule = (files) => {
  const importers = importersOf(sourcesOf(files).filter(({ path }) => path !== "src/index.ts"));
  return sourcesOf(files)
    .filter(({ text }) => lineCount(text) <= SMALL_LINES)
    .filter(({ path }) => importers.get(path)?.length === 1)
    .map(({ path }) => `${path} has few lines, and only ${importers.get(path)} imports it`);
};

/** What a browser will run: these rooms, and whatever they import. */
const BROWSER_ROOMS = /^src\/(slub|target|module\/record|playground(?!\/page_file))\//;

/** A browser has no `node:` modules. */
export const noNodeInBrowsers: WholeRule = (files) => {
  const roots = files.map(({ path }) => path).filter((path) => BROWSER_ROOMS.test(path));
  const reached = new Set(reachOf(files, roots, "imports of values"));
  return files
    .filter(({ path, text }) => reached.has(path) && /"node:/.test(withoutComments(text)))
    .map(({ path }) => `${path} uses a module of Node's, and ${whoReaches(files, roots, path)} it`);
};

/** One of the files that a browser will run, and that lead to a file. */
function whoReaches(files: readonly SourceFile[], roots: readonly string[], path: string): string {
  const root = roots.find((one) => reachOf(files, [one], "imports of values").includes(path));
  return root === path ? "a browser runs" : `${root} needs`;
}

/** The doors of the two kinds of target, and the only file that may enter both. */
const KIND_DOORS = ["src/slub/kind.ts", "src/slub/named_program.ts", "src/module/kind.ts"];
const KNOWS_BOTH_KINDS = "src/targets/targets.ts";
const ASKS_FOR_KIND =
  /\binstanceof (Slub|Module)(Program|Target|Worker)\b|\bkind === "(slub|module)"/;

/** Only src/targets/targets.ts asks which kind of target something is. */
export const kindsAreToldApartOnce: WholeRule = (files) =>
  sourcesOf(files)
    .filter(({ path }) => path !== KNOWS_BOTH_KINDS)
    .filter(({ path, text }) => {
      const entersDoor = importsOf(path, text).some((target) => KIND_DOORS.includes(target));
      return entersDoor || ASKS_FOR_KIND.test(withoutComments(text));
    })
    .map(({ path }) => `${path} asks which kind of target something is`);

/** Each command of the command line registers itself, and is known by its file. */
function isNamedByItsFile(name: string, path: string): boolean {
  return name === "register" && posix.dirname(path) === "src/cli/commands";
}

function sourcesOf(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.filter(({ path }) => path.startsWith("src/"));
}

/** What each file imports of the others. */
function importGraph(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const known = new Set(files.map(({ path }) => path));
  const pathOf = (target: string): string => (known.has(target) ? target : `${target}.ts`);
  return new Map(
    files.map(({ path, text }) => {
      const targets = importsOf(path, text).map(pathOf);
      return [path, targets.filter((target) => known.has(target))];
    }),
  );
}

/** All that a file leads to; itself only if a circle leads back. */
function reachFrom(
  path: string,
  imports: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [path];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const target of imports.get(at) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      open.push(target);
    }
  }
  return reached;
}

function importersOf(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>();
  for (const [path, targets] of importGraph(files)) {
    for (const target of new Set(targets)) {
      importers.set(target, [...(importers.get(target) ?? []), path]);
    }
  }
  return importers;
}

const DECLARED =
  /^export (?:abstract |async )?(?:function\*?|class|const|let|interface|type|enum) (\w+)/gm;

/** Names that a file declares and exports; what it hands on from others does not count. */
function declaredExports(text: string): readonly string[] {
  const names = [...withoutComments(text).matchAll(DECLARED)].map((match) => match[1]);
  return [...new Set(names)];
}

function lineCount(text: string): number {
  return text.split("\n").length - 1;
}
