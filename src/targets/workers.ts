// Workers of targets: as many as a campaign wants, or one for a single question.
import { Pool } from "../pool/pool.ts";
import type { FindingFolder } from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import type { AskWorker, TargetCode } from "../target/target.ts";
import type { Batch, BatchResult } from "./batch.ts";

export type TargetPool = Pool<TargetJobs>;

/** Workers of one target; `limitMs` is the CPU time that one case may take. */
export function startWorkers(code: TargetCode, size: number, limitMs: number): TargetPool {
  return new Pool({
    file: { beside: import.meta.url, name: "worker", input: code },
    size,
    limitMs,
  });
}

/** Has a question answered by a worker that is there for nothing else. */
export const askWorker: AskWorker = async (code, question, timeoutMs) => {
  const pool = startWorkers(code, 1, timeoutMs);
  try {
    const outcome = await pool.tryOnce("answer", question);
    if (outcome.kind === "done") return { kind: "answer", answer: outcome.answer };
    return { kind: "lost", how: outcome.how, index: outcome.index };
  } finally {
    await pool.close();
  }
};

export interface DescribeRequest {
  readonly finding: Finding;
  readonly shrinks: boolean;
  /** CPU time that it may take; by default as much as is usual. */
  readonly timeMs?: number;
}

/** Each job with its answer. */
export interface TargetJobs {
  batch(batch: Batch): BatchResult;
  describe(request: DescribeRequest): FindingFolder;
  /** A question that only the kind of target understands, which asked it. */
  answer(question: unknown): unknown;
}
