// A worker thread that is watched while it does one job at a time. It is replaced by another thread
// when a job hangs or kills it, or when it holds too much memory. Nothing but the end of its thread
// stops a loop in WebAssembly.
import { Worker } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { isOutOfMemory } from "../base/user_error.ts";
import type { Elapsed } from "./cpu_time.ts";
import { cpuMsOfThread, HEAP_BYTES_MAX, TIME_SOURCES, WorkerClock } from "./cpu_time.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { LostJob, Outcome, Said, SentJob, ThreadData } from "./job.ts";

/** How often the watchdog looks, at most. */
const LOOK_MS = 250;
/** CPU time in which a thread gets ready; one that takes longer never will be. */
const START_CPU_MS = 120_000;
/** A thread that got no CPU time at all for so long sleeps for ever. */
const STILL_MS = 120_000;

/** The file that a thread runs: it calls `serve`. */
export interface WorkerFile {
  /** The URL of a module beside that file. */
  readonly beside: string;
  /** The file's name without its ending. */
  readonly name: string;
  /** What `serve` makes ready with. */
  readonly input: unknown;
}

/** Bounds that tests shorten. */
export interface Bounds {
  readonly stillMs: number;
  /** CPU time of a thread, where the system tells it. */
  readonly threadMs: (thread: number) => number | undefined;
}

export const BOUNDS: Bounds = { stillMs: STILL_MS, threadMs: cpuMsOfThread };

/** A thread, and whether it can begin. */
interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  /** It has done a job. */
  isUsed: boolean;
}

/** A job under way. */
interface Pending {
  readonly resolve: (outcome: Outcome<unknown>) => void;
  readonly reject: (error: Error) => void;
}

export class WatchedWorker {
  #file: WorkerFile;
  readonly #bounds: Bounds;
  #busyWorkers: () => number;
  readonly #heartbeat = new Heartbeat();
  /** Started when there is a job. */
  #thread: Thread | undefined;
  #isClosed = false;
  #pending: Pending | undefined;
  /** Threads that had to be replaced because they hung, died or held too much. */
  replaced = 0;
  /** What the thread held after its last job. */
  heldBytes = 0;

  /** `busyWorkers` counts the workers of this process that do a job. */
  constructor(file: WorkerFile, bounds: Bounds, busyWorkers: () => number) {
    this.#file = file;
    this.#bounds = bounds;
    this.#busyWorkers = busyWorkers;
  }

  /** Has a job done. `limitMs` is the CPU time that it may take between two heartbeats. */
  async run(job: SentJob, limitMs: number): Promise<Outcome<unknown>> {
    assert(this.#pending === undefined, "a worker does one job at a time");
    if (this.#isClosed) return CLOSED;
    const thread = this.#thread ?? this.#start();
    this.#thread = thread;
    const outcome = await this.#watched(thread, job, limitMs);
    thread.isUsed = true;
    if (outcome.kind === "lost" || this.heldBytes > HEAP_BYTES_MAX) {
      this.replaced++;
      await this.#end();
    }
    return outcome;
  }

  /** Waits for another pool: the process may end meanwhile. */
  rest(): void {
    this.#thread?.worker.unref();
  }

  /** Goes on in another pool, whose file and input serve as well as those of its thread. */
  wake(file: WorkerFile, busyWorkers: () => number): void {
    this.#file = file;
    this.#busyWorkers = busyWorkers;
    this.#thread?.worker.ref();
  }

  /** Makes sure that the next job finds a thread that has done none before. */
  async refresh(): Promise<void> {
    if (this.#thread?.isUsed === true) await this.#end();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }

  async #end(): Promise<void> {
    const { worker } = this.#thread ?? {};
    if (this.#isClosed) this.#giveUp(CLOSED);
    this.#thread = undefined;
    this.heldBytes = 0;
    await worker?.terminate();
  }

  #start(): Thread {
    this.#heartbeat.stop();
    this.#heartbeat.thread = 0;
    const { beside, name, input } = this.#file;
    const data: ThreadData<unknown> = { input, heartbeat: this.#heartbeat.memory };
    const worker = startThread(beside, name, data);
    const thread = { worker, isReady: false, isUsed: false };
    worker.on("message", (said: Said) => this.#hear(thread, said));
    worker.on("error", (error) => this.#lose(thread, error));
    worker.on("exit", () => this.#lose(thread, new Error("its thread ended by itself")));
    return thread;
  }

  async #watched(thread: Thread, job: SentJob, limitMs: number): Promise<Outcome<unknown>> {
    const outcome = new Promise<Outcome<unknown>>((resolve, reject) => {
      this.#pending = { resolve, reject };
    });
    thread.worker.postMessage(job);
    const watchdog = this.#watch(thread, limitMs);
    try {
      return await outcome;
    } finally {
      clearInterval(watchdog);
      this.#pending = undefined;
    }
  }

  #hear(thread: Thread, said: Said): void {
    if (thread !== this.#thread) return;
    if (said.kind === "ready") {
      thread.isReady = true;
      return;
    }
    this.heldBytes = said.heldBytes;
    this.#giveUp({ kind: "done", answer: said.answer });
  }

  /**
   * A thread that dies at a job loses it; one that dies before it begins, or because the machine
   * has no memory, says nothing about the job.
   */
  #lose(thread: Thread, error: Error): void {
    if (thread !== this.#thread) return;
    const { index } = this.#heartbeat;
    if (index === undefined || isOutOfMemory(error)) this.#pending?.reject(error);
    else this.#giveUp(lost("died", index, error.message));
  }

  /** Looks again and again whether the thread is within its limits. */
  #watch(thread: Thread, limitMs: number): NodeJS.Timeout {
    const heartbeat = this.#heartbeat;
    const clock = this.#clock();
    const watchdog = new Watchdog(heartbeat.count);
    const periodMs = Math.min(LOOK_MS, limitMs / 4);
    const look = (): void => {
      const { index } = heartbeat;
      const limits = this.#limits(index === undefined || !thread.isReady, limitMs);
      const exceeded = watchdog.look(heartbeat.count, clock.elapsed(periodMs), limits);
      if (exceeded !== undefined) this.#exceed(exceeded, index, limits);
    };
    return setInterval(look, periodMs);
  }

  #clock(): WorkerClock {
    return new WorkerClock({
      ...TIME_SOURCES,
      threadMs: () => this.#bounds.threadMs(this.#heartbeat.thread),
      busyWorkers: this.#busyWorkers,
    });
  }

  #limits(isGettingReady: boolean, limitMs: number): Limits {
    const { stillMs } = this.#bounds;
    return { cpuMs: isGettingReady ? START_CPU_MS : limitMs, stillMs };
  }

  #exceed(exceeded: Exceeded, index: number | undefined, { cpuMs, stillMs }: Limits): void {
    if (index === undefined) {
      this.#pending?.reject(new Error("a worker thread does not answer"));
      return;
    }
    const isCpu = exceeded === "cpu";
    const reason = isCpu ? `it took more than ${cpuMs} ms of CPU time` : `it slept ${stillMs} ms`;
    this.#giveUp({ ...lost("hung", index, reason), stoodStill: !isCpu });
  }

  #giveUp(outcome: Outcome<unknown>): void {
    this.#pending?.resolve(outcome);
  }
}

const CLOSED = lost("died", 0, "the pool was closed");

function lost(how: LostJob["how"], index: number, reason: string): LostJob {
  return { kind: "lost", how, index, reason, isConfirmed: false, stoodStill: false };
}

/** Starts the worker in the file `name`, without its ending, beside the module at `here`. */
function startThread(here: string, name: string, workerData: unknown): Worker {
  if (here.endsWith(".js")) return new Worker(new URL(`./${name}.js`, here), { workerData });
  // Run from its sources (tests do), a worker needs a loader for TypeScript. Code without a
  // file would look for it beside whatever folder the process is in.
  const file = JSON.stringify(new URL(`./${name}.ts`, here).href);
  const reader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const code = `import(${reader}).then(({ tsImport }) => tsImport(${file}, ${file}))`;
  return new Worker(code, { eval: true, workerData });
}

export interface Limits {
  /** CPU time between two heartbeats. */
  readonly cpuMs: number;
  /** Time without CPU time, during which this process itself ran: the last resort. */
  readonly stillMs: number;
}

/** A worker that had less of the time that elapsed stood still. */
const STILL_SHARE = 0.01;

/** How a worker has used up its limits. */
export type Exceeded = "cpu" | "still";

/**
 * A worker counts as hung when it has used up the CPU time that it may take between two heartbeats,
 * or when it has stood still, without any CPU time at all, for so long that it will never go on.
 */
export class Watchdog {
  #beats: number;
  #cpuMs = 0;
  #stillMs = 0;

  /** `beats`: how often the worker's heart has beaten before. */
  constructor(beats: number) {
    this.#beats = beats;
  }

  /** Looks at the worker; undefined while all is well. */
  look(beats: number, { cpuMs, wallMs }: Elapsed, limits: Limits): Exceeded | undefined {
    const isStill = cpuMs < STILL_SHARE * wallMs;
    const hasBeaten = beats !== this.#beats;
    this.#beats = beats;
    this.#stillMs = isStill && !hasBeaten ? this.#stillMs + wallMs : 0;
    this.#cpuMs = hasBeaten ? 0 : this.#cpuMs + cpuMs;
    if (this.#cpuMs > limits.cpuMs) return "cpu";
    return this.#stillMs > limits.stillMs ? "still" : undefined;
  }
}
