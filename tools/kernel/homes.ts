// Which slots still point into the slab that they were filled from. A slab that was given back may
// come again on one machine and not on the other.
import { Letter, PageFlag } from "../../src/abi.ts";
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import { readCache } from "../../src/slub/core/kmem_cache.ts";
import { type PageFields, readPage, slabOf } from "../../src/slub/core/struct_page.ts";

interface Home {
  readonly page: bigint;
  readonly epoch: number;
}

export class Homes {
  readonly #heap: SlabHeap;
  readonly #bySlot = new Map<string, Home>();
  /** The struct pages of slabs that slots point into, and their caches. */
  readonly #watched = new Map<bigint, number | undefined>();
  readonly #gone = new Map<bigint, number>();
  #epoch = 0;

  constructor(heap: SlabHeap) {
    this.#heap = heap;
  }

  /** A slot was filled. */
  settle(slot: string, pointer: bigint): void {
    const slab = slabOf(this.#heap, pointer);
    if (slab === undefined) {
      this.#bySlot.delete(slot);
      return;
    }
    this.#watched.set(slab.page, slab.cache);
    this.#bySlot.set(slot, { page: slab.page, epoch: this.#epoch });
  }

  /** Notices what was given back; true if something was. */
  look(): boolean {
    const before = this.#watched.size;
    this.#epoch++;
    for (const [page, cache] of this.#watched) {
      const now = readPage(this.#heap, page);
      if (now !== undefined && this.#isStill(now, cache)) continue;
      this.#watched.delete(page);
      this.#gone.set(page, this.#epoch);
    }
    return this.#watched.size < before;
  }

  /** An empty slab of an RCU cache may be on its way already, or not yet. */
  #isStill(page: PageFields, cache: number | undefined): boolean {
    if ((page.flags & PageFlag.SLAB) === 0 || page.cache !== cache) return false;
    const isLate = cache !== undefined && (readCache(this.#heap, cache).letters & Letter.R) !== 0;
    return !isLate || page.inuse > 0;
  }

  /** True for a slot that points at what was given back, or at pages that are no slab. */
  isGone(slot: string, pointer: bigint): boolean {
    const home = this.#bySlot.get(slot);
    if (home === undefined) return false;
    return (
      (this.#gone.get(home.page) ?? -1) > home.epoch || slabOf(this.#heap, pointer) === undefined
    );
  }
}
