// What campaign and workers say to each other.
import type { CampaignOptions } from "./options.ts";
import type { TallyData } from "./tally.ts";

/** Given to a worker when it starts. */
export interface WorkerInput {
  readonly options: CampaignOptions;
}

/** Cases to run: numbers `first` to `first + count - 1`. */
export interface Batch {
  readonly first: number;
  readonly count: number;
}

/** A worker's answer to a batch. */
export interface BatchResult {
  readonly first: number;
  readonly tally: TallyData;
}
