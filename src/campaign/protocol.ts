// What campaign and workers say to each other.
import type { ScorePart } from "../compare/score/score_part.ts";
import type { ScoreData } from "../compare/score/score_tally.ts";
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
  /** Where it shows which case it is at. */
  readonly flight: SharedArrayBuffer;
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

/** What a worker can be asked for. */
export type Job =
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "score"; readonly part: ScorePart }
  | { readonly kind: "describe"; readonly finding: Finding; readonly shrinks: boolean }
  | { readonly kind: "foreign"; readonly question: ForeignQuestion };

/** Its answers. */
export type Answer =
  | { readonly kind: "batch"; readonly result: BatchResult; readonly heapBytes: number }
  | { readonly kind: "score"; readonly result: ScoreData; readonly heapBytes: number }
  | { readonly kind: "describe"; readonly folder: FindingFolder; readonly heapBytes: number }
  | { readonly kind: "foreign"; readonly answer: ForeignAnswer; readonly heapBytes: number };
