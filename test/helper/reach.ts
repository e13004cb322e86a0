// What a file can reach through imports, its own and those of what it imports.
import { importsOf, withoutComments } from "./tidy_rules.ts";
import type { SourceFile } from "./tree.ts";

/** Whether imports of types count, which leave nothing behind when the program runs. */
export type Counting = "all imports" | "imports of values";

/** The files that can be reached from `roots`, these among them, by path. */
export function reachOf(
  files: readonly SourceFile[],
  roots: readonly string[],
  counting: Counting,
): readonly string[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    const text = texts.get(path) ?? "";
    importsOf(path, counting === "all imports" ? text : withoutTypeImports(text)).forEach(visit);
  };
  roots.forEach(visit);
  return [...reached].sort();
}

const TYPE_IMPORT = new RegExp(
  [
    /\b(?:import|export)\s+/, // then nothing but types:
    /(?:type\s+(?:\{[^}]*\}|\w+)|\{(?:\s*type\s+\w+\s*,?)+\s*\})\s*/,
    /from\s*"[^"]+";/,
  ]
    .map(({ source }) => source)
    .join(""),
  "g",
);

/** `import type` goes, and so does an import of nothing but single types. */
function withoutTypeImports(text: string): string {
  return withoutComments(text).replace(TYPE_IMPORT, "");
}
