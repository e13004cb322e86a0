// Which files a program consists of, from what they import. An import of types does not count: it
// is gone when the program runs. What this reader takes for an import by mistake, such as one in a
// comment, makes the program larger, never smaller.
import { posix } from "node:path";
import { UserError } from "./user_error.ts";

/** The text of a file, by its path from the root with `/`; undefined if there is no such file. */
export type ReadSource = (path: string) => string | undefined;

/** The entries and all files that they import, directly or not: paths in order, with texts. */
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
