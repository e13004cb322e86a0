// From a word of the command line to a module's file: a path, a package's folder, or the name of a
// package that is installed here.
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Digest } from "../../base/hash.ts";
import { UserError } from "../../base/user_error.ts";
import { readBinaryFile } from "../../base/whole_file.ts";

/** Deeper folders hold other packages. */
const DEPTH_MAX = 6;

/** Whether a word can only be meant as a module or a package. */
export function looksForeign(word: string): boolean {
  return word.endsWith(".wasm") || existsSync(word) || packageFolder(word) !== undefined;
}

/** The modules that a word may mean: one for a file, any number for a package. */
export function modulesOf(word: string): readonly string[] {
  if (word.endsWith(".wasm") || !isFolder(word)) {
    const folder = word.endsWith(".wasm") ? undefined : packageFolder(word);
    return folder === undefined ? [word] : modulesIn(folder, word);
  }
  return modulesIn(word, word);
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

const PACKAGE_NAME = /^(@[a-z0-9._~-]+\/)?[a-z0-9._~-]+$/i;

/** Where a package of that name is installed: here, or in a folder above. */
function packageFolder(name: string): string | undefined {
  if (!PACKAGE_NAME.test(name) || /^\.+$/.test(name)) return undefined;
  for (let folder = resolve("."); ; folder = dirname(folder)) {
    const path = join(folder, "node_modules", name);
    if (isFolder(path)) return relative(".", path);
    if (folder === dirname(folder)) return undefined;
  }
}

/** All modules in a folder, the same contents once, those nearest to its top first. */
function modulesIn(folder: string, word: string): readonly string[] {
  const paths = [...wasmFilesUnder(folder, DEPTH_MAX)].sort(
    (one, other) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1),
  );
  if (paths.length === 0) throw new UserError(`${word}: holds no .wasm file`);
  const unique = new Map<string, string>();
  for (const path of paths) {
    const digest = new Digest().bytes(readBinaryFile(path)).hex;
    if (!unique.has(digest)) unique.set(digest, path);
  }
  return [...unique.values()];
}

function depthOf(path: string): number {
  return path.split(/[\\/]/).length;
}

function* wasmFilesUnder(folder: string, depth: number): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && entry.name.endsWith(".wasm")) yield path;
    const isInside = entry.isDirectory() && entry.name !== "node_modules";
    if (isInside && depth > 1) yield* wasmFilesUnder(path, depth - 1);
  }
}
