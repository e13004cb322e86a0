// The seat of a worker thread: somebody who does one job at a time, is watched while doing it, and
// is replaced by another one when a case hangs or kills the thread. Nothing but the end of its
// thread stops a loop in WebAssembly.
import type { Worker } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { nowMs } from "../base/clock.ts";
import { loadModule } from "../wasm/load.ts";
import { Flight } from "./flight.ts";
import type { CampaignOptions } from "./options.ts";
import type { Answer, Job, WorkerInput } from "./protocol.ts";
import { parseTarget } from "./target.ts";
import { startThread } from "./thread.ts";

/** How often the watchdog looks, at most. */
const LOOK_MS = 250;
/** A worker that is not ready by then never will be. */
const START_MS = 120_000;
/** A worker that holds more is replaced between two jobs. */
export const HEAP_BYTES_MAX = 192 << 20;

/** A job that was not done, and the case of it that is to blame. */
export interface LostJob {
  readonly kind: "lost";
  readonly how: "hung" | "died";
  /** Number of the case within the batch. */
  readonly index: number;
}

export type SeatAnswer = Exclude<Answer, { kind: "ready" }> | LostJob;

/** What a seat's workers are to be like. */
export interface SeatRequest {
  readonly options: CampaignOptions;
  /** How long one case may take. */
  readonly timeoutMs: number;
}

/** A job under way. */
interface Pending {
  readonly resolve: (answer: SeatAnswer) => void;
  readonly reject: (error: Error) => void;
}

export class Seat {
  readonly #request: SeatRequest;
  readonly #flight = new Flight();
  #worker: Worker;
  #isReady = false;
  #isClosed = false;
  #pending: Pending | undefined;
  /** Workers that had to be replaced because they hung, died or held too much. */
  replaced = 0;
  /** What the worker held after its last job. */
  heapBytes = 0;

  constructor(request: SeatRequest) {
    this.#request = request;
    this.#worker = this.#start();
  }

  /** Has a job done. `timeoutMs` is for one case; a write-up counts as one. */
  async run(job: Job, timeoutMs = this.#request.timeoutMs): Promise<SeatAnswer> {
    assert(this.#pending === undefined && !this.#isClosed, "a seat does one job at a time");
    const answer = await this.#watched(job, timeoutMs);
    if (answer.kind !== "lost") this.heapBytes = answer.heapBytes;
    const isWornOut = answer.kind === "lost" || this.heapBytes > HEAP_BYTES_MAX;
    if (isWornOut && !this.#isClosed) await this.#replace();
    return answer;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker.terminate();
  }

  async #replace(): Promise<void> {
    await this.#worker.terminate();
    this.replaced++;
    this.heapBytes = 0;
    if (!this.#isClosed) this.#worker = this.#start();
  }

  #start(): Worker {
    const { options } = this.#request;
    const { core } = parseTarget(options.target);
    this.#isReady = false;
    this.#flight.land();
    const flight = this.#flight.memory;
    const input: WorkerInput = { options, core, module: loadModule(core), flight };
    const worker = startThread(import.meta.url, "worker", input);
    worker.on("message", (answer: Answer) => this.#hear(answer));
    worker.on("error", (error) => this.#lose(worker, error));
    worker.on("exit", () => this.#lose(worker, new Error("a worker thread ended by itself")));
    return worker;
  }

  async #watched(job: Job, timeoutMs: number): Promise<SeatAnswer> {
    const answer = new Promise<SeatAnswer>((resolve, reject) => {
      this.#pending = { resolve, reject };
    });
    this.#worker.postMessage(job);
    const watchdog = this.#watch(timeoutMs);
    try {
      return await answer;
    } finally {
      clearInterval(watchdog);
      this.#pending = undefined;
    }
  }

  #hear(answer: Answer): void {
    if (answer.kind === "ready") this.#isReady = true;
    else this.#pending?.resolve(answer);
  }

  /** A worker that goes down with a case loses the job; without one, slabfuzz is to blame. */
  #lose(worker: Worker, error: Error): void {
    if (worker !== this.#worker) return;
    const { index } = this.#flight;
    if (index === undefined) this.#pending?.reject(error);
    else this.#pending?.resolve({ kind: "lost", how: "died", index });
  }

  /** Looks again and again whether the case at hand is still the same. */
  #watch(timeoutMs: number): NodeJS.Timeout {
    let seen = this.#flight.index;
    let sinceMs = nowMs();
    const look = (): void => {
      const { index } = this.#flight;
      const isStill = index === seen;
      if (!isStill) [seen, sinceMs] = [index, nowMs()];
      else if (nowMs() - sinceMs > this.#patience(index, timeoutMs)) this.#giveUp(index);
    };
    return setInterval(look, Math.min(LOOK_MS, timeoutMs / 4));
  }

  #patience(index: number | undefined, timeoutMs: number): number {
    return index === undefined || !this.#isReady ? START_MS : timeoutMs;
  }

  #giveUp(index: number | undefined): void {
    if (index === undefined) this.#pending?.reject(new Error("a worker thread does not answer"));
    else this.#pending?.resolve({ kind: "lost", how: "hung", index });
  }
}
