// The mistakes of generated programs, each by the name of its class. Twins do everything around a
// mistake, and leave it out.
import type { Prng } from "../../base/prng.ts";
import type { BugName } from "../../target/bug_names.ts";
import { Code, FOREIGN_SLOTS_MAX, type ForeignImage } from "../program/op.ts";

const NO_SLOT = 0;

/** The program that a mistake goes into. */
interface OpenProgram {
  readonly prng: Prng;
  readonly image: ForeignImage;
  readonly live: SlotQueue;
  /** What was last asked for in a slot. */
  readonly sizes: Uint32Array;
  /** Frees a live block, by its place among them. */
  free(index: number): number;
  /** Another slot gets a block of the size of one that was just freed. */
  reuse(size: number): void;
}

/** Adds the operations of a mistake. There is at least one live block. */
export function commit(draft: OpenProgram, bug: BugName, isTwin: boolean): void {
  const { prng, live, sizes } = draft;
  const index = prng.below(live.length);
  const victim = live.at(index);
  const size = sizes[victim];
  const byte = prng.between(1, 255);
  const add = (code: number, slot: number, a = 0, b = 0, c = 0): void => {
    if (!isTwin) draft.image.add(code, slot, a, b, c);
  };
  const writeStale = (): void => {
    add(Code.stale, victim, 0, prng.between(1, Math.max(1, Math.min(size, 64))), byte);
  };
  switch (bug) {
    case "overflow-right":
      add(Code.write, victim, size, prng.between(2, 64), byte);
      return;
    case "overflow-left": {
      const length = prng.between(1, 32);
      add(Code.write, victim, -length >>> 0, length, byte);
      return;
    }
    case "off-by-one":
      add(Code.write, victim, size, 1, byte);
      return;
    case "off-by-one-nul":
      add(Code.write, victim, size, 1, 0);
      return;
    case "write-after-free":
      draft.free(index);
      writeStale();
      return;
    case "write-after-reuse":
      draft.free(index);
      draft.reuse(size);
      writeStale();
      return;
    case "double-free":
      draft.free(index);
      add(Code.refree, victim);
      return;
    case "double-free-interleaved":
      draft.free(index);
      if (live.length > 0) draft.free(prng.below(live.length));
      add(Code.refree, victim);
      return;
    case "double-free-after-reuse":
      draft.free(index);
      draft.reuse(size);
      add(Code.refree, victim);
      return;
    case "invalid-free-interior":
      add(Code.freeoff, victim, prng.between(1, Math.max(1, Math.min(size, 256))));
      return;
    case "invalid-free-foreign":
      add(Code.freeat, NO_SLOT, (prng.next() & 0xffffff8) >>> 0);
      return;
    case "wrong-size-use":
      add(Code.freesize, victim, size + prng.between(1, 4096));
      return;
    case "krealloc-misuse":
      sizes[victim] = Math.min(4 * size + 64, 1 << 24);
      draft.image.add(Code.resize, victim, sizes[victim]);
      add(Code.restale, victim);
      return;
    default:
  }
}

export type Order = "any" | "newest" | "oldest";

/** Slots whose block is live, as far as a generator can know, in the order of their making. */
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
