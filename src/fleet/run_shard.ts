// One shard on one worker thread: from where the last worker left it to its result in Redis.
//
// A dead worker leaves the part that it stored last, and the mark of the batch that it was at.
//
//   first       part            mark              end
//     |== done ==|--- not stored ---|# # # #|-------|
//                                    case by case
import { nowMs } from "../base/clock.ts";
import { runCampaign } from "../campaign/campaign.ts";
import { PartSum } from "../campaign/part.ts";
import type { Range } from "../campaign/ranges.ts";
import { type Finding, Tally } from "../target/tally.ts";
import type { Target } from "../target/target.ts";
import type { BatchResult } from "../targets/batch.ts";
import type { TargetPool } from "../targets/workers.ts";
import type { FleetLedger } from "./ledger.ts";
import { DEATHS_MAX } from "./mark.ts";
import { shardRange } from "./record.ts";

/** How long what is done of a shard may stay unstored, once its first batch is. */
const STORE_MS = 1000;

export interface ShardWork {
  readonly ledger: FleetLedger;
  readonly target: Target;
  /** A pool of one thread. */
  readonly pool: TargetPool;
  readonly shard: number;
  /** Hands the shard back after the batch that runs. */
  readonly signal: AbortSignal;
  /** Called with each finding of a batch; the shard is not done before its answer is there. */
  readonly onFinding: (finding: Finding) => Promise<void>;
  /** Called after each batch. */
  readonly onCases: (part: BatchResult) => void;
  /** Does what changes something in Redis, as often as it takes. */
  readonly persist: <T>(change: () => Promise<T>) => Promise<T>;
}

/** Runs what is left of a shard. "handed back": it was told to stop; what is done is stored. */
export async function runShard(work: ShardWork): Promise<"done" | "handed back"> {
  if (await work.ledger.isDone(work.shard)) return "done";
  return await new ShardRun(work, await work.ledger.part(work.shard)).run();
}

class ShardRun {
  readonly #work: ShardWork;
  readonly #sum: PartSum;
  readonly #range: Range;
  #deaths = 0;
  #storedMs = Number.NEGATIVE_INFINITY;
  #storing: Promise<void> = Promise.resolve();
  /** What goes on beside the cases. */
  readonly #beside: Promise<void>[] = [];

  constructor(work: ShardWork, part: PartSum["part"] | undefined) {
    this.#work = work;
    this.#sum = new PartSum(part === undefined ? [] : [part]);
    this.#range = shardRange(work.ledger.campaign, work.shard);
  }

  async run(): Promise<"done" | "handed back"> {
    const { ledger, shard, persist } = this.#work;
    // A thread takes a while to start, which is no case's fault.
    await this.#work.pool.tryOnce("batch", { first: this.#range[0], count: 0 });
    await this.#runMarked();
    await this.#runCases(this.#range);
    await Promise.all(this.#beside);
    if (this.#sum.done.gapsIn(this.#range).length === 0) {
      await persist(() => ledger.settle(shard, this.#sum.part));
      return "done";
    }
    await persist(() => ledger.savePart(shard, this.#sum.part));
    await persist(() => ledger.clearMark(shard));
    return "handed back";
  }

  /** What another worker died with: case by case, so that the one that killed it is known. */
  async #runMarked(): Promise<void> {
    const { ledger, shard } = this.#work;
    const mark = await ledger.mark(shard);
    if (mark === undefined) return;
    const { first, count } = mark;
    // Of several cases nobody knows which one it was, if any: deaths with one case count.
    this.#deaths = count === 1 ? mark.deaths + 1 : 0;
    // A worker may die after its result was stored and before its mark was taken away.
    const isLeft = this.#sum.done.gapsIn([first, first + count]).length > 0;
    if (isLeft && this.#deaths >= DEATHS_MAX) await this.#setAside(first);
    for (const [start, end] of this.#sum.done.gapsIn([first, first + count])) {
      for (let i = start; i < end && !this.#work.signal.aborted; i++) {
        await this.#runCases([i, i + 1]);
      }
    }
    this.#deaths = 0;
    // Before anything else: a worker that dies now did not die with the last of these cases.
    await this.#work.persist(() => ledger.clearMark(shard));
    await this.#store();
  }

  /** Counts a case with which workers die as one that died. */
  async #setAside(caseNumber: number): Promise<void> {
    const { target } = this.#work;
    const tally = new Tally();
    tally.add(await target.lost("died", caseNumber), caseNumber);
    const ranges = [[caseNumber, caseNumber + 1]] as const;
    this.#sum.add({ ranges, timeMs: 0, tally: tally.data });
    for (const finding of tally.data.findings) this.#goOnBeside(this.#work.onFinding(finding));
  }

  async #runCases(range: Range): Promise<void> {
    const { ledger, target, pool, shard, signal, persist, onCases, onFinding } = this.#work;
    const deaths = this.#deaths;
    const result = await runCampaign(
      target,
      pool,
      { range },
      {
        signal,
        onBatch: ({ first, count }) =>
          persist(() => ledger.setMark(shard, { first, count, deaths })),
        onPart: (part) => {
          onCases(part);
          for (const finding of part.tally.findings) this.#goOnBeside(onFinding(finding));
          this.#storeNowAndThen();
        },
      },
      this.#sum,
    );
    this.#sum.timeMs = result.timeMs;
  }

  #storeNowAndThen(): void {
    if (nowMs() - this.#storedMs < STORE_MS) return;
    this.#storedMs = nowMs();
    const { part } = this.#sum;
    const { ledger, shard, persist } = this.#work;
    this.#storing = this.#storing.then(() => persist(() => ledger.savePart(shard, part)));
    this.#goOnBeside(this.#storing);
  }

  /** A failure is heard of when the cases are done, unless the run has ended of another before. */
  #goOnBeside(work: Promise<void>): void {
    work.catch(() => {});
    this.#beside.push(work);
  }

  async #store(): Promise<void> {
    const { ledger, shard, persist } = this.#work;
    const { part } = this.#sum;
    if (part.ranges.length > 0) await persist(() => ledger.savePart(shard, part));
  }
}
