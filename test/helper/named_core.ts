// The build of the core whose functions have names, for tests that change one of them.
import { readFileSync } from "node:fs";
import { pathOfCore } from "../../src/targets/core_files.ts";
import { WasmFile } from "../../src/wasm/wasm_file.ts";

export function namedCore(): WasmFile {
  return new WasmFile(readFileSync(pathOfCore("mutable")));
}

/** Where the code of a function begins, by the end of its name. */
export function codeOf(file: WasmFile, name: string): number {
  const names = file.functionNames();
  const body = file.functions.find(({ index }) => names.get(index)?.endsWith(`/${name}`));
  if (body === undefined) throw new Error(`there is no function ${name}`);
  return body.codeAt;
}

/** Bytecode of `load<u32>(0)`, thrown away. */
export const PLANTED_LOAD = [0x41, 0, 0x28, 2, 0, 0x1a];
