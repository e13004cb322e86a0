// The stream of operations that every heap is driven by: a slot drawn at random is filled if it is
// empty, and emptied if it is full. Records are those of the core (assembly/abi/op.ts), and every
// driver reads them, keeps pointers in slots and leaves a result of 16 bytes, so that what is left
// to compare is the allocator.
//
//   begin()   records that make `live` objects, in programs of at most OP_MAX operations
//   next()    the next round; about as many objects live before as after it
//
// The core has 16384 slots. Of more than 8190 live objects only so many are ever touched again: the
// others lie among them for ever.
import { OP_MAX } from "../src/abi.ts";
import { Prng } from "../src/base/prng.ts";
import { ProgramImage } from "../src/program/image.ts";

/** Operations of a round. */
export const ROUND = 8192;
const TOGGLED_MAX = 16380;
/** The slot of objects that nobody touches again. */
const FORGOTTEN = 3;
export const FIRST_SLOT = 4;
/** Number of the only cache. */
export const CACHE = 0;

export class ToggleStream {
  readonly live: number;
  readonly #slots: number;
  readonly #isFull: Uint8Array;
  readonly #prng = new Prng({ high: 0, low: 1 });
  readonly #image = new ProgramImage();

  constructor(live: number) {
    this.live = live;
    this.#slots = Math.min(2 * live, TOGGLED_MAX);
    this.#isFull = new Uint8Array(this.#slots);
  }

  /** Calls `run` with one program after another until the objects are there. */
  begin(run: (image: ProgramImage) => void): void {
    const held = this.#slots / 2;
    const distance = this.live / held;
    this.#image.clear();
    for (let made = 0, filled = 0; made < this.live; made++) {
      const isHeld = made >= filled * distance && filled < held;
      if (isHeld) this.#isFull[2 * filled] = 1;
      this.#image.alloc(CACHE, isHeld ? FIRST_SLOT + 2 * filled++ : FORGOTTEN);
      if (this.#image.opCount < OP_MAX / 2 && made + 1 < this.live) continue;
      run(this.#image);
      this.#image.clear();
    }
  }

  /** The records of the next round. */
  next(): ProgramImage {
    this.#image.clear();
    for (let i = 0; i < ROUND; i++) {
      const slot = this.#prng.below(this.#slots);
      if (this.#isFull[slot] === 1) this.#image.free(CACHE, FIRST_SLOT + slot);
      else this.#image.alloc(CACHE, FIRST_SLOT + slot);
      this.#isFull[slot] ^= 1;
    }
    return this.#image;
  }
}
