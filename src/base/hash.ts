// Digests: a running 64-bit digest of words, and sums of digests that do not depend on their order.
// They tell runs apart, but do not withstand an attempt to make two runs look the same.
import { highWord, joinU64, lowWord } from "./bytes.ts";
import { hex64OfWords } from "./hex.ts";
import { mix32 } from "./prng.ts";

const HIGH_START = 0x6a09e667;
const LOW_START = 0xbb67ae85;

/** A running digest in two 32-bit lanes that are mixed with each other at the end. */
export class Digest {
  #high = HIGH_START;
  #low = LOW_START;
  #count = 0;

  /** Begins a new digest. */
  clear(): this {
    this.#high = HIGH_START;
    this.#low = LOW_START;
    this.#count = 0;
    return this;
  }

  /** Takes in one 32-bit word. */
  word(value: number): this {
    const high = Math.imul(this.#high ^ value, 0x9e3779b1);
    const low = Math.imul(((this.#low << 13) | (this.#low >>> 19)) + (value | 0), 0x85ebca77);
    this.#high = high ^ (high >>> 15);
    this.#low = low ^ (low >>> 16);
    this.#count++;
    return this;
  }

  /** Takes in a 64-bit number. */
  long(value: bigint): this {
    return this.word(lowWord(value)).word(highWord(value));
  }

  /** Takes in words first to last - 1 of an array. */
  words(values: ArrayLike<number>, first = 0, last = values.length): this {
    let high = this.#high;
    let low = this.#low;
    for (let i = first; i < last; i++) {
      const value = values[i] | 0;
      high = Math.imul(high ^ value, 0x9e3779b1);
      low = Math.imul(((low << 13) | (low >>> 19)) + value, 0x85ebca77);
      high ^= high >>> 15;
      low ^= low >>> 16;
    }
    this.#high = high;
    this.#low = low;
    this.#count += Math.max(last - first, 0);
    return this;
  }

  /** Takes in bytes, and how many they are. */
  bytes(values: ArrayLike<number>): this {
    const { length } = values;
    const words = new Int32Array(length >>> 2);
    for (let i = 0, at = 0; i < words.length; i++, at += 4) {
      words[i] =
        values[at] | (values[at + 1] << 8) | (values[at + 2] << 16) | (values[at + 3] << 24);
    }
    this.words(words);
    for (let at = words.length * 4; at < length; at++) this.word(values[at]);
    return this.word(length);
  }

  /** Takes in a text, by its UTF-16 units. */
  text(value: string): this {
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
    return this.word(value.length);
  }

  /** The high word of the digest so far. */
  get high(): number {
    return mix32(this.#high + mix32(this.#low ^ this.#count));
  }

  /** The low word of the digest so far. */
  get low(): number {
    return mix32(this.#low + mix32(this.#high + this.#count));
  }

  get value(): bigint {
    return joinU64(this.high, this.low);
  }

  /** Sixteen hex digits. */
  get hex(): string {
    return hex64OfWords(this.high, this.low);
  }
}

/** A sum of digests modulo 2^64: the same whatever the order, and sums of parts can be added up. */
export class DigestSum {
  #high = 0;
  #low = 0;

  /** Adds a digest, given as two words. */
  add(high: number, low: number): this {
    const sum = this.#low + (low >>> 0);
    this.#low = sum >>> 0;
    this.#high = (this.#high + high + (sum > 0xffffffff ? 1 : 0)) >>> 0;
    return this;
  }

  get high(): number {
    return this.#high;
  }

  get low(): number {
    return this.#low;
  }

  get value(): bigint {
    return joinU64(this.#high, this.#low);
  }

  /** Sixteen hex digits. */
  get hex(): string {
    return hex64OfWords(this.#high, this.#low);
  }
}

/** The digest of a text, as sixteen hex digits. */
export function digestOfText(text: string): string {
  return new Digest().text(text).hex;
}
