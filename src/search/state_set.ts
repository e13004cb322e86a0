// A set of heap states, each a number of 64 bits in two words: open addressing in one array, since
// there may be millions of them. Written down it is a text, the states in ascending order.
import { UserError } from "../base/user_error.ts";

const START_ROOM = 1 << 10;
const STATE_BYTES = 8;
/** Of four places three are taken at most. */
const FULL_QUARTERS = 3;

export class StateSet {
  /** High and low word of each place; both 0 where it is empty. */
  #places = new Int32Array(2 * START_ROOM);
  #size = 0;
  /** The state of two zeroes cannot stand in a place. */
  #hasZero = false;

  get size(): number {
    return this.#size + Number(this.#hasZero);
  }

  /** Adds a state; false if it was there. */
  add(high: number, low: number): boolean {
    if ((high | low) === 0) {
      const isNew = !this.#hasZero;
      this.#hasZero = true;
      return isNew;
    }
    if (4 * (this.#size + 1) > FULL_QUARTERS * (this.#places.length / 2)) this.#grow();
    const isNew = put(this.#places, high, low);
    if (isNew) this.#size++;
    return isNew;
  }

  has(high: number, low: number): boolean {
    return (high | low) === 0 ? this.#hasZero : isIn(this.#places, high, low);
  }

  /**
   * Adds all states of a text such as `text` is. Returns those that were not there, as such a text.
   * Throws a UserError for a text that holds no states.
   */
  addText(text: string): string {
    const bytes = Buffer.from(text, "base64");
    if (bytes.length % STATE_BYTES !== 0) throw new UserError("holds no set of heap states");
    const added = Buffer.alloc(bytes.length);
    let end = 0;
    for (let at = 0; at < bytes.length; at += STATE_BYTES) {
      if (!this.add(bytes.readInt32BE(at), bytes.readInt32BE(at + 4))) continue;
      bytes.copy(added, end, at, at + STATE_BYTES);
      end += STATE_BYTES;
    }
    return added.toString("base64", 0, end);
  }

  /** The states in ascending order, 8 bytes each, in base64. */
  get text(): string {
    const states: bigint[] = this.#hasZero ? [0n] : [];
    for (let at = 0; at < this.#places.length; at += 2) {
      const [high, low] = this.#places.subarray(at, at + 2);
      if ((high | low) !== 0) states.push((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
    }
    states.sort((one, other) => (one < other ? -1 : 1));
    const bytes = Buffer.alloc(STATE_BYTES * states.length);
    for (const [i, state] of states.entries()) bytes.writeBigUInt64BE(state, STATE_BYTES * i);
    return bytes.toString("base64");
  }

  #grow(): void {
    const grown = new Int32Array(2 * this.#places.length);
    for (let at = 0; at < this.#places.length; at += 2) {
      const [high, low] = [this.#places[at], this.#places[at + 1]];
      if ((high | low) !== 0) put(grown, high, low);
    }
    this.#places = grown;
  }
}

/** Puts a state into its place; false if it is there. */
function put(places: Int32Array, high: number, low: number): boolean {
  const at = placeFor(places, high, low);
  if ((places[at] | places[at + 1]) !== 0) return false;
  places[at] = high;
  places[at + 1] = low;
  return true;
}

function isIn(places: Int32Array, high: number, low: number): boolean {
  const at = placeFor(places, high, low);
  return (places[at] | places[at + 1]) !== 0;
}

/** Where a state stands, or would: an empty place. */
function placeFor(places: Int32Array, high: number, low: number): number {
  const last = places.length - 2;
  let at = ((Math.imul(high ^ (low >>> 7), 0x9e3779b1) ^ low) << 1) & last;
  while ((places[at] | places[at + 1]) !== 0) {
    if (places[at] === high && places[at + 1] === low) break;
    at = (at + 2) & last;
  }
  return at;
}
