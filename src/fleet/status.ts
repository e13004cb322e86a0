// How a campaign of the fleet stands: from the sums in Redis, without reading a single result.
import type { Queue } from "bullmq";
import { visible } from "../base/visible.ts";
import { estimateOfCounts, type SummaryEstimate } from "../campaign/estimate.ts";
import { type FailedShard, failedShards } from "./feed.ts";
import type { FleetLedger } from "./ledger.ts";
import type { WorkerReport } from "./worker_report.ts";

export interface FleetStatus {
  readonly name: string;
  readonly cases: number;
  readonly casesDone: number;
  readonly operationsDone: number;
  readonly shards: number;
  readonly done: number;
  readonly running: number;
  /** In the queue or not yet in it. */
  readonly waiting: number;
  readonly failed: readonly FailedShard[];
  /** Over all workers that are alive. */
  readonly casesPerSecond: number;
  readonly operationsPerSecond: number;
  /** Seconds until the end at this pace; null where nothing moves. */
  readonly secondsLeft: number | null;
  readonly workers: readonly WorkerStatus[];
  readonly estimate: SummaryEstimate;
  /** Seconds since each signature came up first, in that order. */
  readonly signatures: readonly { readonly signature: string; readonly secondsAgo: number }[];
}

export interface WorkerStatus extends Omit<WorkerReport, "atMs"> {
  readonly id: string;
  readonly secondsSilent: number;
}

/** A worker that was silent for so long is no longer counted. */
const SILENT_MS_MAX = 60_000;

export async function fleetStatus(ledger: FleetLedger, queue: Queue): Promise<FleetStatus> {
  const [done, totals, counts, seen, reports, nowMs, queued, failed] = await Promise.all([
    ledger.doneCount(),
    ledger.totals(),
    ledger.counts(),
    ledger.firstSeen(),
    ledger.workers(),
    ledger.serverMs(),
    queue.getJobCounts("active"),
    failedShards(queue, ledger),
  ]);
  const workers = [...reports]
    .map(([id, { atMs, ...report }]) => ({
      id: visible(id),
      ...report,
      secondsSilent: Math.max(0, nowMs - atMs) / 1000,
    }))
    .filter(({ secondsSilent }) => secondsSilent * 1000 < SILENT_MS_MAX)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const casesPerSecond = sum(workers.map((worker) => worker.casesPerSecond));
  const casesLeft = ledger.campaign.cases - totals.cases;
  return {
    name: ledger.name,
    cases: ledger.campaign.cases,
    casesDone: totals.cases,
    operationsDone: totals.operations,
    shards: ledger.shards,
    done,
    running: queued["active"],
    waiting: Math.max(0, ledger.shards - done - queued["active"] - failed.length),
    failed,
    casesPerSecond,
    operationsPerSecond: sum(workers.map((worker) => worker.operationsPerSecond)),
    secondsLeft: casesPerSecond === 0 ? null : Math.round(casesLeft / casesPerSecond),
    workers,
    estimate: estimateOfCounts(totals.cases, [...counts.values()]),
    signatures: seen.map(([signature, ms]) => ({
      signature: visible(signature),
      secondsAgo: Math.max(0, nowMs - ms) / 1000,
    })),
  };
}

/** Puts shards that failed for good back into the queue; gives how many. */
export async function requeueFailed(queue: Queue): Promise<number> {
  const failed = await queue.getJobs(["failed"]);
  for (const job of failed) await job.retry("failed", { resetAttemptsMade: true });
  return failed.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
