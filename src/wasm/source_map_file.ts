// The file of a module's source map, which lies where the module says.
import { dirname, join } from "node:path";
import { reworded, UserError } from "../base/user_error.ts";
import { readTextFile } from "../base/whole_file.ts";
import { ByteReader } from "./leb128.ts";
import { SourceMap } from "./source_map.ts";
import type { WasmFile } from "./wasm_file.ts";

/** Its path, whether or not a file is there; undefined for a module that names none. */
export function mapNamedBy(module: WasmFile, path: string): string | undefined {
  const section = module.custom("sourceMappingURL");
  if (section === undefined) return undefined;
  const name = new ByteReader(section).text();
  try {
    return join(dirname(path), decodeURIComponent(name));
  } catch {
    throw new UserError(`${path}: the name of its source map is no part of a URL`);
  }
}

/** Reads it. `path` is the module's file, for complaints. */
export function readMap(map: string, path: string): SourceMap {
  const reword = (message: string) => `${path}: its source map ${message}`;
  return new SourceMap(
    reworded(reword, () => readTextFile(map)),
    map,
  );
}
