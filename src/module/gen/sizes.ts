// Sizes that allocators get wrong. Every program has a palette of its own: a few kinds, weighed
// anew, so that some programs are all tiny blocks and others reach for the end of memory.
import type { Prng } from "../../base/prng.ts";

/** A kind of sizes: how often it is in a palette, out of sixteen, and how heavy it is there. */
interface Kind {
  readonly often: number;
  /** Requests for large blocks are few: they leave no room for others. */
  readonly weight: number;
  /** `limit` is what the allocator can give at all. */
  readonly draw: (prng: Prng, limit: number) => number;
}

const KINDS: readonly Kind[] = [
  { often: 8, weight: 8, draw: (prng) => prng.below(33) },
  { often: 12, weight: 16, draw: (prng) => prng.between(1, 256) },
  { often: 12, weight: 12, draw: (prng) => logarithmic(prng, 4, 12) },
  { often: 8, weight: 12, draw: (prng) => near(prng, 1 << prng.between(3, 13), 9) },
  { often: 4, weight: 4, draw: (prng) => near(prng, 4096 * prng.between(1, 16), 33) },
  { often: 3, weight: 2, draw: (prng) => near(prng, 65536 * prng.between(1, 4), 65) },
  { often: 3, weight: 1, draw: (prng) => logarithmic(prng, 12, 21) },
  { often: 2, weight: 0.5, draw: nearLimit },
  { often: 2, weight: 0.5, draw: (prng) => near(prng, 1 << prng.between(20, 25), 65) },
];

const EVERYDAY = 1;
/** One palette in so many has one kind only. */
const FOCUS = 4;
/** Draws come from a table: as many entries for a kind as its weight says. */
const TABLE_SIZE = 128;

export class SizePalette {
  readonly #table = new Uint8Array(TABLE_SIZE);
  #limit = 0;
  #only: readonly number[] | undefined;

  /** Mixes a palette; `only` names sizes in bytes that are all there is. */
  mix(prng: Prng, limit: number, only?: readonly number[]): void {
    this.#limit = limit;
    this.#only = only;
    const weights = prng.oneIn(FOCUS) ? oneKind(prng) : severalKinds(prng);
    for (let i = 0; i < TABLE_SIZE; i++) this.#table[i] = prng.weighted(weights);
  }

  draw(prng: Prng): number {
    if (this.#only !== undefined) return prng.pick(this.#only);
    const size = KINDS[this.#table[prng.next() >>> 25]].draw(prng, this.#limit);
    return size < 0 ? 0 : size > this.#limit ? this.#limit : size;
  }
}

function severalKinds(prng: Prng): number[] {
  const weights = KINDS.map(({ often, weight }) => {
    return prng.below(16) < often ? weight * prng.between(1, 4) : 0;
  });
  if (Math.max(...weights) === 0) weights[EVERYDAY] = 1;
  return weights;
}

function oneKind(prng: Prng): number[] {
  const chosen = prng.below(KINDS.length);
  return KINDS.map((_, index) => (index === chosen ? 1 : 0));
}

/** Sizes that no memory of 32 bits has room for; sums with them wrap around. */
export function hugeSize(prng: Prng): number {
  const edge = prng.pick(HUGE_EDGES);
  return edge - prng.below(prng.oneIn(2) ? 16 : 4096);
}

const HUGE_EDGES = [0xffffffff, 0x80000000, 0x7fffffff, 0xffff0000, 0xc0000000, 0xfffffff0];

/** Every order of magnitude as often. */
function logarithmic(prng: Prng, least: number, most: number): number {
  const low = 1 << prng.between(least, most);
  return low + prng.below(low);
}

function near(prng: Prng, value: number, distance: number): number {
  return value + prng.between(-distance, distance);
}

function nearLimit(prng: Prng, limit: number): number {
  return Math.floor(limit / prng.between(2, 16)) - prng.below(4096);
}
