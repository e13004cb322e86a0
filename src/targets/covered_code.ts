// Code whose functions and lines are to be counted, and the source map that lies beside it.
import { existsSync } from "node:fs";
import { reworded, UserError } from "../base/user_error.ts";
import { readBinaryFile } from "../base/whole_file.ts";
import { parseCore } from "../slub/named_core.ts";
import { CoverageMap } from "../wasm/coverage_map.ts";
import { mapNamedBy, readMap } from "../wasm/source_map_file.ts";
import { WasmFile } from "../wasm/wasm_file.ts";
import { pathOfCore } from "./core_files.ts";

/** Its functions and lines. Refuses code with instructions that are not known here. */
export function coverageMapOf(bytes: Uint8Array, path: string): CoverageMap {
  const reword = (message: string) => `--coverage: ${path}: ${message}`;
  return reworded(reword, () => {
    const file = new WasmFile(bytes);
    const map = mapNamedBy(file, path);
    const origin = map !== undefined && existsSync(map) ? readMap(map, path) : undefined;
    return new CoverageMap(file, origin);
  });
}

/** Of our own core the build with a source map, which does what the other one does. */
export function mappedCore(target: string) {
  const { core } = parseCore(target);
  if (core === "canary") throw new UserError(`--coverage: ${target}: a canary has no source map`);
  const kind = core === "release" ? "mutable" : core;
  const path = pathOfCore(kind);
  return { kind, path, bytes: new Uint8Array(readBinaryFile(path)) } as const;
}
