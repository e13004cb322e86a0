// Which case a worker is at, in memory that it shares with whoever watches it: a worker that hangs
// or dies can no longer say so itself.

const IDLE = -1;

export class Flight {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  /** A board of its own, or the one that somebody shares. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.#words = new Int32Array(this.memory);
    if (memory === undefined) this.land();
  }

  /** A case begins: its number within the batch. */
  begin(index: number): void {
    Atomics.store(this.#words, 0, index);
  }

  /** No case is under way. */
  land(): void {
    Atomics.store(this.#words, 0, IDLE);
  }

  /** The case under way, undefined if there is none. */
  get index(): number | undefined {
    const index = Atomics.load(this.#words, 0);
    return index === IDLE ? undefined : index;
  }
}
