// The AssemblyScript compiler that is installed, and Binaryen, which comes with it.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../base/user_error.ts";
import { answerOf } from "./waiting.ts";

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

/** Compiles AssemblyScript; `name` is what people call the module. */
export function compileScript(name: string, source: string, flags: readonly string[]): Uint8Array {
  const { wasm, text } = answerOf(COMPILE, { url: compilerUrl(name), source, flags });
  if (wasm !== undefined) return wasm;
  throw new UserError(`${name}: was not compiled (${text?.trim().split("\n")[0]})`);
}

function compilerUrl(name: string): string {
  try {
    return pathToFileURL(join(dirname(neighbourOfCompiler()), "asc.js")).href;
  } catch {
    throw new UserError(`${name}: needs the AssemblyScript compiler (npm install assemblyscript)`);
  }
}

/** Where Binaryen can be imported from. */
export function binaryenUrl(): string {
  try {
    return pathToFileURL(createRequire(neighbourOfCompiler()).resolve("binaryen")).href;
  } catch {
    throw new UserError("watching stores needs Binaryen (npm install assemblyscript)");
  }
}

/** A file of the compiler that can be found by require: asc.js itself is for import only. */
function neighbourOfCompiler(): string {
  return createRequire(import.meta.url).resolve("assemblyscript/transform");
}
