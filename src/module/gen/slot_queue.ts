// The slots whose block is live, as far as a generator can know, in the order of their making: the
// next victim is the oldest, the newest, or any of them.
import type { Prng } from "../../base/prng.ts";
import { FOREIGN_SLOTS_MAX } from "../program/op.ts";

export type Order = "any" | "newest" | "oldest";

export class SlotQueue {
  /** A ring: the oldest at `#first`. */
  readonly #ring = new Int32Array(FOREIGN_SLOTS_MAX);
  #first = 0;
  #count = 0;

  clear(): void {
    this.#first = 0;
    this.#count = 0;
  }

  get length(): number {
    return this.#count;
  }

  add(slot: number): void {
    this.#ring[this.#place(this.#count++)] = slot;
  }

  /** The place of a victim; it stays where it is. */
  choose(prng: Prng, order: Order): number {
    if (order === "oldest") return 0;
    return order === "newest" ? this.#count - 1 : prng.below(this.#count);
  }

  at(index: number): number {
    return this.#ring[this.#place(index)];
  }

  /** Takes a slot out. Of those in the middle one changes its place. */
  take(index: number): number {
    const slot = this.at(index);
    if (index === 0) this.#first = this.#place(1);
    else this.#ring[this.#place(index)] = this.at(this.#count - 1);
    this.#count--;
    return slot;
  }

  #place(index: number): number {
    return (this.#first + index) & (FOREIGN_SLOTS_MAX - 1);
  }
}
