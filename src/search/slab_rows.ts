// What one reading of a heap finds out about each slab: a row for each, in the order of discovery.
import { NONE } from "../slub/oracle/slabs.ts";

/** Slabs of all caches of a scope. */
export const SLABS_MAX = 256;

export class SlabRows {
  count = 0;
  /** Its first page, and its cache. */
  readonly page = new Int32Array(SLABS_MAX);
  readonly cache = new Int32Array(SLABS_MAX);
  /** When lists led to it, from 1 on; 0 for a slab that no list leads to. */
  readonly place = new Int32Array(SLABS_MAX);
  readonly isListed = new Uint8Array(SLABS_MAX);
  /** Its objects that are in use, that are free, and that are on its own free list. */
  readonly used = new Int32Array(SLABS_MAX);
  readonly free = new Int32Array(SLABS_MAX);
  readonly chain = new Int32Array(SLABS_MAX);
  /** A sum over its objects that are in use. */
  readonly sum = new Int32Array(SLABS_MAX);
  /** Places that are taken. */
  #places = 0;

  clear(): void {
    this.count = 0;
    this.#places = 0;
  }

  /** A row for a slab; NONE where there is no room. */
  add(page: number, cache: number): number {
    if (this.count === SLABS_MAX) return NONE;
    const slab = this.count++;
    this.page[slab] = page;
    this.cache[slab] = cache;
    this.place[slab] = 0;
    this.isListed[slab] = 0;
    this.used[slab] = 0;
    this.free[slab] = 0;
    this.chain[slab] = 0;
    this.sum[slab] = 0;
    return slab;
  }

  /** Slabs are told apart by the order in which lists lead to them. */
  placeOf(slab: number): number {
    if (this.place[slab] === 0) this.place[slab] = ++this.#places;
    return this.place[slab];
  }
}
