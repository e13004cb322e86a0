// A worker of the fleet: takes shards, runs each on a worker thread of its own, and puts results
// into Redis, until it is told to stop. The main thread only waits, so that leases are renewed.

import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import type { Job, Queue, Worker } from "bullmq";
import { counted } from "../base/count_text.ts";
import { UserError } from "../base/user_error.ts";
import { slabfuzzVersion } from "../base/version.ts";
import { driverBuild } from "../campaign/driver_build.ts";
import { findingOfRecord } from "../campaign/journal_text.ts";
import { JOBS_MAX } from "../campaign/request.ts";
import type { Finding } from "../target/tally.ts";
import type { Target } from "../target/target.ts";
import { startWorkers, type TargetPool } from "../targets/workers.ts";
import type { Connection } from "./connection.ts";
import { addWriteUp, type FleetJob, failedCount, feed, isShardOf } from "./feed.ts";
import { fleetTarget } from "./fleet_target.ts";
import type { LargeResults } from "./large_results.ts";
import { FleetIndex, type FleetLedger } from "./ledger.ts";
import { type BullMq, bullMq } from "./libraries.ts";
import { DEATHS_MAX } from "./mark.ts";
import { Pace } from "./pace.ts";
import { Persistence, passingReason } from "./persist.ts";
import { runShard } from "./run_shard.ts";

export interface WorkRequest {
  readonly connection: Connection;
  readonly prefix: string;
  /** Where large results go; by default all are kept in Redis. */
  readonly large?: LargeResults | undefined;
  /** The major version of Node that runs here. */
  readonly nodeMajor: number;
  /** What this worker is called: no other one of the fleet has that name. */
  readonly name: string;
  /** Shards at a time, each on a thread of its own. */
  readonly jobs: number;
  /** Only this campaign; by default any. */
  readonly campaign?: string | undefined;
  /** How long this worker may be silent until its shards are given to others, in ms. */
  readonly leaseMs: number;
  /** Ends when all campaigns are done; by default it waits for others. */
  readonly untilDone?: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** How often it looks for what is to be done. */
const LOOK_MS = 1000;
/** CPU time that writing up a finding may take. */
const WRITE_UP_MS = 120_000;
/**
 * A shard whose workers vanish more often than this is listed as failed. Machines that come and go
 * are no fault of a shard's, and a case that kills its worker is set aside: only what kills workers
 * without running a case gets here.
 */
const STALLS_MAX = 1000;

/** Shards that failed for good, by the names of their campaigns. */
export type FailedShards = ReadonlyMap<string, number>;

/**
 * Works until the signal, or until all is done but for the shards that it gives. Throws a UserError
 * for a campaign that does not exist or that another build started, and a ServerLost.
 */
export async function work(request: WorkRequest): Promise<FailedShards> {
  const { jobs, connection, campaign } = request;
  if (jobs > JOBS_MAX) throw new UserError(`--jobs ${jobs}: at most ${JOBS_MAX}`);
  const index = new FleetIndex(connection.redis, request.prefix, request.large);
  if (campaign !== undefined) await index.find(campaign);
  return await new FleetWorker(request, index, await bullMq()).run();
}

class FleetWorker {
  readonly #request: WorkRequest;
  readonly #index: FleetIndex;
  readonly #bullMq: BullMq;
  readonly #persistence: Persistence;
  /** Aborted at the end of the work, whatever ends it. */
  readonly #end: AbortSignal;
  /** Campaigns that this build cannot run: each is said once. */
  readonly #refused = new Set<string>();
  readonly #queues = new Map<string, Queue>();
  readonly #failed = new Map<string, number>();

  constructor(request: WorkRequest, index: FleetIndex, library: BullMq) {
    const { connection, signal, say } = request;
    this.#request = request;
    this.#index = index;
    this.#bullMq = library;
    this.#persistence = new Persistence(connection.name, connection.lost, say);
    this.#end = AbortSignal.any([signal, connection.lost]);
  }

  async run(): Promise<FailedShards> {
    const { lost } = this.#request.connection;
    try {
      while (!this.#end.aborted) {
        const ledger = await this.#nextCampaign();
        if (ledger !== undefined) await this.#workOn(ledger);
        else if (this.#request.untilDone === true) break;
        else await wait(LOOK_MS, undefined, { signal: this.#end }).catch(() => {});
      }
      lost.throwIfAborted();
      return this.#failed;
    } finally {
      const queues = [...this.#queues.values()];
      if (lost.aborted) for (const queue of queues) queue.disconnect().catch(() => {});
      else await Promise.all(queues.map((queue) => queue.close().catch(() => {})));
    }
  }

  /** A campaign that is not done. */
  async #nextCampaign(): Promise<FleetLedger | undefined> {
    const { campaign } = this.#request;
    const names = campaign === undefined ? await this.#make(() => this.#index.names()) : [campaign];
    for (const name of names) {
      if (this.#refused.has(name)) continue;
      const ledger = await this.#ledgerOf(name);
      if (ledger === undefined) continue;
      const failed = await this.#make(() => failedIfDone(ledger, this.#queueOf(ledger)));
      if (failed === undefined) return ledger;
      if (failed > 0) this.#failed.set(name, failed);
      else this.#failed.delete(name);
    }
    return undefined;
  }

  #queueOf({ name }: FleetLedger): Queue {
    const { connection, prefix, say } = this.#request;
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new this.#bullMq.Queue(name, { connection: connection.options, prefix });
      queue.on("error", (error) => hear(error, name, say));
      this.#queues.set(name, queue);
    }
    return queue;
  }

  /** Undefined where the record cannot be read: others may be fine. */
  async #ledgerOf(name: string): Promise<FleetLedger | undefined> {
    try {
      return this.#index.ledgerOf(await this.#make(() => this.#index.find(name)));
    } catch (error) {
      this.#refuse(name, error);
      return undefined;
    }
  }

  #refuse(name: string, error: unknown): void {
    if (!(error instanceof UserError) || this.#request.connection.lost.aborted) throw error;
    if (this.#request.campaign !== undefined) throw error;
    this.#refused.add(name);
    this.#request.say(error.message);
  }

  async #workOn(ledger: FleetLedger): Promise<void> {
    let target: Target;
    try {
      target = await this.#make(() => fleetTarget(ledger, this.#request.nodeMajor));
    } catch (error) {
      this.#refuse(ledger.name, error);
      return;
    }
    const session = new CampaignSession(this.#request, ledger, target, this.#bullMq, {
      id: this.#request.name,
      end: this.#end,
      make: (change) => this.#make(change),
      queue: this.#queueOf(ledger),
    });
    await session.run();
  }

  #make<T>(change: () => Promise<T>): Promise<T> {
    return this.#persistence.make(change);
  }
}

/** How many shards failed for good, where all others are done; undefined where some are left. */
async function failedIfDone(ledger: FleetLedger, queue: Queue): Promise<number | undefined> {
  const failed = await failedCount(queue, ledger);
  const done = await ledger.doneCount();
  return done + failed < ledger.shards ? undefined : failed;
}

/** BullMQ goes on by itself after what passes; what the server is like is said elsewhere. */
function hear(error: Error, name: string, say: (line: string) => void): void {
  const isUsual = /ECONN|Connection is closed|could not renew lock|Missing lock|EPIPE|ETIMEDOUT/;
  if (isUsual.test(error.message) || passingReason(error) !== undefined) return;
  say(`campaign ${name}: ${error.message}`);
}

interface Surroundings {
  readonly queue: Queue;
  readonly id: string;
  readonly end: AbortSignal;
  readonly make: <T>(change: () => Promise<T>) => Promise<T>;
}

/** The work on one campaign, until it is done. */
class CampaignSession {
  readonly #request: WorkRequest;
  readonly #ledger: FleetLedger;
  readonly #target: Target;
  readonly #bullMq: BullMq;
  readonly #around: Surroundings;
  readonly #idlePools: TargetPool[] = [];
  readonly #pools: TargetPool[] = [];
  readonly #pace = new Pace();
  /** Signatures that somebody in the fleet has seen. */
  readonly #seen = new Set<string>();
  #running = 0;

  constructor(
    request: WorkRequest,
    ledger: FleetLedger,
    target: Target,
    library: BullMq,
    around: Surroundings,
  ) {
    this.#request = request;
    this.#ledger = ledger;
    this.#target = target;
    this.#bullMq = library;
    this.#around = around;
  }

  async run(): Promise<void> {
    const { say, jobs } = this.#request;
    const { queue, make } = this.#around;
    say(`campaign ${this.#ledger.name}: working on it with ${counted(jobs, "job")}`);
    const worker = this.#newWorker(queue);
    try {
      await this.#untilDone(queue);
      const failed = await make(() => failedCount(queue, this.#ledger));
      const what = failed === 0 ? "done" : `done but for ${counted(failed, "shard")} that failed`;
      if (!this.#around.end.aborted) say(`campaign ${this.#ledger.name}: ${what}`);
    } finally {
      await this.#close(worker);
    }
  }

  #newWorker(queue: Queue): Worker {
    const { connection, prefix, jobs, leaseMs, say } = this.#request;
    const run = (job: Job, token?: string) => this.#process(queue, job, token);
    const worker = new this.#bullMq.Worker(this.#ledger.name, run, {
      connection: connection.options,
      prefix,
      concurrency: jobs,
      lockDuration: leaseMs,
      stalledInterval: leaseMs,
      maxStalledCount: STALLS_MAX,
      drainDelay: 1,
    });
    worker.on("error", (error) => hear(error, this.#ledger.name, say));
    return worker;
  }

  async #untilDone(queue: Queue): Promise<void> {
    const { end, make } = this.#around;
    while (!end.aborted) {
      await make(() => feed(queue, this.#ledger));
      await make(() => this.#report());
      const counts = await make(() => queue.getJobCounts("wait", "active"));
      const isIdle = counts["wait"] + counts["active"] === 0;
      const isDone = () => failedIfDone(this.#ledger, queue);
      if (isIdle && (await make(isDone)) !== undefined) return;
      await wait(LOOK_MS, undefined, { signal: end }).catch(() => {});
    }
  }

  /** Shards under way are handed back, unless the server is gone. */
  async #close(worker: Worker): Promise<void> {
    const { lost } = this.#request.connection;
    if (!lost.aborted) await this.#around.make(() => worker.close()).catch(() => {});
    await Promise.all(this.#pools.map((pool) => pool.close()));
    if (lost.aborted) worker.close(true).catch(() => {});
    else await this.#around.make(() => this.#ledger.forget(this.#around.id)).catch(() => {});
  }

  async #report(): Promise<void> {
    const { casesPerSecond, operationsPerSecond } = this.#pace;
    await this.#ledger.report(this.#around.id, {
      build: `${slabfuzzVersion()} ${driverBuild()}`,
      node: this.#request.nodeMajor,
      host: hostname(),
      jobs: this.#request.jobs,
      running: this.#running,
      casesPerSecond,
      operationsPerSecond,
      atMs: await this.#ledger.serverMs(),
    });
  }

  async #process(queue: Queue, job: Job, token?: string): Promise<void> {
    const pool = this.#takePool();
    this.#running++;
    try {
      const data = job.data as FleetJob;
      if (data.kind === "write-up") await this.#writeUp(pool, data, job.stalledCounter);
      else if ((await this.#runShard(queue, pool, data.shard)) === "handed back") {
        await this.#around.make(() => job.moveToWait(token));
        throw new this.#bullMq.WaitingError();
      }
    } finally {
      this.#running--;
      this.#idlePools.push(pool);
    }
    // The shard is done, whatever becomes of the queue: the session feeds it, too, and complains.
    await this.#around.make(() => feed(queue, this.#ledger)).catch(() => {});
  }

  async #runShard(queue: Queue, pool: TargetPool, shard: unknown) {
    if (!isShardOf(this.#ledger, shard)) {
      throw new this.#bullMq.UnrecoverableError(`no shard of this campaign: ${shard}`);
    }
    return await runShard({
      ledger: this.#ledger,
      target: this.#target,
      pool,
      shard,
      signal: this.#around.end,
      persist: this.#around.make,
      onCases: ({ tally }) => this.#pace.add(tally.cases, tally.operations),
      onFinding: (finding) => this.#announce(queue, finding),
    });
  }

  /** The first to see a signature has it written up, once in the whole fleet. */
  async #announce(queue: Queue, finding: Finding): Promise<void> {
    if (this.#seen.has(finding.signature.text)) return;
    this.#seen.add(finding.signature.text);
    const isFirst = await this.#around.make(() => this.#ledger.isFirstToSee(finding));
    if (isFirst) await this.#around.make(() => addWriteUp(queue, finding));
  }

  async #writeUp(
    pool: TargetPool,
    { finding }: Extract<FleetJob, { kind: "write-up" }>,
    deaths: number,
  ): Promise<void> {
    if (deaths >= DEATHS_MAX) return; // it kills its workers; collect writes it up
    const read = findingOfRecord(finding, `campaign ${this.#ledger.name}`);
    const { text } = read.signature;
    if (await this.#around.make(() => this.#ledger.isWrittenUp(text))) return;
    const request = { finding: read, shrinks: true };
    const outcome = await pool.run("describe", request, { limitMs: WRITE_UP_MS });
    if (outcome.kind !== "done") return; // collect writes it up
    const written = { ...outcome.answer, caseNumber: read.caseNumber };
    await this.#around.make(() => this.#ledger.saveWrittenUp(text, written));
  }

  #takePool(): TargetPool {
    const idle = this.#idlePools.pop();
    if (idle !== undefined) return idle;
    const pool = startWorkers(this.#target.code, 1, this.#ledger.campaign.timeoutMs);
    this.#pools.push(pool);
    return pool;
  }
}
