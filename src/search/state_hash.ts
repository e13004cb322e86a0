// A number for a state, in two words: what comes in an order is mixed in, what comes in none is
// added up. As in `Digest` (base/hash.ts), of which this is the part that runs a million times a
// second.

const HIGH_START = 0x6a09e667;
const LOW_START = 0xbb67ae85 | 0;

export class StateHash {
  high = HIGH_START;
  low = LOW_START;

  clear(): void {
    this.high = HIGH_START;
    this.low = LOW_START;
  }

  mix(value: number): void {
    const high = Math.imul(this.high ^ value, 0x9e3779b1);
    const low = Math.imul(((this.low << 13) | (this.low >>> 19)) + value, 0x85ebca77);
    this.high = high ^ (high >>> 15);
    this.low = low ^ (low >>> 16);
  }

  add(value: number): void {
    const mixed = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
    this.high = (this.high + Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39)) | 0;
    this.low = (this.low + Math.imul(mixed ^ (mixed >>> 13), 0x846ca68b)) | 0;
  }
}

/** What a part of a state adds to a sum. */
export function partOfSum(value: number): number {
  const mixed = Math.imul(value, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
