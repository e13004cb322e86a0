// What a worker thread shows while it works, in memory that it shares with the thread that watches
// it: a worker that hangs or dies can no longer send a message.

/** Words of that memory: the place within the job, how often it beat, the thread's number. */
const INDEX = 0;
const COUNT = 1;
const THREAD = 2;
const WORDS = 3;
/** The place of a worker that does no job. */
const IDLE = -1;

export class Heartbeat {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  /** A heartbeat of its own, or the one in memory that is shared. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT);
    this.#words = new Int32Array(this.memory);
    if (memory === undefined) this.stop();
  }

  /**
   * The worker begins with the next part of its job: a case, a program. The limit of a job is for
   * what lies between two beats, so it counts anew even where `index` stays the same.
   */
  beat(index: number): void {
    Atomics.store(this.#words, INDEX, index);
    Atomics.add(this.#words, COUNT, 1);
  }

  /** No job is under way. */
  stop(): void {
    Atomics.store(this.#words, INDEX, IDLE);
  }

  /** The part of the job that is under way, undefined if there is none. */
  get index(): number | undefined {
    const index = Atomics.load(this.#words, INDEX);
    return index === IDLE ? undefined : index;
  }

  /** How often it beat. */
  get count(): number {
    return Atomics.load(this.#words, COUNT);
  }

  /** The number that the operating system gave the worker's thread, 0 where it is not known. */
  get thread(): number {
    return Atomics.load(this.#words, THREAD);
  }

  set thread(number: number) {
    Atomics.store(this.#words, THREAD, number);
  }
}
