// Circles of files: of some files each reaches the others along its imports.
import type { SourceFile } from "./tree.ts";
import { importsOf } from "./tidy_rules.ts";

/** The circles among some files, each as one line; imports of types count like others. */
export function fileCircles(files: readonly SourceFile[]): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  const imports = new Map(files.map((file) => [file.path, importedBy(file, paths)]));
  const reached = new Map([...paths].map((path) => [path, reachedFrom(path, imports)]));
  const circles = [...paths].map((path) => {
    const others = [...(reached.get(path) ?? [])].filter((other) => reached.get(other)?.has(path));
    return others.sort().join(" <-> ");
  });
  return [...new Set(circles)].filter((circle) => circle !== "").sort();
}

function importedBy({ path, text }: SourceFile, paths: ReadonlySet<string>): readonly string[] {
  return importsOf(path, text)
    .map((target) => (target.endsWith(".ts") ? target : `${target}.ts`))
    .filter((target) => paths.has(target));
}

/** Every file that a file reaches: itself only if it is in a circle. */
function reachedFrom(
  start: string,
  imports: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...(imports.get(start) ?? [])];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    waiting.push(...(imports.get(path) ?? []));
  }
  return reached;
}
