// Which modules a word of the command line means: a file, or all that lie in a package. A script
// may carry modules in its text (embedded.ts).
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Digest } from "../../base/hash.ts";
import { UserError } from "../../base/user_error.ts";
import { readBinaryFile, readTextFile } from "../../base/whole_file.ts";
import { EMBEDDINGS, embeddedModules } from "./embedded.ts";

/** A module, and where it was found. */
export interface ModuleFile {
  /** A file; of a script that carries several, with `#` and a number behind it. */
  readonly path: string;
  /** The script that carries it; undefined for a file of its own. */
  readonly script: string | undefined;
  readonly bytes: Uint8Array;
}

/** Deeper folders hold other packages. */
const DEPTH_MAX = 6;
/** A name of a script, and which of its modules is meant. */
const SCRIPT = /^(.+\.[cm]?js)(?:#([1-9]\d?))?$/;

/** Whether a word can only be meant as a module or a package. */
export function looksForeign(word: string): boolean {
  return (
    word.endsWith(".wasm") ||
    SCRIPT.test(word) ||
    existsSync(word) ||
    packageFolder(word) !== undefined
  );
}

/**
 * The modules that a word may mean: one for a file, any number for a script or a package. Names of
 * packages may end as those of files do (`sql.js`): a file of that name goes first.
 */
export function modulesOf(word: string): readonly ModuleFile[] {
  const folder = folderOf(word);
  if (folder !== undefined) return modulesIn(folder, word);
  const [, script, number] = SCRIPT.exec(word) ?? [];
  return script === undefined ? [moduleFile(word)] : modulesOfScript(script, number);
}

function folderOf(word: string): string | undefined {
  if (!existsSync(word)) return packageFolder(word);
  return isFolder(word) ? word : undefined;
}

/**
 * The path of the one of a word's modules that a name means: its path, the end of its path, or the
 * name of its file with or without `.wasm`. Throws a UserError for a name of none or of several.
 */
export function pathOfModule(word: string, name: string): string {
  const paths = modulesOf(word).map(({ path }) => path);
  const named = MEANINGS.map((means) => paths.filter((path) => means(path, name)));
  const [meant = []] = named.filter(({ length }) => length > 0);
  if (meant.length === 1) return meant[0];
  const which = meant.length === 0 ? `no module ${name}` : `several modules ${name}`;
  throw new UserError(`${word}: holds ${which} (${pathsText(meant.length === 0 ? paths : meant)})`);
}

/** What a name may be of a path; what it is first decides. */
const MEANINGS: readonly ((path: string, name: string) => boolean)[] = [
  (path, name) => path === name,
  (path, name) => plainPath(path).endsWith(`/${plainPath(name)}`),
  (path, name) => basename(path, ".wasm") === name,
];

function plainPath(path: string): string {
  return path.replaceAll("\\", "/").replace(/^\.\//, "");
}

const PATHS_SHOWN = 6;

/** Some paths, and how many more there are. */
export function pathsText(paths: readonly string[]): string {
  const shown = paths.slice(0, PATHS_SHOWN).join(" ");
  const rest = paths.length - PATHS_SHOWN;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

function moduleFile(path: string): ModuleFile {
  return { path, script: undefined, bytes: readBinaryFile(path) };
}

/** All that a script carries, or the one of that number; refuses a script that carries none. */
function modulesOfScript(script: string, number?: string): readonly ModuleFile[] {
  const files = modulesInScript(script);
  if (files.length === 0) {
    throw new UserError(`${script}: carries no WebAssembly module (looked for ${EMBEDDINGS})`);
  }
  if (number === undefined) return files;
  const file = files[Number(number) - 1];
  if (file !== undefined) return [file];
  throw new UserError(`${script}#${number}: the script carries ${files.length} of them`);
}

function modulesInScript(script: string): readonly ModuleFile[] {
  return embeddedModules(readTextFile(script)).map((bytes, index, { length }) => {
    return { path: length === 1 ? script : `${script}#${index + 1}`, script, bytes };
  });
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
function modulesIn(folder: string, word: string): readonly ModuleFile[] {
  const own = filesUnder(folder, /\.wasm$/).map(moduleFile);
  const files = own.length > 0 ? own : filesUnder(folder, SCRIPT).flatMap(modulesInScript);
  if (files.length === 0) {
    throw new UserError(`${word}: holds no .wasm file, nor a script that carries a module`);
  }
  const unique = new Map<string, ModuleFile>();
  for (const file of files) {
    const digest = new Digest().bytes(file.bytes).hex;
    if (!unique.has(digest)) unique.set(digest, file);
  }
  return [...unique.values()];
}

function filesUnder(folder: string, name: RegExp): readonly string[] {
  return [...pathsUnder(folder, name, DEPTH_MAX)].sort(
    (one, other) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1),
  );
}

function depthOf(path: string): number {
  return path.split(/[\\/]/).length;
}

function* pathsUnder(folder: string, name: RegExp, depth: number): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && name.test(entry.name)) yield path;
    const isInside = entry.isDirectory() && entry.name !== "node_modules";
    if (isInside && depth > 1) yield* pathsUnder(path, name, depth - 1);
  }
}
