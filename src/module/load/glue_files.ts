// Which scripts that lie beside a module are its glue.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Glue } from "./glue.ts";

/** Longer files are no glue. */
const GLUE_BYTES_MAX = 8 << 20;
const FILES_MAX = 40;

/** The glue beside a module: of several files, those first that name it. */
export function glueBeside(wasmPath: string): readonly Glue[] {
  const folder = dirname(wasmPath);
  const stem = basename(wasmPath, ".wasm");
  const scripts = scriptsIn(folder).map((path) => ({ path, text: readFileSync(path, "utf8") }));
  const own = scripts.filter(({ path, text }) => text.includes(stem) || isNamedLike(path, stem));
  const glues = own.map(({ path, text }) => ({ path, text: plainText(text) }));
  const unique = new Map(glues.map((glue) => [glue.text, glue]));
  return [...unique.values()].sort((one, other) => rankOf(one, stem) - rankOf(other, stem));
}

function scriptsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.[cm]?js$/.test(name))
    .sort()
    .slice(0, FILES_MAX)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && statSync(path).size <= GLUE_BYTES_MAX);
}

/** squoosh_bg.wasm comes with squoosh.js; index.js may belong to any module. */
function isNamedLike(path: string, stem: string): boolean {
  const name = basename(path).replace(/\.[cm]?js$/, "");
  return stem.startsWith(name) || name.startsWith(stem);
}

function rankOf({ path }: Glue, stem: string): number {
  return isNamedLike(path, stem) ? 0 : 1;
}

function plainText(text: string): string {
  return text
    .replaceAll("'", '"')
    .replace(/\s+/g, " ")
    .replace(/ ?([^\w$ ]) ?/g, "$1");
}
