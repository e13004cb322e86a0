// Many cases: batches go to this thread or to workers, tallies come back and are added up. Which
// worker ran what, and when, leaves no trace in the result.
import { Worker } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { nowMs } from "../base/clock.ts";
import { runBatch } from "./batch.ts";
import { CaseEngine } from "./engine.ts";
import type { CampaignOptions } from "./options.ts";
import type { Batch, BatchResult, WorkerInput } from "./protocol.ts";
import { Tally } from "./tally.ts";

/** Cases of a batch: short enough to stop soon, long enough to cost nothing to hand out. */
const BATCH_CASES = 250;

export interface CampaignLimits {
  /** Cases to run; without it, as many as the time allows. */
  readonly cases?: number;
  readonly timeMs?: number;
  readonly jobs: number;
}

export interface CampaignHooks {
  /** Called when everything is ready and the first case is about to run. */
  readonly onStart?: () => void;
  /** Called after the last case. */
  readonly onEnd?: () => void;
  /** Called after each batch. */
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the campaign after the batches that run. */
  readonly signal?: AbortSignal;
}

export interface Progress {
  readonly tally: Tally;
  readonly timeMs: number;
}

export interface CampaignResult {
  readonly tally: Tally;
  readonly timeMs: number;
  /** It was told to stop before its limits. */
  readonly interrupted: boolean;
}

/** Runs a campaign to its limits, or until it is told to stop. */
export async function runCampaign(
  options: CampaignOptions,
  limits: CampaignLimits,
  hooks: CampaignHooks = {},
): Promise<CampaignResult> {
  const run = new CampaignRun(limits, hooks);
  hooks.onStart?.();
  if (limits.jobs === 1) await runHere(options, run);
  else await runInWorkers(options, limits.jobs, run);
  hooks.onEnd?.();
  return { tally: run.tally, timeMs: run.timeMs, interrupted: run.isStopped };
}

/** What is left to do, and what was done. */
class CampaignRun {
  readonly tally = new Tally();
  readonly #limits: CampaignLimits;
  readonly #hooks: CampaignHooks;
  /** The clock starts with the first batch: getting ready does not count. */
  #startMs: number | undefined;
  #next = 0;

  constructor(limits: CampaignLimits, hooks: CampaignHooks) {
    assert(limits.jobs >= 1, "somebody has to do the work");
    this.#limits = limits;
    this.#hooks = hooks;
  }

  get timeMs(): number {
    return this.#startMs === undefined ? 0 : nowMs() - this.#startMs;
  }

  get isStopped(): boolean {
    return this.#hooks.signal?.aborted === true;
  }

  /** The next batch, undefined when there is nothing left to do. */
  take(): Batch | undefined {
    const { cases, timeMs } = this.#limits;
    if (this.isStopped || (timeMs !== undefined && this.timeMs >= timeMs)) return undefined;
    const left = (cases ?? Number.MAX_SAFE_INTEGER) - this.#next;
    const count = Math.min(left, BATCH_CASES);
    if (count <= 0) return undefined;
    this.#startMs ??= nowMs();
    const first = this.#next;
    this.#next += count;
    return { first, count };
  }

  /** Adds the result of a batch. */
  give(result: BatchResult): void {
    this.tally.merge(result.tally);
    this.#hooks.onProgress?.({ tally: this.tally, timeMs: this.timeMs });
  }
}

/** In this thread, with a pause after each batch in which signals are heard. */
async function runHere(options: CampaignOptions, run: CampaignRun): Promise<void> {
  const engine = new CaseEngine(options);
  for (let batch = run.take(); batch !== undefined; batch = run.take()) {
    run.give(runBatch(engine, batch));
    await new Promise((resume) => setImmediate(resume));
  }
}

async function runInWorkers(
  options: CampaignOptions,
  jobs: number,
  run: CampaignRun,
): Promise<void> {
  const workers = Array.from({ length: jobs }, () => startWorker({ options }));
  try {
    await Promise.all(workers.map((worker) => feedWorker(worker, run)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function startWorker(workerData: WorkerInput): Worker {
  const here = import.meta.url;
  if (here.endsWith(".js")) return new Worker(new URL("./worker.js", here), { workerData });
  // Run from its sources (tests do), a worker needs somebody who reads TypeScript.
  const file = JSON.stringify(new URL("./worker.ts", here).href);
  const code = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${file}, ${file}))`;
  return new Worker(code, { eval: true, workerData });
}

/** Keeps a worker busy until nothing is left. */
function feedWorker(worker: Worker, run: CampaignRun): Promise<void> {
  return new Promise((resolve, reject) => {
    const feed = (): void => {
      const batch = run.take();
      if (batch === undefined) resolve();
      else worker.postMessage(batch);
    };
    worker.on("message", (result: BatchResult) => {
      run.give(result);
      feed();
    });
    worker.on("error", reject);
    feed();
  });
}
