// The linked lists that a program keeps in its own memory, as they must be: every entry has two
// neighbours that know it. A list operation follows pointers out of memory, so it is sound only if
// the entries it touches are still what the program made them: not overwritten, not given back, not
// lying beyond the object that they belong to.
import { NONE } from "./slabs.ts";

const START_ENTRIES = 16;

/** Bytes of a list_head. */
export const LIST_HEAD_BYTES = 16;

export class ListTable {
  /** Entries, heads included; none is ever taken out, so that a stale one is known again. */
  count = 0;
  #high = new Uint32Array(START_ENTRIES);
  #low = new Uint32Array(START_ENTRIES);
  /** The object that holds the entry, NONE for foreign memory. */
  #object = new Int32Array(START_ENTRIES);
  #next = new Int32Array(START_ENTRIES);
  #prev = new Int32Array(START_ENTRIES);
  #isSound = new Uint8Array(START_ENTRIES);

  clear(): void {
    this.count = 0;
  }

  /** The entry at an address, NONE if there never was one. */
  find(high: number, low: number): number {
    for (let i = 0; i < this.count; i++) {
      if (this.#low[i] === low && this.#high[i] === high) return i;
    }
    return NONE;
  }

  /** Initialises an entry: it is alone. `isSound`: the memory is the program's. */
  init(high: number, low: number, object: number, isSound: boolean): number {
    let entry = this.find(high, low);
    if (entry === NONE) entry = this.#add(high, low);
    this.#object[entry] = object;
    this.#next[entry] = entry;
    this.#prev[entry] = entry;
    this.#isSound[entry] = isSound ? 1 : 0;
    return entry;
  }

  /** Whether an entry is in order, and is in a list of which both neighbours are. */
  isSound(entry: number): boolean {
    if (entry === NONE || this.#isSound[entry] === 0) return false;
    return this.#isSound[this.#next[entry]] !== 0 && this.#isSound[this.#prev[entry]] !== 0;
  }

  isAlone(entry: number): boolean {
    return this.#next[entry] === entry;
  }

  next(entry: number): number {
    return this.#next[entry];
  }

  prev(entry: number): number {
    return this.#prev[entry];
  }

  /** Puts an entry between two neighbours. */
  link(entry: number, prev: number, next: number): void {
    this.#next[prev] = entry;
    this.#prev[entry] = prev;
    this.#next[entry] = next;
    this.#prev[next] = entry;
  }

  /** Takes an entry out; its own links are worthless then. */
  unlink(entry: number): void {
    this.#next[this.#prev[entry]] = this.#next[entry];
    this.#prev[this.#next[entry]] = this.#prev[entry];
    this.#next[entry] = entry;
    this.#prev[entry] = entry;
    this.#isSound[entry] = 0;
  }

  /** Something else was written over these bytes. */
  overwrite(high: number, low: number, length: number): void {
    for (let i = 0; i < this.count; i++) {
      if (this.#high[i] !== high) continue;
      if (this.#low[i] < low + length && low < this.#low[i] + LIST_HEAD_BYTES) this.#isSound[i] = 0;
    }
  }

  /** The object went away, and its entries with it. */
  release(object: number): void {
    for (let i = 0; i < this.count; i++) if (this.#object[i] === object) this.#isSound[i] = 0;
  }

  #add(high: number, low: number): number {
    if (this.count === this.#high.length) this.#grow();
    this.#high[this.count] = high;
    this.#low[this.count] = low;
    return this.count++;
  }

  #grow(): void {
    const size = this.#high.length * 2;
    this.#high = copyInto(new Uint32Array(size), this.#high);
    this.#low = copyInto(new Uint32Array(size), this.#low);
    this.#object = copyInto(new Int32Array(size), this.#object);
    this.#next = copyInto(new Int32Array(size), this.#next);
    this.#prev = copyInto(new Int32Array(size), this.#prev);
    this.#isSound = copyInto(new Uint8Array(size), this.#isSound);
  }
}

function copyInto<T extends { set(source: T): void }>(target: T, source: T): T {
  target.set(source);
  return target;
}
