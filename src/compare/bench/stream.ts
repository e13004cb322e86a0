// The stream of operations that every allocator is driven by. Records are those of the core
// (assembly/abi/op.ts), and every driver reads them, keeps pointers in slots and leaves a result of
// 16 bytes, so that what is left to compare is the allocator.
//
//   begin()   records that make the objects, in programs of at most OP_MAX operations
//   next()    the next round
//
// The core has 16384 slots. Of more than 8190 live objects only so many are ever touched again: the
// others lie among them for ever.
import { OP_MAX } from "../../abi.ts";
import { Prng } from "../../base/prng.ts";
import { UserError } from "../../base/user_error.ts";
import { ProgramImage } from "../../slub/program/image.ts";
import { type BenchWorkload, type Pattern, patternOf, Step, type StepName } from "./workloads.ts";

/** Operations of a round. */
export const ROUND = 8192;
const TOUCHED_MAX = 8190;
/** The slot of objects that are not touched again. */
const FORGOTTEN = 3;
const FIRST_SLOT = 4;

/** Sizes of objects, and how often each is asked for. */
interface SizeMix {
  readonly sizes: readonly number[];
  readonly weights: readonly number[];
}

export interface StreamRequest {
  readonly workload: BenchWorkload;
  /** Objects alive, about. */
  readonly live: number;
  /** One cache for each size. */
  readonly mix: SizeMix;
  /** CPUs that take turns where the workload has them do so. */
  readonly cpus: number;
}

export class Stream {
  readonly live: number;
  readonly #mix: SizeMix;
  readonly #cpus: number;
  readonly #touched: number;
  readonly #objects: LiveObjects;
  readonly #pattern: Pattern;
  readonly #prng = new Prng({ high: 0, low: 1 });
  readonly #image = new ProgramImage();
  /** Living objects of each cache. */
  readonly #alive: Int32Array;
  #cpu = 0;
  /** Added to the number of the cache that is drawn. */
  #shift = 0;

  constructor({ workload, live, mix, cpus }: StreamRequest) {
    this.live = live;
    this.#mix = mix;
    this.#cpus = cpus;
    this.#alive = new Int32Array(mix.sizes.length);
    this.#touched = Math.min(live, TOUCHED_MAX);
    this.#objects = new LiveObjects(FIRST_SLOT, 2 * this.#touched);
    this.#pattern = patternOf(workload, this.#touched);
  }

  /** Objects alive now. */
  get alive(): number {
    return this.#alive.reduce((sum, one) => sum + one, 0);
  }

  /** Objects alive now of one cache. */
  aliveOf(cache: number): number {
    return this.#alive[cache];
  }

  /** Calls `run` with one program after another until the objects are there. */
  begin(run: (image: ProgramImage) => void): void {
    const distance = this.live / this.#touched;
    this.#image.clear();
    for (let made = 0, filled = 0; made < this.live; made++) {
      const isTouched = made >= filled * distance && filled < this.#touched;
      if (isTouched) filled++;
      this.#alloc(isTouched);
      if (this.#image.opCount < OP_MAX / 2 && made + 1 < this.live) continue;
      run(this.#image);
      this.#image.clear();
    }
  }

  /** The records of the next round: so many allocations and frees, and perhaps moves of CPU. */
  next(): ProgramImage {
    this.#image.clear();
    for (let done = 0; done < ROUND; ) {
      if (this.#take(this.#pattern(this.#objects.count, this.#prng))) done++;
    }
    return this.#image;
  }

  /** Whether the step was an allocation or a free. */
  #take(step: StepName): boolean {
    const objects = this.#objects;
    switch (step) {
      case Step.ALLOC:
        this.#alloc(true);
        return true;
      case Step.FREE_OLDEST:
        this.#free(objects.takeOldest());
        return true;
      case Step.FREE_NEWEST:
        this.#free(objects.takeNewest());
        return true;
      case Step.FREE_ANY:
        this.#free(objects.takeAny(this.#prng.below(objects.count)));
        return true;
      case Step.NEXT_SIZE:
        this.#shift++;
        return false;
      case Step.NEXT_CPU:
        this.#cpu = (this.#cpu + 1) % this.#cpus;
        if (this.#cpus > 1) this.#image.cpu(this.#cpu);
        return false;
    }
  }

  #alloc(isTouched: boolean): void {
    const { sizes, weights } = this.#mix;
    const drawn = sizes.length === 1 ? 0 : this.#prng.weighted(weights);
    const cache = (drawn + this.#shift) % sizes.length;
    this.#alive[cache]++;
    this.#image.alloc(cache, isTouched ? this.#objects.add(cache) : FORGOTTEN);
  }

  #free(slot: number): void {
    const cache = this.#objects.cacheOf(slot);
    this.#alive[cache]--;
    this.#image.free(cache, slot);
  }
}

/** Many small objects, some of half a page: shaped like what a kernel's slabs hold. */
const MIX: SizeMix = {
  sizes: [16, 32, 64, 96, 128, 192, 256, 320, 512, 1024, 2048],
  weights: [18, 20, 22, 8, 10, 8, 5, 3, 3, 2, 1],
};

const SIZE_MAX = 8192;

/** `320`, `64,320,1000` (each as often as the others), or `mix`. */
export function sizesOf(text: string): SizeMix {
  if (text === "mix") return MIX;
  const sizes = text.split(",").map(sizeOf);
  return { sizes, weights: sizes.map(() => 1) };
}

function sizeOf(text: string): number {
  const size = /^[0-9]+$/.test(text.trim()) ? Number(text) : 0;
  if (size >= 8 && size <= SIZE_MAX) return size;
  throw new UserError(`unknown size ${JSON.stringify(text)} (8 to ${SIZE_MAX} bytes, or mix)`);
}

/**
 * The objects that live: `#slots` is a ring of slot numbers, from the oldest to the newest, and
 * `#spare` a stack of the others.
 */
export class LiveObjects {
  readonly capacity: number;
  readonly #slots: Int32Array;
  readonly #cacheOf: Uint8Array;
  readonly #spare: Int32Array;
  #first = 0;
  #count = 0;

  /** Slots `firstSlot` to `firstSlot + capacity - 1`. */
  constructor(firstSlot: number, capacity: number) {
    this.capacity = capacity;
    this.#slots = new Int32Array(capacity);
    this.#cacheOf = new Uint8Array(firstSlot + capacity);
    this.#spare = Int32Array.from({ length: capacity }, (_, i) => firstSlot + capacity - 1 - i);
  }

  get count(): number {
    return this.#count;
  }

  /** A new object of a cache: the slot it goes to. */
  add(cache: number): number {
    const slot = this.#spare[this.capacity - 1 - this.#count];
    this.#slots[this.#place(this.#count++)] = slot;
    this.#cacheOf[slot] = cache;
    return slot;
  }

  takeOldest(): number {
    const slot = this.#slots[this.#first];
    this.#first = this.#place(1);
    return this.#giveBack(slot);
  }

  takeNewest(): number {
    return this.#giveBack(this.#slots[this.#place(this.#count - 1)]);
  }

  /** Object number `age`; the newest one takes its place. */
  takeAny(age: number): number {
    const slot = this.#slots[this.#place(age)];
    this.#slots[this.#place(age)] = this.#slots[this.#place(this.#count - 1)];
    return this.#giveBack(slot);
  }

  /** The cache of the object that a slot held last. */
  cacheOf(slot: number): number {
    return this.#cacheOf[slot];
  }

  #giveBack(slot: number): number {
    this.#count--;
    this.#spare[this.capacity - 1 - this.#count] = slot;
    return slot;
  }

  #place(age: number): number {
    const place = this.#first + age;
    return place < this.capacity ? place : place - this.capacity;
  }
}
