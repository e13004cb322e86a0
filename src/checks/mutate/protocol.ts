// What the run and its workers say to each other.

import type { ModuleBytes } from "../../module/load/load.ts";
import type { ModuleCode } from "../../module/module_target.ts";
import type { ModuleCheckPlan } from "../gate/module_plan.ts";
import type { Mutant } from "./mutant.ts";
import type { MutantCover, MutantResult } from "./mutant_result.ts";
import type { Reached } from "./reach.ts";
import type { Expectations } from "./reference.ts";

/** Given to a worker that mutates a core, when it starts. */
export interface MutateInput {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly expectations: Expectations;
}

/** Given to a worker that mutates a module with an allocator of its own. */
export interface ModuleMutateInput {
  readonly target: ModuleBytes;
  readonly code: ModuleCode;
  /** The test sets. */
  readonly checks: readonly ModuleCheckPlan[];
  /** What is known from the module without a mutant. */
  readonly walk: ModuleWalk | undefined;
}

/** What the checks come to on the module as it is. */
export interface ModuleWalk {
  /** Of each check and each of its cases: flags of the places that it came by. */
  readonly flags: readonly (readonly Uint32Array[])[];
  /** A digest over everything that was answered. */
  readonly answers: string;
  /** What operations cost, as a baseline of the cost; undefined where they cannot be counted. */
  readonly cost: string | undefined;
  /** Turns of loops that a case took at most. */
  readonly turns: number;
}

/** The check that the module itself fails, and what the judge said. */
export interface FailedWalk {
  readonly check: string;
  readonly signature: string;
}

/** A mutant to try, and the programs that come by its place. */
export interface MutateJob {
  readonly mutant: Mutant;
  readonly reached: readonly Reached[];
}

/** What a worker can be asked for. */
export interface MutateJobs {
  try(job: MutateJob): MutantResult;
  /** Of a core. */
  cover(job: MutateJob): MutantCover;
  /** Of a module: runs it as it is, and marks the places of mutants. */
  walk(job: { readonly mutants: readonly Pick<Mutant, "patches">[] }): ModuleWalk | FailedWalk;
}
