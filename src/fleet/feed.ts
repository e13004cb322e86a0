// The queue of a campaign: which shards are in it. It holds a few at a time, however many there
// are; whoever works on it sees to it that there are always some. A shard's job has the shard's
// name: adding one that waits already adds nothing, and one that is done ends as soon as it begins.
import type { Job, Queue } from "bullmq";
import { digestOfText } from "../base/hash.ts";
import { visible } from "../base/visible.ts";
import type { Finding } from "../target/tally.ts";
import type { FleetLedger } from "./ledger.ts";

/** Jobs that wait, at least, while there are shards that never did. */
const WAITING_MIN = 32;
/** Shards that are added at once. */
const ADDED = 128;

/** What a job says: which shard, or which finding is to be written up. */
export type FleetJob =
  | { readonly kind: "shard"; readonly shard: number }
  | { readonly kind: "write-up"; readonly finding: JobFinding };

/** A finding whose signature is text: it travels as JSON. */
export interface JobFinding extends Omit<Finding, "signature"> {
  readonly signature: string;
}

const TRIES = 3;
const COMMON = { attempts: TRIES, backoff: { type: "fixed", delay: 1000 }, removeOnComplete: true };

/** A shard that failed for good. */
export interface FailedShard {
  readonly job: string;
  readonly shard: number;
  readonly reason: string;
}

/**
 * Shards that failed for good, each once. A job may fail after the result of its shard was taken:
 * the shard is done then, and is not among them.
 */
export async function failedShards(
  queue: Queue,
  ledger: FleetLedger,
): Promise<readonly FailedShard[]> {
  const jobs: readonly Job[] = await queue.getJobs(["failed"]);
  const failed = new Map<number, FailedShard>();
  for (const { id = "?", failedReason = "", data } of jobs) {
    const { shard } = (data ?? {}) as { readonly shard?: unknown };
    if (!isShardOf(ledger, shard)) continue;
    failed.set(shard, { job: visible(id), shard, reason: visible(failedReason) });
  }
  const shards = [...failed.values()];
  const isDone = await Promise.all(shards.map(({ shard }) => ledger.isDone(shard)));
  return shards.filter((_, i) => !isDone[i]);
}

/** Whether a job speaks of a shard that there is. */
export function isShardOf({ shards }: FleetLedger, shard: unknown): shard is number {
  return Number.isInteger(shard) && (shard as number) >= 0 && (shard as number) < shards;
}

/** How many there are; mostly none. */
export async function failedCount(queue: Queue, ledger: FleetLedger): Promise<number> {
  const { failed } = await queue.getJobCounts("failed");
  return failed === 0 ? 0 : (await failedShards(queue, ledger)).length;
}

/** Puts shards into the queue where there are too few; those that got lost come again. */
export async function feed(queue: Queue, ledger: FleetLedger): Promise<void> {
  const { wait } = await queue.getJobCounts("wait");
  // A thousand workers that see an empty queue would each put the same shards into it.
  if (wait < WAITING_MIN) await ledger.feeding(() => addTo(queue, ledger));
}

async function addTo(queue: Queue, ledger: FleetLedger): Promise<void> {
  const counts = await queue.getJobCounts("wait", "active", "delayed");
  if (counts["wait"] >= WAITING_MIN) return;
  const next = await ledger.next();
  if (next < ledger.shards) {
    const end = Math.min(ledger.shards, next + ADDED);
    await addShards(queue, range(next, end));
    await ledger.advance(end); // Afterwards: whoever dies between has them added twice, not never.
    return;
  }
  const isIdle = counts["wait"] + counts["active"] + counts["delayed"] === 0;
  if (!isIdle) return;
  const failed = new Set((await failedShards(queue, ledger)).map(({ shard }) => shard));
  if ((await ledger.doneCount()) + failed.size >= ledger.shards) return;
  const missing = await ledger.missing(ledger.shards, ADDED + failed.size);
  const lost = missing.filter((shard) => !failed.has(shard)).slice(0, ADDED);
  // A job may be half there: its server was full or gone in the middle of a step.
  for (const shard of lost) await queue.remove(jobOfShard(shard)).catch(() => {});
  await addShards(queue, lost);
}

function jobOfShard(shard: number): string {
  return `shard-${shard}`;
}

function range(first: number, end: number): readonly number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

async function addShards(queue: Queue, shards: readonly number[]): Promise<void> {
  const jobs = shards.map((shard) => ({
    name: "shard",
    data: { kind: "shard", shard } satisfies FleetJob,
    opts: { ...COMMON, jobId: jobOfShard(shard) },
  }));
  await queue.addBulk(jobs);
}

/** Has a finding written up before other jobs. */
export async function addWriteUp(queue: Queue, finding: Finding): Promise<void> {
  const { text } = finding.signature;
  const data: FleetJob = { kind: "write-up", finding: { ...finding, signature: text } };
  const jobId = `write-up-${digestOfText(text)}`;
  await queue.add("write-up", data, { ...COMMON, jobId, lifo: true, removeOnFail: true });
}
