// Our core as something to mutate, for tests.
import { readFileSync } from "node:fs";
import { type MutableModule, type Mutant, mutantsOf } from "../../src/checks/mutate/mutant.ts";
import { pathOfCore } from "../../src/targets/core_files.ts";
import { SourceMap } from "../../src/wasm/source_map.ts";
import { namedCore } from "./named_core.ts";

export function mutableCore(): MutableModule {
  const path = `${pathOfCore("mutable")}.map`;
  return { file: namedCore(), map: new SourceMap(readFileSync(path, "utf8"), path) };
}

/** Mutants of the page allocator and of SLUB. */
export function ownMutants(module: MutableModule): readonly Mutant[] {
  return mutantsOf(module, { sources: ["assembly/page/", "assembly/slab/"] });
}
