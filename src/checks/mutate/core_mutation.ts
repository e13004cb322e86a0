// A core with the kernel's operations, as a mutation run sees it: ours, or one from another build.
import { Digest } from "../../base/hash.ts";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { readBinaryFile } from "../../base/whole_file.ts";
import { driverBuild } from "../../campaign/driver_build.ts";
import { Pool } from "../../pool/pool.ts";
import { compileOtherCore } from "../../slub/core/other_core.ts";
import { printScript } from "../../slub/program/text.ts";
import { pathOfCore } from "../../targets/core_files.ts";
import type { SourceMap } from "../../wasm/source_map.ts";
import { mapNamedBy, readMap } from "../../wasm/source_map_file.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import { type MutableModule, type Mutant, mutantsOf } from "./mutant.ts";
import type { MutationScope, MutationTarget, TargetWalk } from "./mutation_target.ts";
import type { MutateInput, MutateJobs } from "./protocol.ts";
import { allTestSets, Reference } from "./reference.ts";

/** Where the allocator of our core is; everything of another module but its libraries. */
const OWN_SOURCES = ["assembly/page/", "assembly/slab/"];
const LIBRARY = "~lib/";

export class CoreMutation implements MutationTarget {
  readonly module: MutableModule;
  readonly mutants: readonly Mutant[];
  readonly #bytes: Uint8Array<ArrayBuffer>;

  /** Refuses what is no core, and a core without a source map. */
  constructor({ target, function: name, file }: MutationScope) {
    const { bytes, map } = moduleOf(target);
    this.#bytes = bytes;
    this.module = { file: new WasmFile(bytes), map };
    const sources = file === undefined ? sourcesOf(target, map) : [file];
    this.mutants = mutantsOf(this.module, { sources, function: name });
  }

  async walk(): Promise<TargetWalk> {
    const reference = await Reference.of(this.module, this.mutants, allTestSets());
    const { expectations } = reference;
    const answers = expectations.testSets.flatMap((set) => set.answers);
    const digest = new Digest();
    for (const answer of answers) digest.long(answer);
    const input: MutateInput = { bytes: this.#bytes, expectations };
    const file = { beside: import.meta.url, name: "worker", input };
    return {
      programs: answers.length,
      answers: digest.hex,
      reachOf: (mutant) => reference.reachOf(mutant),
      newPool: (size, limitMs) => new Pool<MutateJobs>({ file, size, limitMs }),
    };
  }

  inputs(): string {
    const digest = new Digest().text(slabfuzzVersion()).text(driverBuild());
    for (const { kind, player } of allTestSets()) {
      digest.text(kind).text(player.name);
      for (let i = 0; i < player.count; i++) digest.text(printScript(player.program(i)));
    }
    return digest.hex;
  }
}

function sourcesOf(target: string, { sources }: SourceMap): readonly string[] {
  return target === "slub" ? OWN_SOURCES : sources.filter((one) => !one.startsWith(LIBRARY));
}

interface CoreWithMap {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly map: SourceMap;
}

/** `slub`, or a .wasm file that has the exports of a core and a source map. */
function moduleOf(name: string): CoreWithMap {
  if (name === "slub") return moduleAt(pathOfCore("mutable"));
  if (name.endsWith(".wasm")) return moduleAt(name);
  throw new UserError(`${JSON.stringify(name)} can not be mutated: slub can, or a .wasm file`);
}

function moduleAt(path: string): CoreWithMap {
  const bytes = new Uint8Array(readBinaryFile(path));
  compileOtherCore(bytes, path);
  const map = mapNamedBy(new WasmFile(bytes), path);
  if (map !== undefined) return { bytes, map: readMap(map, path) };
  throw new UserError(`${path}: has no source map: build it with one (asc --sourceMap --debug)`);
}
