// The repository's own source files, for tests that look at the code itself.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface SourceFile {
  /** Path from the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** All files below these folders whose names end like that. */
export function sourceFiles(folders: readonly string[], ending: string): readonly SourceFile[] {
  return folders.flatMap((folder) => filesBelow(folder, ending));
}

function filesBelow(folder: string, ending: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(path, ending);
    return path.endsWith(ending) ? [{ path, text: readFileSync(join(ROOT, path), "utf8") }] : [];
  });
}
