// The files in slabfuzz's package: builds, examples, golden programs.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert } from "./assert.ts";

let knownRoot: string | undefined;

/** The absolute path of a file in the package, whether or not the file is there. */
export function packagePath(name: string): string {
  knownRoot ??= findRoot();
  return `${knownRoot}${name}`;
}

/** package.json lies two levels above src/base and three above dist/src/base. */
function findRoot(): string {
  const roots = ["../../", "../../../"].map((up) => fileURLToPath(new URL(up, import.meta.url)));
  const root = roots.find((folder) => existsSync(`${folder}package.json`));
  assert(root !== undefined, "slabfuzz lies beside its package.json");
  return root;
}
