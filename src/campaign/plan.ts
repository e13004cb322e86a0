// What is left to do of a campaign, handed out in batches: in order, skipping what was done before,
// and as long as a worker takes a tenth of a second. How the cases were cut into batches leaves no
// trace in the result.
import type { Batch } from "../targets/batch.ts";
import type { Range, RangeSet } from "./ranges.ts";

const BATCH_MS = 100;
const FIRST_COUNT = 20;
const COUNT_MAX = 10_000;
/** A batch grows no faster than this, however quick the last one was. */
const GROWTH_MAX = 4;

export class Plan {
  /** Not yet handed out, in order. */
  readonly #gaps: Range[];
  /** Handed out and given back: they come first. */
  readonly #returned: Batch[] = [];
  #count = FIRST_COUNT;

  /** The cases of a range that are not done. */
  constructor(range: Range, done: RangeSet) {
    this.#gaps = done.gapsIn(range);
  }

  /** The next batch, undefined when nothing is left. */
  take(): Batch | undefined {
    return this.takeReturned() ?? this.#takeNew();
  }

  /** The same, but nothing that nobody has begun. */
  takeReturned(): Batch | undefined {
    return this.#returned.pop();
  }

  /** A batch was not done, or not all of it. */
  giveBack(batch: Batch): void {
    if (batch.count > 0) this.#returned.push(batch);
  }

  /** A batch was done: how long it took decides how long the next one is. */
  learn({ count }: Batch, timeMs: number): void {
    if (count < this.#count) return;
    const fitting = Math.round((count * BATCH_MS) / Math.max(timeMs, 1));
    this.#count = Math.max(1, Math.min(fitting, count * GROWTH_MAX, COUNT_MAX));
  }

  #takeNew(): Batch | undefined {
    const gap = this.#gaps.shift();
    if (gap === undefined) return undefined;
    const [first, end] = gap;
    const count = Math.min(this.#count, end - first);
    if (first + count < end) this.#gaps.unshift([first + count, end]);
    return { first, count };
  }
}
