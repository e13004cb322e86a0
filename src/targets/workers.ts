// Workers of targets: as many as a campaign wants, or one for a single question.
import { Pool } from "../pool/pool.ts";
import type { WatchedWorker } from "../pool/watched_worker.ts";
import type { FindingFolder } from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import type { AskWorker, TargetCode } from "../target/target.ts";
import type { Batch, BatchResult } from "./batch.ts";

export type TargetPool = Pool<TargetJobs>;

/** Workers of one target; `limitMs` is the CPU time that one case may take. */
export function startWorkers(code: TargetCode, size: number, limitMs: number): TargetPool {
  const file = { beside: import.meta.url, name: "worker", input: code };
  return new Pool({ file, size, limitMs, rested: takeRested(code) });
}

/** Has a question answered by a worker that does nothing else meanwhile. */
export const askWorker: AskWorker = async (code, question, timeoutMs) => {
  const pool = startWorkers(code, 1, timeoutMs);
  const outcome = await pool.tryOnce("answer", question).catch(async (error) => {
    await pool.close();
    throw error;
  });
  if (outcome.kind === "lost") {
    await pool.close();
    return { kind: "lost", how: outcome.how, index: outcome.index };
  }
  rest(code, await pool.closeBut());
  return { kind: "answer", answer: outcome.answer };
};

/** A worker that has answered a question. What is asked of the same code next, it does. */
interface Rested {
  readonly code: TargetCode;
  readonly worker: WatchedWorker;
  readonly end: NodeJS.Timeout;
}

let rested: Rested | undefined;
/** A campaign begins sooner than that, or never. */
const REST_MS = 3000;

function rest(code: TargetCode, worker: WatchedWorker): void {
  endRest();
  rested = { code, worker, end: setTimeout(endRest, REST_MS).unref() };
}

/** No worker rests beside others: it would hold memory for nothing. */
function endRest(): void {
  clearTimeout(rested?.end);
  void rested?.worker.close();
  rested = undefined;
}

function takeRested(code: TargetCode): WatchedWorker | undefined {
  const worker = rested !== undefined && isServedBy(code, rested.code) ? rested.worker : undefined;
  if (worker !== undefined) {
    clearTimeout(rested?.end);
    rested = undefined;
  }
  endRest();
  return worker;
}

/** What a worker was not told when it was started, it has found out by itself. */
function isServedBy(code: TargetCode, started: TargetCode): boolean {
  const wanted = new Map(Object.entries(code));
  const told = Object.entries(started).filter(([, value]) => value !== undefined);
  return told.every(([name, value]) => wanted.get(name) === value);
}

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
