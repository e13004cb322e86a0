// What the run and its workers say to each other.
import type { MutantResult } from "./court.ts";
import type { MutantChoice } from "./mutant.ts";
import type { Expectations, Reached } from "./reference.ts";

/** Given to a worker when it starts. */
export interface WorkerInput {
  readonly source: ModuleSource;
  readonly choice: MutantChoice;
  readonly expectations: Expectations;
}

/** A module and its source map, as they were read. */
export interface ModuleSource {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly map: string;
}

/** A mutant to try, by its number among all. */
export interface Job {
  readonly mutant: number;
  readonly reached: readonly Reached[];
}

export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "tried"; readonly result: MutantResult };
