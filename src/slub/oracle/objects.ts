// Every object that a program obtained, in the order in which it did: the number of an object is
// its name in all findings.
import { grown, NONE } from "./slabs.ts";
import { WriteTable } from "./writes.ts";

const START_OBJECTS = 256;

/** Words of a row, one row an object: what is asked for together lies together. */
const AT = 0;
const CACHE = 1;
const CELL = 2;
const SLAB = 3;
const ASKED = 4;
const BORN = 5;
const DIED = 6;
const ROW = 8;

/** Words of what only some objects have, 0 for all others. */
const MOST = 0;
const MEASURED = 1;
const PAGES = 2;
const RARE_ROW = 4;

export class ObjectTable {
  count = 0;
  /** What the program wrote into each. */
  readonly writes = new WriteTable();
  #rows = new Int32Array(START_OBJECTS * ROW);
  #rare = new Int32Array(START_OBJECTS * RARE_ROW);
  /** The address of an object outside of RAM, as two words. */
  #high = new Int32Array(START_OBJECTS);
  #low = new Int32Array(START_OBJECTS);

  clear(): void {
    this.#rare.fill(0, 0, this.count * RARE_ROW);
    this.writes.clear(this.count);
    this.count = 0;
  }

  /** A new object of a kmem_cache, NONE for whole pages; `at`: from the start of RAM. */
  add(at: number, cache: number, asked: number, op: number, slab = NONE, cell = NONE): number {
    const id = this.count++;
    const row = id * ROW;
    if (row === this.#rows.length) this.#grow();
    const rows = this.#rows;
    rows[row + AT] = at;
    rows[row + CACHE] = cache;
    rows[row + CELL] = cell;
    rows[row + SLAB] = slab;
    rows[row + ASKED] = asked;
    rows[row + BORN] = op;
    rows[row + DIED] = NONE;
    return id;
  }

  /** The object is that of a cell. */
  settle(id: number, slab: number, cell: number): void {
    this.#rows[id * ROW + SLAB] = slab;
    this.#rows[id * ROW + CELL] = cell;
  }

  /** The object lies outside of RAM. */
  placeElsewhere(id: number, high: number, low: number): void {
    this.#high[id] = high;
    this.#low[id] = low;
  }

  /** From the start of RAM; NONE for an address elsewhere. */
  at(id: number): number {
    return this.#rows[id * ROW + AT];
  }

  /** Whether an object begins at an address; `at`: its offset from the start of RAM. */
  isAt(id: number, at: number, high: number, low: number): boolean {
    if (this.at(id) !== at) return false;
    return at !== NONE || (this.#high[id] === (high | 0) && this.#low[id] === (low | 0));
  }

  /** The address of an object outside of RAM. */
  high(id: number): number {
    return this.#high[id];
  }

  low(id: number): number {
    return this.#low[id];
  }

  /** kmem_cache index; NONE for whole pages. */
  cache(id: number): number {
    return this.#rows[id * ROW + CACHE];
  }

  /** Its cell; NONE where it fits no slab. */
  cell(id: number): number {
    return this.#rows[id * ROW + CELL];
  }

  slab(id: number): number {
    return this.#rows[id * ROW + SLAB];
  }

  /** Bytes that the program asked for. */
  asked(id: number): number {
    return this.#rows[id * ROW + ASKED];
  }

  /** The most that it asked for while it lived: krealloc can make it smaller. */
  askedMost(id: number): number {
    return Math.max(this.asked(id), this.#rare[id * RARE_ROW + MOST]);
  }

  /** The object stays where it is, and its owner has another number of bytes. */
  resize(id: number, asked: number): void {
    this.#rare[id * RARE_ROW + MOST] = this.askedMost(id);
    this.#rows[id * ROW + ASKED] = asked;
  }

  /** ksize told its owner how much there is: from then on all of it is the owner's. */
  isMeasured(id: number): boolean {
    return this.#rare[id * RARE_ROW + MEASURED] !== 0;
  }

  measure(id: number): void {
    this.#rare[id * RARE_ROW + MEASURED] = 1;
  }

  /** Pages that hold it, if it is no slab object. */
  pages(id: number): number {
    return this.#rare[id * RARE_ROW + PAGES];
  }

  takePages(id: number, pages: number): void {
    this.#rare[id * RARE_ROW + PAGES] = pages;
  }

  /** Operation that obtained it. */
  bornAt(id: number): number {
    return this.#rows[id * ROW + BORN];
  }

  /** Operation that gave it back; NONE while it lives. */
  diedAt(id: number): number {
    return this.#rows[id * ROW + DIED];
  }

  isLive(id: number): boolean {
    return this.#rows[id * ROW + DIED] === NONE;
  }

  die(id: number, op: number): void {
    this.#rows[id * ROW + DIED] = op;
  }

  /** The object that lived in a cell last, NONE if none ever did. */
  lastIn(cell: number): number {
    let id = this.count - 1;
    while (id >= 0 && this.cell(id) !== cell) id--;
    return id;
  }

  #grow(): void {
    const size = 2 * (this.#rows.length / ROW);
    this.#rows = grown(this.#rows, size * ROW);
    this.#rare = grown(this.#rare, size * RARE_ROW);
    this.writes.reserve(size);
    this.#high = grown(this.#high, size);
    this.#low = grown(this.#low, size);
  }
}
