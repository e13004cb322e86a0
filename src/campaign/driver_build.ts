// Eight digits over every source file that decides what a case is and how it is judged, for those
// merging results: where the digits differ, the cases may differ. Words, pages and commands do not
// count. The files are found by following imports; the number is over the sources, also where the
// built program runs, which finds it in a file that the build has written.
import { readFileSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import type * as v from "valibot";
import { Digest } from "../base/hash.ts";
import { hex32 } from "../base/hex.ts";
import { packagePath } from "../base/package_file.ts";
import { checkValue, jsonList, jsonObject, jsonText } from "../base/schema.ts";
import { UserError } from "../base/user_error.ts";

/** Where the files begin that decide a case, each with what it decides. */
export const ENTRIES: Readonly<Record<string, string>> = {
  "src/slub/engine.ts": "makes, runs and judges cases on a core",
  "src/module/engine.ts": "makes, runs and judges cases on a foreign module",
  "src/module/load/load.ts":
    "turns a foreign module into what runs, and finds out how it is called",
  "src/module/cases.ts": "shapes its programs, and says what a case is that took its worker",
  "src/targets/batch.ts": "runs case after case, and counts them",
  "src/target/tally.ts": "sums cases up: which are the same finding, which is its example",
};

const STAMP = "dist/driver_build.json";

/** What the build leaves behind; `files` are those that were counted. */
const STAMP_FILE = jsonObject({ driver: jsonText, files: jsonList(jsonText) });
type Stamp = v.InferOutput<typeof STAMP_FILE>;

let known: string | undefined;

/** The number of the program that runs. */
export function driverBuild(): string {
  known ??= import.meta.url.endsWith(".js")
    ? readStamp(packagePath(STAMP)).driver
    : driverBuildOf(decidingFiles(readFromDisk));
  return known;
}

/** All files that decide a case: paths in order, with texts. */
export function decidingFiles(read: ReadSource): ReadonlyMap<string, string> {
  return programOf(Object.keys(ENTRIES), read);
}

/** The number of these files. */
export function driverBuildOf(files: ReadonlyMap<string, string>): string {
  const digest = new Digest();
  // A checkout may end its lines in two ways.
  for (const [path, text] of files) digest.text(path).text(text.replaceAll("\r\n", "\n"));
  return hex32(digest.low);
}

/** A file of the package. */
export function readFromDisk(path: string): string | undefined {
  try {
    return readFileSync(packagePath(path), "utf8");
  } catch {
    return undefined;
  }
}

/** The last step of a build: writes down the number of the sources that were built. */
export function writeStamp(path = packagePath(STAMP)): void {
  const files = decidingFiles(readFromDisk);
  const stamp: Stamp = { driver: driverBuildOf(files), files: [...files.keys()] };
  writeFileSync(path, `${JSON.stringify(stamp, null, 2)}\n`);
}

/** What the build wrote down. */
export function readStamp(path: string): Stamp {
  try {
    return checkValue(JSON.parse(readFileSync(path, "utf8")), STAMP_FILE, path);
  } catch {
    throw new UserError(`slabfuzz is not built completely, it lacks ${path}: run npm run build`);
  }
}

/** The text of a file, by its path from the root with `/`; undefined if there is no such file. */
export type ReadSource = (path: string) => string | undefined;

/**
 * The entries and all files that they import, directly or not: paths in order, with texts. What is
 * taken for an import by mistake, such as one in a comment, makes the program larger, never
 * smaller.
 */
export function programOf(
  entries: readonly string[],
  read: ReadSource,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const left = entries.map((path) => ({ path, from: "the list of entries" }));
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { path, from } = next;
    if (texts.has(path)) continue;
    const text = read(path);
    if (text === undefined) throw new UserError(`${from} names ${path}, which is not there`);
    texts.set(path, text);
    left.push(...importsOf(path, text, read).map((target) => ({ path: target, from: path })));
  }
  return new Map([...texts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Files that a file imports when it runs; packages are not among them. */
function importsOf(path: string, text: string, read: ReadSource): readonly string[] {
  return specifiersOf(text)
    .filter((name) => name.startsWith("."))
    .map((name) => posix.join(posix.dirname(path), name))
    .map((target) => withEnding(target, read));
}

/** AssemblyScript leaves the ending out. */
function withEnding(path: string, read: ReadSource): string {
  const names = [path, `${path}.ts`, `${path}/index.ts`];
  return names.find((name) => read(name) !== undefined) ?? path;
}

/** `import ... from "x"`, `export ... from "x"`: what stands between, and x. */
const STATIC = /^(?:import|export)\b([\w$*\s,{}]*?)\bfrom\s*"([^"]+)"/gm;
/** `import "x"`, which runs a file and names nothing of it. */
const BARE = /^import\s*"([^"]+)"/gm;
/** `import("x")`, at any place. */
const DYNAMIC = /(?<!\btypeof\s*)\bimport\(\s*"([^"]+)"/g;

function specifiersOf(text: string): readonly string[] {
  const named = [...text.matchAll(STATIC)].filter(([, clause]) => !isOfTypes(clause));
  const others = [...text.matchAll(BARE), ...text.matchAll(DYNAMIC)];
  return [...named.map(([, , name]) => name), ...others.map(([, name]) => name)];
}

/** ` type { A, B } `, or braces in which each name has its own `type`. */
function isOfTypes(clause: string): boolean {
  if (/^\s+type\s+[\w${*]/.test(clause)) return true;
  const [, names = ""] = /^\s*\{([^}]*)\}\s*$/.exec(clause) ?? [];
  return /\w/.test(names) && names.split(",").every((name) => /^\s*(type\s|$)/.test(name));
}
