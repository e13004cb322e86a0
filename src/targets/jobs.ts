// What a worker thread of a target can be asked for.
import type { FindingFolder } from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import type { Batch, BatchResult } from "./batch.ts";

export interface DescribeRequest {
  readonly finding: Finding;
  readonly shrinks: boolean;
}

/** Each job with its answer. */
export interface TargetJobs {
  batch(batch: Batch): BatchResult;
  describe(request: DescribeRequest): FindingFolder;
  /** A question that only the kind of target understands, which asked it. */
  answer(question: unknown): unknown;
}
