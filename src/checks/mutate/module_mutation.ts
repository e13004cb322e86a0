// A module with an allocator of its own, as a mutation run sees it. Mutated is what the functions
// of its allocator call, and nothing else of the module.
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { Digest } from "../../base/hash.ts";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { driverBuild } from "../../campaign/driver_build.ts";
import { functionsOf } from "../../module/load/binding.ts";
import { codeWithProbes } from "../../module/load/load.ts";
import type { ModuleTarget } from "../../module/module_target.ts";
import { moduleOf } from "../../module/options.ts";
import { Pool } from "../../pool/pool.ts";
import { moduleTargetFor } from "../../targets/targets.ts";
import { functionsReachedFrom } from "../../wasm/call_graph.ts";
import { Disassembly } from "../../wasm/disassembly.ts";
import type { CodeOrigin } from "../../wasm/source_map.ts";
import { mapNamedBy, readMap } from "../../wasm/source_map_file.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import { type ModuleCheckPlan, moduleChecks } from "../gate/module_plan.ts";
import { type MutableModule, type Mutant, mutantsOf } from "./mutant.ts";
import type { MutationScope, MutationTarget, TargetWalk } from "./mutation_target.ts";
import type { FailedWalk, ModuleMutateInput, ModuleWalk, MutateJobs } from "./protocol.ts";
import { ReachProbe } from "./reach.ts";
import { refused } from "./reference.ts";

/** CPU time for one program, or for counting the cost, of a module as it is. */
const WALK_MS = 60_000;

export class ModuleMutation implements MutationTarget {
  readonly module: MutableModule;
  readonly mutants: readonly Mutant[];
  readonly #target: ModuleTarget;
  readonly #checks: readonly ModuleCheckPlan[];

  private constructor(target: ModuleTarget, { function: name, file }: MutationScope) {
    const { bytes, path, plan } = target.loaded;
    const module = new WasmFile(bytes);
    const called = functionsOf(plan.binding).flatMap((bound) => {
      return module.indexOfFunction(bound.name) ?? [];
    });
    const functions = functionsReachedFrom(module, called);
    this.#target = target;
    this.#checks = moduleChecks(moduleOf(target.options), true);
    this.module = { file: module, map: originOf(module, path, functions) };
    const sources = file === undefined ? this.module.map.sources : [file];
    this.mutants = mutantsOf(this.module, { sources, function: name, functions });
  }

  /** Measures the module on a thread of its own; refuses one that cannot be mutated. */
  static async of(scope: MutationScope): Promise<ModuleMutation> {
    const { target, exports } = scope;
    const module = await moduleTargetFor({ target, exports });
    if (module.loaded.plan.isWatched) {
      throw new UserError(`${target}: mutants are not watched, name the module without "watched:"`);
    }
    if (codeWithProbes(module.loaded, []) === undefined) {
      throw new UserError(
        `${target}: cannot be mutated, it has instructions that are not known here`,
      );
    }
    await module.prepare();
    return new ModuleMutation(module, scope);
  }

  async walk(): Promise<TargetWalk> {
    const walk = await this.#walk();
    const probe = new ReachProbe(this.mutants);
    return {
      programs: this.#checks.reduce((sum, { cases }) => sum + cases, 0),
      answers: walk.answers,
      newPool: (jobs, limitMs) => this.#newPool(jobs, limitMs, walk),
      reachOf: (mutant) =>
        walk.flags.flatMap((cases, testSet) => {
          const reached = cases.flatMap((up, i) => (probe.isReached(mutant, up) ? [i] : []));
          return reached.length === 0 ? [] : [{ testSet, cases: reached, isThorough: true }];
        }),
    };
  }

  async #walk(): Promise<ModuleWalk> {
    const pool = this.#newPool(1, WALK_MS, undefined);
    try {
      const mutants = this.mutants.map(({ patches }) => ({ patches }));
      const outcome = await pool.run("walk", { mutants });
      if (outcome.kind === "lost") throw refused("a program", `its worker ${outcome.how}`);
      const { answer } = outcome;
      if (hasFailed(answer)) throw refused(answer.check, answer.signature);
      return answer;
    } finally {
      await pool.close();
    }
  }

  inputs(): string {
    const { capacity } = this.#target.probe ?? {};
    return new Digest()
      .text(slabfuzzVersion())
      .text(driverBuild())
      .text(JSON.stringify([capacity, this.#checks], bigIntAsText)).hex;
  }

  #newPool(size: number, limitMs: number, walk: ModuleWalk | undefined): Pool<MutateJobs> {
    const { loaded, code } = this.#target;
    const { bytes, path } = loaded;
    const kept = walk && { ...walk, flags: [] };
    const target = { bytes, path };
    const input: ModuleMutateInput = { target, code, checks: this.#checks, walk: kept };
    const file = { beside: import.meta.url, name: "module_worker", input };
    return new Pool<MutateJobs>({ file, size, limitMs });
  }
}

function hasFailed(answer: ModuleWalk | FailedWalk): answer is FailedWalk {
  return "check" in answer;
}

function bigIntAsText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** Its source map, where the module names one that is there; else its text, instruction by line. */
function originOf(module: WasmFile, path: string, functions: ReadonlySet<number>): CodeOrigin {
  const map = mapNamedBy(module, path);
  if (map !== undefined && existsSync(map)) return readMap(map, path);
  return new Disassembly(module, `${basename(path, ".wasm")}.wat`, functions);
}
