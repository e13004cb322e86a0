// What a mutation run asks of a target. Cores with the kernel's operations and modules with an
// allocator of their own each have a class.
import type { Pool } from "../../pool/pool.ts";
import type { MutableModule, Mutant } from "./mutant.ts";
import type { MutateJobs } from "./protocol.ts";
import type { Reached } from "./reach.ts";

/** Which mutants of a target there are. */
export interface MutationScope {
  readonly target: string;
  /** How a module is called whose exports say nothing: malloc=NAME,free=NAME,... */
  readonly exports?: string | undefined;
  /** Only in the function of that name. */
  readonly function?: string | undefined;
  /** Only in the source file, or folder, with that path. */
  readonly file?: string | undefined;
}

export interface MutationTarget {
  readonly module: MutableModule;
  /** All of the scope, in the order of sources, lines and columns. */
  readonly mutants: readonly Mutant[];
  /** Runs all programs once on the target as it is; throws a UserError where it fails one. */
  walk(): Promise<TargetWalk>;
  /** A digest of what decides an answer beside the code: the programs, and who judges them. */
  inputs(): string;
}

/** What is known of a target once it has run all programs. */
export interface TargetWalk {
  /** How many there are. */
  readonly programs: number;
  /** A digest of what the target answers to them. */
  readonly answers: string;
  /** Programs that come by a mutant's place. */
  reachOf(mutant: Mutant): readonly Reached[];
  /** Workers that try mutants; `limitMs`: CPU time for one. */
  newPool(jobs: number, limitMs: number): Pool<MutateJobs>;
}
