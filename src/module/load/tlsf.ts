// TLSF, the allocator of AssemblyScript's standard library, compiled from the sources of the
// compiler that is installed.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../../base/user_error.ts";
import { answerOf } from "../../wasm/waiting.ts";

const DRIVER = `
  export function alloc(size: usize): usize { return heap.alloc(size); }
  export function realloc(old: usize, size: usize): usize { return heap.realloc(old, size); }
  export function free(pointer: usize): void { heap.free(pointer); }
`;

/** Its checks stay in: an assertion that fails calls abort. */
const FLAGS = ["-O3", "--runtime", "minimal"];

const COMPILE = `
  const { url, source, flags } = input;
  const { default: asc } = await import(url);
  let wasm;
  const { error, stderr } = await asc.main(["driver.ts", "--outFile", "out.wasm", ...flags], {
    readFile: (name) => (name === "driver.ts" ? source : null),
    writeFile: (name, contents) => { if (typeof contents !== "string") wasm = contents; },
    listFiles: () => [],
  });
  answer(error === null ? { wasm } : { text: stderr.toString() });
`;

/** The module: exports alloc, realloc and free. */
export function buildTlsf(): Uint8Array {
  return compileScript(DRIVER, FLAGS);
}

/** Compiles AssemblyScript with the compiler that is installed. */
export function compileScript(source: string, flags: readonly string[]): Uint8Array {
  const { wasm, text } = answerOf(COMPILE, { url: compilerUrl(), source, flags });
  if (wasm !== undefined) return wasm;
  throw new UserError(`tlsf: was not compiled (${text?.trim().split("\n")[0]})`);
}

/** asc.js itself is for import only; a neighbour of it can be found by require. */
function compilerUrl(): string {
  try {
    const neighbour = createRequire(import.meta.url).resolve("assemblyscript/transform");
    return pathToFileURL(join(dirname(neighbour), "asc.js")).href;
  } catch {
    throw new UserError("tlsf: needs the AssemblyScript compiler (npm install assemblyscript)");
  }
}
