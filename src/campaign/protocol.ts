// What campaign and workers say to each other.
import type { ForeignModule } from "../module/engine.ts";
import type { ForeignAnswer, ForeignQuestion } from "../module/question.ts";
import type { CoreKind } from "../slub/core/load.ts";
import type { FindingFolder } from "../slub/finding_folder.ts";
import type { Finding, TallyData } from "../target/tally.ts";
import type { CampaignOptions } from "./options.ts";

/** Given to a worker when it starts. */
export interface WorkerInput {
  readonly options: CampaignOptions;
  /** What is run, compiled once for all; each worker has a memory of its own. */
  readonly code: CoreCode | ForeignCode;
}

export interface CoreCode {
  readonly kind: "core";
  readonly core: CoreKind;
  readonly module: WebAssembly.Module;
}

export interface ForeignCode extends ForeignModule {
  readonly kind: "foreign";
}

/** Cases to run: numbers `first` to `first + count - 1`. */
export interface Batch {
  readonly first: number;
  readonly count: number;
}

/** A worker's answer to a batch. */
export interface BatchResult extends Batch {
  readonly tally: TallyData;
}

/** A finding to be made again. */
export interface DescribeJob {
  readonly finding: Finding;
  /** It is to be cut down, too. */
  readonly shrinks: boolean;
}

/** What a worker can be asked for. */
export interface CampaignJobs {
  batch(batch: Batch): BatchResult;
  describe(job: DescribeJob): FindingFolder;
  foreign(question: ForeignQuestion): ForeignAnswer;
}
