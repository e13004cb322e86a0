// Counter-based randomness: draw number n of a stream is a pure function of (seed, stream, n), so
// any case of any campaign can be generated alone, on any machine, in any order.
//
//   key      two 32-bit words, the avalanche of (seed high, seed low, stream)
//   draw n   three rounds of xorshift and multiply over n, with the second key word added half way
//
// For a fixed key a draw is a permutation of its counter: the first 2^32 draws of a stream are all
// different. Only 32-bit integer operations are used, so that AssemblyScript can say the same.
//
// Only one thing is left to chance: the seed of a campaign without `--seed`.
import { readU64 } from "./bytes.ts";

const GOLDEN = 0x9e3779b9;
const TO_WORD = 0x100000000;
const TO_UNIT = 1 / TO_WORD;

/** Mixes 32 bits so that each bit of the input changes every bit of the output half of the time. */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

function drawAt(keyLow: number, keyHigh: number, counter: number): number {
  let x = (Math.imul(counter, GOLDEN) + keyLow) | 0;
  x = Math.imul(x ^ (x >>> 17), 0xed5ad4bb);
  x = (x ^ (x >>> 11)) + keyHigh;
  x = Math.imul(x, 0xac4c1b51);
  x = Math.imul(x ^ (x >>> 15), 0x31848bab);
  return (x ^ (x >>> 14)) >>> 0;
}

function keyLowOf(seedHigh: number, seedLow: number, stream: number): number {
  return mix32(mix32(mix32(seedLow ^ GOLDEN) + seedHigh) + stream);
}

function keyHighOf(keyLow: number, seedHigh: number, stream: number): number {
  return mix32(mix32(keyLow ^ 0x85ebca6b) + mix32(seedHigh + 0xc2b2ae35) + stream);
}

/** The 32-bit draw number `counter` of a stream, without a generator object. */
export function randomU32(seed: SeedWords, stream: number, counter: number): number {
  const low = keyLowOf(seed.high, seed.low, stream);
  return drawAt(low, keyHighOf(low, seed.high, stream), counter);
}

/** A 64-bit seed as two unsigned words. */
export interface SeedWords {
  readonly high: number;
  readonly low: number;
}

/**
 * Draws are made so many at a time: they do not depend on each other, so a processor works on
 * several at once, which it cannot where each is waited for.
 */
const BLOCK = 64;

/** Draws from one stream at a time; `start` moves to another without allocating. */
export class Prng {
  #keyLow = 0;
  #keyHigh = 0;
  /** The next draws, as parts of 1: exact, because a draw has 32 bits. */
  readonly #block = new Float64Array(BLOCK);
  /** Draws that blocks were filled with since `start`. */
  #drawn = 0;
  /** Draws of the block that were used. */
  #used = BLOCK;

  constructor(seed: SeedWords, stream = 0) {
    this.start(seed, stream);
  }

  /** Goes to the beginning of a stream. The keys are kept signed: V8 holds such words unboxed. */
  start(seed: SeedWords, stream: number): void {
    this.#keyLow = keyLowOf(seed.high, seed.low, stream) | 0;
    this.#keyHigh = keyHighOf(this.#keyLow, seed.high, stream) | 0;
    this.#drawn = 0;
    this.#used = BLOCK;
  }

  /** How many draws were made since `start`. */
  get counter(): number {
    return this.#drawn + this.#used - BLOCK;
  }

  /** Any unsigned 32-bit number. */
  next(): number {
    return this.#part() * TO_WORD;
  }

  /** A whole number from 0 to `count` - 1; `count` is at most 2^31. */
  below(count: number): number {
    return (this.#part() * count) | 0;
  }

  /** A whole number from `first` to `last`, both included. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** True once in `count` draws. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** One of a list that is not empty. */
  pick<T>(list: ArrayLike<T>): T {
    return list[this.below(list.length)];
  }

  /** An index into `weights`, each as likely as its weight; the weights must not all be 0. */
  weighted(weights: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i];
    let rest = this.#part() * total;
    let chosen = 0;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] <= 0) continue;
      chosen = i;
      rest -= weights[i];
      if (rest < 0) break;
    }
    return chosen;
  }

  /** The next draw, from 0 to just below 1. */
  #part(): number {
    if (this.#used === BLOCK) this.#fill();
    return this.#block[this.#used++];
  }

  #fill(): void {
    const block = this.#block;
    const low = this.#keyLow;
    const high = this.#keyHigh;
    const first = this.#drawn;
    for (let i = 0; i < BLOCK; i++) block[i] = drawAt(low, high, first + i) * TO_UNIT;
    this.#drawn = first + BLOCK;
    this.#used = 0;
  }
}

/**
 * A fresh 64-bit seed. It is printed in the first line of the run, so that the run can be repeated.
 */
export function freshSeed(): bigint {
  return readU64(crypto.getRandomValues(new Uint8Array(8)), 0);
}
