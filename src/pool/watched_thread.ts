// The seat of a worker thread: somebody who does one job at a time, is watched while doing it, and
// is replaced by another one when a case hangs or kills the thread. Nothing but the end of its
// thread stops a loop in WebAssembly.
import type { Worker } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { nowMs } from "../base/clock.ts";
import { Flight } from "./flight.ts";
import { HEAP_BYTES_MAX } from "./thread_memory.ts";

/** How often the watchdog looks, at most. */
const LOOK_MS = 250;
/** A worker that is not ready by then never will be. */
const START_MS = 120_000;

/** A job that was not done, and the case of it that is to blame. */
export interface LostJob {
  readonly kind: "lost";
  readonly how: "hung" | "died";
  /** Number of the case within the job. */
  readonly index: number;
}

/** What a worker says when it can begin. */
export interface Ready {
  readonly kind: "ready";
}

/** Every answer says what the worker's thread holds by then. */
interface AnswerOfWorker {
  readonly kind: string;
  readonly heapBytes: number;
}

export interface WatchRequest {
  /** Starts a worker that shows on the board which case it is at. */
  readonly start: (flight: SharedArrayBuffer) => Worker;
  /** How long one case may take. */
  readonly timeoutMs: number;
}

/** A job under way. */
interface Pending<A> {
  readonly resolve: (answer: A | LostJob) => void;
  readonly reject: (error: Error) => void;
}

export class WatchedThread<J, A extends AnswerOfWorker> {
  readonly #request: WatchRequest;
  readonly #flight = new Flight();
  #worker: Worker;
  #isReady = false;
  #isClosed = false;
  #pending: Pending<A> | undefined;
  /** Workers that had to be replaced because they hung, died or held too much. */
  replaced = 0;
  /** What the worker held after its last job. */
  heapBytes = 0;

  constructor(request: WatchRequest) {
    this.#request = request;
    this.#worker = this.#start();
  }

  /** Has a job done. `timeoutMs` is for one case; a write-up counts as one. */
  async run(job: J, timeoutMs = this.#request.timeoutMs): Promise<A | LostJob> {
    assert(this.#pending === undefined && !this.#isClosed, "a seat does one job at a time");
    const answer = await this.#watched(job, timeoutMs);
    if (!isLost(answer)) this.heapBytes = answer.heapBytes;
    const isWornOut = isLost(answer) || this.heapBytes > HEAP_BYTES_MAX;
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
    this.#isReady = false;
    this.#flight.land();
    const flight = this.#flight.memory;
    const worker = this.#request.start(flight);
    worker.on("message", (answer: A | Ready) => this.#hear(answer));
    worker.on("error", (error) => this.#lose(worker, error));
    worker.on("exit", () => this.#lose(worker, new Error("a worker thread ended by itself")));
    return worker;
  }

  async #watched(job: J, timeoutMs: number): Promise<A | LostJob> {
    const answer = new Promise<A | LostJob>((resolve, reject) => {
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

  #hear(answer: A | Ready): void {
    if (isReady(answer)) this.#isReady = true;
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

function isLost(answer: AnswerOfWorker | LostJob): answer is LostJob {
  return answer.kind === "lost";
}

function isReady(answer: AnswerOfWorker | Ready): answer is Ready {
  return answer.kind === "ready";
}
