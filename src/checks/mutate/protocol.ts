// What the run and its workers say to each other.

import type { MutantChoice } from "./mutant.ts";
import type { MutantCover, MutantResult } from "./mutant_tester.ts";
import type { Expectations, Reached } from "./reference.ts";

/** Given to a worker when it starts. */
export interface MutateInput {
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
export interface MutateJob {
  readonly mutant: number;
  readonly reached: readonly Reached[];
}

/** What a worker can be asked for. */
export interface MutateJobs {
  try(job: MutateJob): MutantResult;
  cover(job: MutateJob): MutantCover;
}
