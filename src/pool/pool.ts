// Watched worker threads that do jobs, each job on the first worker that is free. A job that hangs
// or dies is not trusted at once: the machine may be to blame. It is tried once more, in a fresh
// thread and with no other worker at work, before it counts as lost.
//
//   const pool = new Pool<CaseJobs>({ file, size: 4, limitMs: 2000 });
//   const outcomes = await pool.map(ranges, (range) => pool.run("run", range));
//   await pool.close();
import { assert } from "../base/assert.ts";
import type { AnswerOf, JobName, JobOf, Jobs, LostJob, Outcome } from "./job.ts";
import { BOUNDS, type Bounds, WatchedWorker, type WorkerFile } from "./watched_worker.ts";

export interface PoolRequest {
  readonly file: WorkerFile;
  readonly size: number;
  /** CPU time that a job may take between two heartbeats. */
  readonly limitMs: number;
  readonly bounds?: Partial<Bounds>;
  /** A worker of a pool that was closed but for it; its thread has the same to work with. */
  readonly rested?: WatchedWorker | undefined;
}

export interface RunOptions {
  /** CPU time that this job may take between two heartbeats. */
  readonly limitMs?: number;
}

export interface TryOptions extends RunOptions {
  /** In a fresh thread, with no other worker at work. */
  readonly isAlone?: boolean;
}

/**
 * The second try of a job has at least so much CPU time: its thread is a cold one, and a short
 * limit is to find hanging jobs soon, not to condemn slow ones.
 */
const SECOND_MS_MIN = 1000;

/** A command ends within two seconds of its signal, whatever its workers do. */
const LAST_MS = 700;

/** A job that waits for a worker. */
interface Waiting {
  readonly isAlone: boolean;
  readonly begin: (worker: WatchedWorker) => void;
}

export class Pool<P extends Jobs<P>> {
  /** CPU time of a job between two heartbeats. */
  readonly limitMs: number;
  readonly #workers: readonly WatchedWorker[];
  readonly #free: WatchedWorker[];
  readonly #waiting: Waiting[] = [];
  /** Some job has all workers to itself. */
  #isTaken = false;
  #isClosed = false;

  constructor({ file, size, limitMs, bounds, rested }: PoolRequest) {
    assert(size >= 1, "a pool has a worker at least");
    this.limitMs = limitMs;
    const all = { ...BOUNDS, ...bounds };
    const busyWorkers = () => size - this.#free.length;
    rested?.wake(file, busyWorkers);
    this.#workers = Array.from({ length: size }, (_, place) => {
      return place === 0 && rested ? rested : new WatchedWorker(file, all, busyWorkers);
    });
    // The last one is the first that gets a job.
    this.#free = [...this.#workers].reverse();
  }

  get size(): number {
    return this.#workers.length;
  }

  /** Threads that had to be replaced because they hung, died or held too much. */
  get replaced(): number {
    return this.#workers.reduce((sum, { replaced }) => sum + replaced, 0);
  }

  /** What the thread that holds most held after its last job. */
  get heldBytes(): number {
    return Math.max(...this.#workers.map(({ heldBytes }) => heldBytes));
  }

  /** Has a job done by whichever worker is free. If it is lost, it is tried once more, alone. */
  async run<K extends JobName<P>>(
    name: K,
    job: JobOf<P, K>,
    options: RunOptions = {},
  ): Promise<Outcome<AnswerOf<P, K>>> {
    const first = await this.tryOnce(name, job, options);
    if (first.kind === "done" || this.#isClosed) return first;
    return await this.tryAgain(name, job, first, options);
  }

  /** The second try of a job that was lost. */
  async tryAgain<K extends JobName<P>>(
    name: K,
    job: JobOf<P, K>,
    first: LostJob,
    options: RunOptions = {},
  ): Promise<Outcome<AnswerOf<P, K>>> {
    const limitMs = Math.max(options.limitMs ?? this.limitMs, SECOND_MS_MIN);
    const second = await this.tryOnce(name, job, { limitMs, isAlone: true });
    return second.kind === "done" ? second : { ...second, isConfirmed: isSame(first, second) };
  }

  /** The same without a second try, for jobs that are not worth doing again as a whole. */
  async tryOnce<K extends JobName<P>>(
    name: K,
    job: JobOf<P, K>,
    { limitMs = this.limitMs, isAlone = false }: TryOptions = {},
  ): Promise<Outcome<AnswerOf<P, K>>> {
    const worker = await this.#take(isAlone);
    try {
      if (isAlone) await worker.refresh();
      const outcome = await worker.run({ name, job }, limitMs);
      return outcome as Outcome<AnswerOf<P, K>>;
    } finally {
      this.#giveBack(worker);
    }
  }

  /**
   * Keeps all workers busy: `work` is called with one item after another until `take` has no more,
   * for as many at a time as there are workers.
   */
  async each<T>(take: () => T | undefined, work: (item: T) => Promise<void>): Promise<void> {
    let hasFailed = false;
    const keepBusy = async (): Promise<void> => {
      for (let item = take(); item !== undefined && !hasFailed; item = take()) {
        await work(item).catch((error) => {
          hasFailed = true;
          throw error;
        });
      }
    };
    await Promise.all(this.#workers.map(keepBusy));
  }

  /** Works at all items; the order of the results is theirs. A signal leaves the rest undone. */
  async map<T, R>(
    items: readonly T[],
    work: (item: T, index: number) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R[]> {
    const results: R[] = [];
    const left = items.entries();
    const take = () => (signal?.aborted === true ? undefined : left.next().value);
    await this.each(take, async ([index, item]) => {
      results[index] = await work(item, index);
    });
    return results.filter((_, index) => index in results);
  }

  /** Its jobs are lost for that reason, and nothing else. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** At a signal the jobs at hand have a moment to end; then the pool closes, and they are lost. */
  closeAt(signal: AbortSignal | undefined): void {
    const close = () => this.close();
    const closeSoon = () => setTimeout(close, LAST_MS).unref();
    if (signal?.aborted === true) closeSoon();
    else signal?.addEventListener("abort", closeSoon, { once: true });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  /** Closes, but for one worker, which another pool may go on with. */
  async closeBut(): Promise<WatchedWorker> {
    const [rested, ...others] = this.#workers;
    this.#isClosed = true;
    rested.rest();
    await Promise.all(others.map((worker) => worker.close()));
    return rested;
  }

  #take(isAlone: boolean): Promise<WatchedWorker> {
    return new Promise((begin) => {
      this.#waiting.push({ isAlone, begin });
      this.#handOut();
    });
  }

  #giveBack(worker: WatchedWorker): void {
    this.#free.push(worker);
    this.#isTaken = false;
    this.#handOut();
  }

  /** In the order in which they came: no job overtakes one that is to be alone. */
  #handOut(): void {
    while (this.#waiting.length > 0 && this.#isFreeFor(this.#waiting[0])) {
      const { isAlone, begin } = this.#waiting.shift()!;
      this.#isTaken = isAlone;
      begin(this.#free.pop()!);
    }
  }

  #isFreeFor({ isAlone }: Waiting): boolean {
    if (this.#isTaken) return false;
    return isAlone ? this.#free.length === this.size : this.#free.length > 0;
  }
}

/** Lost twice in the same way at the same place, and each time for what it did. */
function isSame(one: LostJob, other: LostJob): boolean {
  const isThere = one.how === other.how && one.index === other.index;
  return isThere && !one.stoodStill && !other.stoodStill;
}
