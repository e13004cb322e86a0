// What can be mutated: our core, in the build that follows its sources instruction by instruction,
// or a module of somebody else, with its source map.
import { dirname, join } from "node:path";
import { UserError } from "../../base/user_error.ts";
import { readBinaryFile, readTextFile } from "../../base/whole_file.ts";
import { compileOtherCore } from "../../slub/core/other_core.ts";
import { pathOfCore } from "../../targets/core_files.ts";
import { ByteReader } from "../../wasm/leb128.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import type { ModuleSource } from "./protocol.ts";

/** Where the allocator of our core is; everything of somebody else's module but its libraries. */
const OWN_SOURCES = ["assembly/page/", "assembly/slab/"];
const LIBRARY = "~lib/";

interface MutationTarget {
  readonly source: ModuleSource;
  /** Which sources to mutate, given those that the map names. */
  readonly sourcesOf: (sources: readonly string[]) => readonly string[];
}

/** `slub`, or a .wasm file that has the exports of a core and a source map. */
export function mutationTarget(name: string): MutationTarget {
  if (name === "slub") {
    return { source: moduleAt(pathOfCore("mutable")), sourcesOf: () => OWN_SOURCES };
  }
  if (!name.endsWith(".wasm")) {
    throw new UserError(`${JSON.stringify(name)} can not be mutated: slub can, or a .wasm file`);
  }
  const sourcesOf = (sources: readonly string[]): readonly string[] =>
    sources.filter((source) => !source.startsWith(LIBRARY));
  return { source: moduleAt(name), sourcesOf };
}

function moduleAt(path: string): ModuleSource {
  const bytes = new Uint8Array(readBinaryFile(path));
  compileOtherCore(bytes, path);
  const map = join(dirname(path), mapOf(bytes, path));
  try {
    return { name: map, bytes, map: readTextFile(map) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${path}: its source map ${error.message}`);
  }
}

/** The module says where its source map is. */
function mapOf(bytes: Uint8Array, path: string): string {
  const section = new WasmFile(bytes).custom("sourceMappingURL");
  if (section !== undefined) return decodeURIComponent(new ByteReader(section).text());
  throw new UserError(`${path}: has no source map: build it with one (asc --sourceMap --debug)`);
}
