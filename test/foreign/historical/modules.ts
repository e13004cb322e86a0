// The modules of the heaps, with a mistake or mended: compiled when they are first asked for, and
// again when a source or the compiler has changed.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Digest } from "../../../src/base/hash.ts";
import { hex64OfWords } from "../../../src/base/hex.ts";
import { compileScript } from "../../../src/wasm/toolchain.ts";
import { HEAPS, type HeapName } from "./heaps.ts";
import { MISTAKES, type Mistake } from "./mistakes.ts";

const SOURCES = fileURLToPath(new URL("heaps/", import.meta.url));
const BUILD = fileURLToPath(new URL("../../../build/historical/", import.meta.url));
/** The warning is about memories of 64 bits, which the heaps do not have. */
const FLAGS = ["-O3", "--runtime", "stub", "--noAssert", "--disableWarning", "201"];

/** The path of a module that makes a mistake. */
export function moduleWith({ heap, name }: Mistake): string {
  return built(heap, name);
}

/** The path of a heap without a mistake, which is the mended twin of all that are made in it. */
export function mendedModule(heap: HeapName): string {
  return built(heap, undefined);
}

/** A worker may build the same module meanwhile: it gets its name when it is whole. */
function built(heap: HeapName, mistake: string | undefined): string {
  const folder = join(BUILD, digestOfInputs());
  const name = (mistake ?? `mended ${heap}`).toLowerCase().replaceAll(" ", "_");
  const path = join(folder, `${name}.wasm`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const draft = `${path}.${process.pid}`;
  const flags = [...FLAGS, ...MISTAKES.flatMap((one) => useOf(one.name, one.name === mistake))];
  writeFileSync(draft, compileScript(name, driverOf(heap), flags, sources()));
  renameSync(draft, path);
  return path;
}

function useOf(name: string, isMade: boolean): readonly string[] {
  return ["--use", `${name}=${isMade ? 1 : 0}`];
}

/** The main file of a module. */
function driverOf(heap: HeapName): string {
  const { file, exports } = HEAPS[heap];
  const names = exports.map((name) => name.split(" ")[0]).join(", ");
  return `import { ${names} } from "./${file}.ts"; export { ${exports.join(", ")} };`;
}

/** The sources of the heaps by the names under which they import each other. */
function sources(): Readonly<Record<string, string>> {
  const names = readdirSync(SOURCES).filter((name) => name.endsWith(".ts"));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(SOURCES, name), "utf8")]));
}

/** Of all that decides what the modules are. */
function digestOfInputs(): string {
  const { version } = createRequire(import.meta.url)("assemblyscript/package.json");
  const inputs = {
    version,
    FLAGS,
    HEAPS,
    sources: sources(),
    names: MISTAKES.map(({ name }) => name),
  };
  const digest = new Digest().text(JSON.stringify(inputs));
  return hex64OfWords(digest.high, digest.low);
}
