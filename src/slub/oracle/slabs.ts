// Slabs as the oracle sees them: a slab becomes known by the first object that was handed out from
// it, and is forgotten when, empty, it turns out to have become something else.
//
//   page number ─► slab ─► cell (object index) ─► the object that lives in it, or NONE
//
// Nothing is read from simulated memory: the pointers that allocations returned are all there is.
import { PAGE_SHIFT, PAGE_SIZE } from "../../abi.ts";
import { type Layout, slabBytes } from "./layout.ts";

/** No slab, no object. */
export const NONE = -1;

/**
 * Why an address is no place for an object of a cache; negative, so that a cell can be returned,
 * too.
 */
export const Misplaced = {
  /** Not where an object of its slab begins. */
  INTERIOR: -1,
  /** In a slab of another cache, or of another shape, that has live objects. */
  OTHER_SLAB: -2,
  /** Reaches out of RAM. */
  OUTSIDE: -3,
} as const;

const { INTERIOR } = Misplaced;

const START_SLABS = 64;
const START_CELLS = 4096;

/** Words of a row, one row a slab: what is asked for together lies together. */
const BASE = 0;
const CACHE = 1;
const PAGES = 2;
const OBJECTS = 3;
const LIVE = 4;
const FIRST_CELL = 5;
const GONE = 6;
const ROW = 8;

export class SlabTable {
  count = 0;
  #rows = new Int32Array(START_SLABS * ROW);
  /** By cell: the object that lives there. */
  cellObject = new Int32Array(START_CELLS).fill(NONE);
  /** By cell: the first payload byte is no longer what a constructor made it. */
  cellTouched = new Uint8Array(START_CELLS);
  cellCount = 0;
  readonly #slabOfPage: Int32Array;
  readonly #ramBytes: number;
  readonly #basePfn: number;

  constructor(ramPages: number, basePfn: number) {
    this.#slabOfPage = new Int32Array(ramPages).fill(NONE);
    this.#ramBytes = ramPages << PAGE_SHIFT;
    this.#basePfn = basePfn;
  }

  /** Forgets every slab; costs what was used. */
  clear(): void {
    for (let slab = 0; slab < this.count; slab++) this.#forgetPages(slab);
    this.cellObject.fill(NONE, 0, this.cellCount);
    this.cellTouched.fill(0, 0, this.cellCount);
    this.count = 0;
    this.cellCount = 0;
  }

  /** First byte, counted from the start of RAM. */
  base(slab: number): number {
    return this.#rows[slab * ROW + BASE];
  }

  /** Whether there is a slab, and it is one of the cache. */
  isOf(slab: number, cache: number): boolean {
    return slab !== NONE && this.cache(slab) === cache;
  }

  /** kmem_cache index. */
  cache(slab: number): number {
    return this.#rows[slab * ROW + CACHE];
  }

  /** Number of cells. */
  objects(slab: number): number {
    return this.#rows[slab * ROW + OBJECTS];
  }

  /** Objects alive in it. */
  live(slab: number): number {
    return this.#rows[slab * ROW + LIVE];
  }

  firstCell(slab: number): number {
    return this.#rows[slab * ROW + FIRST_CELL];
  }

  /** The slab was forgotten. */
  isGone(slab: number): boolean {
    return this.#rows[slab * ROW + GONE] !== 0;
  }

  /** An object lives in a cell from now on; tells which one did, NONE for none. */
  occupy(slab: number, cell: number, object: number): number {
    const before = this.cellObject[cell];
    if (before === NONE) this.#rows[slab * ROW + LIVE]++;
    this.cellObject[cell] = object;
    return before;
  }

  /** An object lives no more, unless another has its cell already. */
  vacate(slab: number, cell: number, object: number): void {
    if (this.cellObject[cell] !== object) return;
    this.cellObject[cell] = NONE;
    this.#rows[slab * ROW + LIVE]--;
  }

  /** The slab that a byte of RAM belongs to; NONE for a byte of no slab, or behind RAM. */
  slabAt(at: number): number {
    return this.#slabOfPage[at >>> PAGE_SHIFT] ?? NONE;
  }

  /** Index of the object whose cell holds the byte; `objects` and more mean the slab's tail. */
  indexAt(slab: number, layout: Layout, at: number): number {
    return Math.floor((at - this.base(slab)) / layout.size);
  }

  /** RAM offset of object `index`. */
  objectAt(slab: number, layout: Layout, index: number): number {
    return this.base(slab) + layout.redLeftPad + index * layout.size;
  }

  /** The cell at an object's address, or Misplaced.INTERIOR. */
  cellAt(slab: number, layout: Layout, at: number): number {
    const inner = at - this.base(slab) - layout.redLeftPad;
    const index = (inner / layout.size) | 0;
    const isStart = inner >= 0 && index * layout.size === inner;
    return isStart && index < this.objects(slab) ? this.firstCell(slab) + index : INTERIOR;
  }

  /**
   * The cell of an object that a cache handed out; a slab seen for the first time becomes known.
   */
  claim(cache: number, layout: Layout, at: number): number {
    const slab = this.slabAt(at);
    if (slab === NONE) return this.#discover(cache, layout, at);
    if (this.cache(slab) === cache) {
      const cell = this.cellAt(slab, layout, at);
      if (cell >= 0) return cell;
      if (this.live(slab) > 0) return cell;
    } else if (this.live(slab) > 0) {
      return Misplaced.OTHER_SLAB;
    }
    this.#forget(slab);
    return this.#discover(cache, layout, at);
  }

  /** Takes the empty slabs of a cache off the map: it was shrunk. */
  forgetEmpty(cache: number): void {
    for (let slab = 0; slab < this.count; slab++) {
      const isEmpty = this.cache(slab) === cache && this.live(slab) === 0;
      if (isEmpty && !this.isGone(slab)) this.#forget(slab);
    }
  }

  /** Takes the slabs of a destroyed cache off the map. */
  forgetCache(cache: number): void {
    for (let slab = 0; slab < this.count; slab++) {
      if (this.cache(slab) === cache && !this.isGone(slab)) this.#forget(slab);
    }
  }

  #discover(cache: number, layout: Layout, at: number): number {
    const base = this.#baseOf(layout, at);
    if (base < 0) return Misplaced.INTERIOR;
    if (base + PAGE_SIZE > this.#ramBytes) return Misplaced.OUTSIDE;
    const pages = this.#freePagesAt(base, slabBytes(layout) >>> PAGE_SHIFT);
    const objects = Math.min(layout.objects, Math.floor((pages << PAGE_SHIFT) / layout.size));
    if (objects === 0) return Misplaced.OTHER_SLAB;
    return this.cellAt(this.#add(cache, base, pages, objects), layout, at);
  }

  /**
   * Blocks of pages are aligned to their size; a slab of a smaller order begins at its first
   * object.
   */
  #baseOf(layout: Layout, at: number): number {
    const mask = (slabBytes(layout) >>> PAGE_SHIFT) - 1;
    const pfn = this.#basePfn + (at >>> PAGE_SHIFT);
    const base = ((pfn & ~mask) - this.#basePfn) << PAGE_SHIFT;
    const first = at - layout.redLeftPad;
    if ((first - base) % layout.size === 0) return base;
    return (first & (PAGE_SIZE - 1)) === 0 ? first : base;
  }

  /** How many of the pages from `base` on are not held by live objects; empty slabs there go. */
  #freePagesAt(base: number, wanted: number): number {
    for (let i = 0; i < wanted; i++) {
      const at = base + (i << PAGE_SHIFT);
      if (at >= this.#ramBytes) return i;
      const slab = this.slabAt(at);
      if (slab === NONE) continue;
      if (this.live(slab) > 0) return i;
      this.#forget(slab);
    }
    return wanted;
  }

  #add(cache: number, base: number, pages: number, objects: number): number {
    const slab = this.count++;
    const row = slab * ROW;
    if (row === this.#rows.length) this.#rows = grown(this.#rows, row * 2);
    this.#rows[row + BASE] = base;
    this.#rows[row + CACHE] = cache;
    this.#rows[row + PAGES] = pages;
    this.#rows[row + OBJECTS] = objects;
    this.#rows[row + LIVE] = 0;
    this.#rows[row + FIRST_CELL] = this.cellCount;
    this.#rows[row + GONE] = 0;
    this.#addCells(objects);
    const firstPage = base >>> PAGE_SHIFT;
    this.#slabOfPage.fill(slab, firstPage, firstPage + pages);
    return slab;
  }

  #addCells(count: number): void {
    this.cellCount += count;
    if (this.cellCount <= this.cellObject.length) return;
    const size = Math.max(this.cellCount, this.cellObject.length * 2);
    const objects = new Int32Array(size).fill(NONE);
    objects.set(this.cellObject);
    this.cellObject = objects;
    const touched = new Uint8Array(size);
    touched.set(this.cellTouched);
    this.cellTouched = touched;
  }

  #forget(slab: number): void {
    this.#forgetPages(slab);
    this.#rows[slab * ROW + GONE] = 1;
  }

  #forgetPages(slab: number): void {
    const first = this.base(slab) >>> PAGE_SHIFT;
    const end = first + this.#rows[slab * ROW + PAGES];
    for (let page = first; page < end; page++) {
      if (this.#slabOfPage[page] === slab) this.#slabOfPage[page] = NONE;
    }
  }
}

/** A longer copy. */
export function grown(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(size);
  longer.set(array);
  return longer;
}
