// The first slab of a new cache, with objects in it whose places are known: a new slab hands its
// objects out from its first cell to its last.
//
//   ╞ at(0) ╪ at(1) ╪ ... ╪ at(cells - 1) ╪ ... ╡
//
// 3.10 turns the list of a new slab around when it is debugged: after the first object it hands out
// the last one, then the one before that. 7.3 fills a sheaf, and hands its objects out from the
// last to the first; a bulk allocation takes them straight from the slab. With a randomised
// freelist only the slab is known.
import { Profile } from "../../../abi.ts";
import { isDebugCache, type Layout, sheafCapacityOf, waitsInSheaves } from "../../oracle/layout.ts";
import type { Draft } from "../draft.ts";
import { Feature } from "../features.ts";

/** A slab of no more objects is filled without much ado. */
const FULL_MAX = 32;
/** Objects of a slab that is not filled. */
const ROW = 8;

export class OwnSlab {
  cache = 0;
  /** Slot of the object that was obtained first; the others follow. */
  first = 0;
  /** Objects that were obtained. */
  count = 0;
  /** Those of them that lie side by side. */
  cells = 0;
  #isBackwards = false;
  /** The slot of the object in the lowest cell, where they come backwards. */
  #lowest = 0;

  /** The slot of the object in a cell; cells count from the lowest address on. */
  at(cell: number): number {
    return this.#isBackwards ? this.#lowest - cell : this.first + cell;
  }

  /** Obtains objects: all of the slab, or the first few. */
  fill(draft: Draft, cache: number, isFull: boolean): this {
    const layout = draft.caches.layout[cache];
    const fills = layout.objects <= FULL_MAX && (isFull || draft.prng.oneIn(2));
    const inSheaves = waitsInSheaves(layout);
    // Out of a sheaf come objects of several slabs.
    const needsBulk = inSheaves && fills && (draft.allowed & Feature.BULK) !== 0;
    const isBulk = (draft.has(Feature.BULK) && draft.prng.oneIn(4)) || needsBulk;
    this.cache = cache;
    this.count = fills ? layout.objects : Math.min(layout.objects, ROW);
    this.first = draft.allocMany(cache, this.count, isBulk);
    this.cells = this.count;
    const isTurned = draft.profile === Profile.V310 && isDebugCache(layout);
    this.#isBackwards = isTurned || (inSheaves && !isBulk);
    if (isTurned) this.cells--;
    else if (this.#isBackwards) this.cells = Math.min(this.count, firstPartOf(layout));
    this.#lowest = this.first + (isTurned ? this.count : this.cells) - 1;
    return this;
  }
}

/** Objects of the first slab that are on top of a new sheaf: what other slabs leave room for. */
function firstPartOf(layout: Layout): number {
  const capacity = sheafCapacityOf(layout);
  return capacity - layout.objects * (Math.ceil(capacity / layout.objects) - 1);
}

const slab = new OwnSlab();

/** Objects of a slab: all of them, or the first few. */
export function ownSlab(draft: Draft): OwnSlab {
  return slab.fill(draft, draft.caches.addOwn(), false);
}

/** All objects of a slab; behind them lie `tailMin` bytes or more. */
export function fullSlab(draft: Draft, tailMin = 0, lettersAway = 0): OwnSlab {
  return slab.fill(draft, draft.caches.addFull(FULL_MAX, tailMin, lettersAway), true);
}
