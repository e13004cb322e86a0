// Objects that were allocated in a row, as long as all of them are held: `freen` can give them
// back.
import { SLOTS_MAX } from "./holdings.ts";

const GROUPS_MAX = 64;

export class Groups {
  count = 0;
  readonly #first = new Uint16Array(GROUPS_MAX);
  readonly #size = new Uint8Array(GROUPS_MAX);
  readonly #owner = new Uint8Array(GROUPS_MAX);
  /** By slot: it was in a group. */
  readonly #wasGrouped = new Uint8Array(SLOTS_MAX);

  /** Forgets all groups; so many slots were in use. */
  clear(slotCount: number): void {
    this.count = 0;
    this.#wasGrouped.fill(0, 0, slotCount);
  }

  first(group: number): number {
    return this.#first[group];
  }

  size(group: number): number {
    return this.#size[group];
  }

  owner(group: number): number {
    return this.#owner[group];
  }

  /** One more; what does not fit is forgotten. */
  add(owner: number, first: number, size: number): void {
    if (this.count === GROUPS_MAX) return;
    this.#first[this.count] = first;
    this.#size[this.count] = size;
    this.#owner[this.count] = owner;
    this.count++;
    this.#wasGrouped.fill(1, first, first + size);
  }

  /** A group of which one object went is no group any more. */
  breakUp(slot: number): void {
    if (this.#wasGrouped[slot] === 0) return;
    for (let i = 0; i < this.count; i++) {
      if (slot < this.#first[i] || slot >= this.#first[i] + this.#size[i]) continue;
      this.#drop(i);
      return;
    }
  }

  dropAllOf(owner: number): void {
    for (let i = this.count - 1; i >= 0; i--) if (this.#owner[i] === owner) this.#drop(i);
  }

  #drop(group: number): void {
    const last = --this.count;
    this.#first[group] = this.#first[last];
    this.#size[group] = this.#size[last];
    this.#owner[group] = this.#owner[last];
  }
}
