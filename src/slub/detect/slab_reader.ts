// Walks the slabs of one cache in linear memory and counts free objects: read only, bounded, and
// with plain numbers, because a campaign does it in every case.
import {
  CacheLayout,
  CpuSheavesLayout,
  FROZEN_BIT,
  MAX_FULL_SHEAVES,
  SheafLayout,
  SheavesLayout,
  STRUCT_PAGE_SIZE,
  Window,
} from "../../abi.ts";
import type { SlabHeap } from "../core/heap.ts";
import { linearOfWindow } from "../core/memory.ts";
import { pageLayoutOf } from "../core/struct_page.ts";
import type { Layout } from "../oracle/layout.ts";
import { pageOfStructPage } from "../oracle/ram.ts";
import type { Shadow } from "../oracle/shadow.ts";
import { NONE } from "../oracle/slabs.ts";
import type { Invariant } from "../oracle/violation.ts";

/** No list of a generated program is longer. */
const SLABS_MAX = 4096;

export class SlabReader {
  /** Free objects seen since open(). */
  free = 0;
  /** Slabs on the partial list. */
  listed = 0;
  readonly #u32: Uint32Array;
  readonly #shadow: Shadow;
  /** Word offsets of the fields of a struct page. */
  readonly #freelist: number;
  readonly #counters: number;
  readonly #list: number;
  readonly #owner: number;
  readonly #ram: number;
  readonly #memMap: number;
  #cache = NONE;
  /** Pointers that a sheaf of the cache has room for. */
  #capacity = 0;
  #layout: Layout;

  constructor(heap: SlabHeap, shadow: Shadow) {
    this.#u32 = heap.views.u32;
    this.#shadow = shadow;
    const page = pageLayoutOf(heap.machine);
    this.#freelist = page.FREELIST / 4;
    this.#counters = page.COUNTERS / 4;
    this.#list = page.LIST / 4;
    this.#owner = page.SLAB_CACHE / 4;
    this.#ram = linearOfWindow(heap, Window.RAM) >>> 2;
    this.#memMap = linearOfWindow(heap, Window.MEM_MAP) >>> 2;
    this.#layout = shadow.caches.layouts[0];
  }

  /** Begins with a cache. */
  open(cache: number, layout: Layout): void {
    this.#cache = cache;
    this.#layout = layout;
    this.free = 0;
    this.listed = 0;
  }

  /** The cpu slab: the free list of the cpu, and the slab's own. */
  walkCpuSlab(pageAt: number, freelistAt: number): void {
    const page = this.#pageAt(pageAt);
    if (page === NONE) return;
    const before = this.free;
    this.#countChain(freelistAt);
    const lockless = this.free - before;
    this.#countChain(this.#wordOf(page) + this.#freelist);
    this.#compareSlab(page, this.free - before, lockless);
    this.#compareOwner(page);
  }

  /** Slabs that wait for the cpu, linked by their struct pages. */
  walkCpuPartial(pageAt: number): void {
    let page = this.#pageAt(pageAt);
    for (let i = 0; page !== NONE; i++) {
      if (i === SLABS_MAX) {
        this.#broken(i);
        return;
      }
      this.#countSlab(page);
      page = this.#pageAt(this.#wordOf(page) + this.#list);
    }
  }

  /** What CPUs and barn hold of the cache (7.3); `blockAt`: the word where its block begins. */
  walkSheaves(blockAt: number, cpus: number): void {
    this.#capacity = this.#u32[blockAt + SheavesLayout.CAPACITY / 4];
    for (let cpu = 0; cpu < cpus; cpu++) {
      const sheaves = blockAt + (cpu * CpuSheavesLayout.SIZE) / 4;
      this.#countSheaf(this.#offsetAt(sheaves + CpuSheavesLayout.MAIN / 4));
      this.#countSheaf(this.#offsetAt(sheaves + CpuSheavesLayout.SPARE / 4));
      this.#countSheaf(this.#offsetAt(sheaves + CpuSheavesLayout.RCU_FREE / 4));
    }
    let full = this.#u32[blockAt + SheavesLayout.NR_FULL / 4];
    if (full > MAX_FULL_SHEAVES) {
      this.#violate("sheaf-limits", full, MAX_FULL_SHEAVES);
      return;
    }
    let sheaf = this.#offsetAt(blockAt + SheavesLayout.BARN_FULL / 4);
    for (; full > 0 && sheaf !== NONE; full--) {
      this.#countSheaf(sheaf);
      sheaf = this.#offsetAt(this.#ram + (sheaf >>> 2));
    }
    if (full !== 0) this.#broken(full);
  }

  /** A sheaf at a RAM offset. */
  #countSheaf(at: number): void {
    if (at === NONE) return;
    const word = this.#ram + (at >>> 2);
    const size = this.#u32[word + SheafLayout.SIZE / 4];
    if (size > this.#capacity) {
      this.#violate("sheaf-limits", size, this.#capacity);
      return;
    }
    for (let i = 0; i < size; i++) {
      const object = this.#offsetAt(word + SheafLayout.OBJECTS / 4 + 2 * i);
      const wrong = object === NONE ? "freelist-escape" : this.#whatIsWrong(object);
      if (wrong !== undefined) {
        this.#violate(wrong, object, object);
        return;
      }
      this.free++;
    }
  }

  /** The node's partial list: list_heads, from the one in the kmem_cache round to it again. */
  walkNodeList(headAt: number): void {
    let page = this.#listedPage(headAt);
    for (let i = 0; page !== NONE; i++) {
      if (i === SLABS_MAX) {
        this.#broken(i);
        return;
      }
      this.listed++;
      this.#countSlab(page);
      this.#compareFrozen(page);
      page = this.#listedPage(this.#wordOf(page) + this.#list);
    }
  }

  #countSlab(page: number): void {
    const before = this.free;
    this.#countChain(this.#wordOf(page) + this.#freelist);
    this.#compareSlab(page, this.free - before, 0);
    this.#compareOwner(page);
  }

  /** A slab says which cache it belongs to; that lies at the beginning of RAM. */
  #compareOwner(page: number): void {
    const { machine } = this.#shadow;
    const found = this.#u32[this.#wordOf(page) + this.#owner];
    const expected = (machine.ramLow + this.#cache * CacheLayout.SIZE) >>> 0;
    if (found !== expected) this.#violate("slab-owner", found, expected);
  }

  #compareFrozen(page: number): void {
    const counters = this.#u32[this.#wordOf(page) + this.#counters];
    if (((counters >>> 16) & FROZEN_BIT) !== 0) this.#violate("slab-frozen", 1, 0);
  }

  #violate(invariant: Invariant, found: number, expected: number): void {
    this.#shadow.violate(invariant, this.#cache, NONE, found, expected);
  }

  /** inuse counts what is not on the slab's own list: the cpu's free objects, too. */
  #compareSlab(page: number, free: number, lockless: number): void {
    const counters = this.#u32[this.#wordOf(page) + this.#counters];
    const inuse = counters & 0xffff;
    const objects = (counters >>> 16) & ~FROZEN_BIT;
    if (inuse + free - lockless !== objects) {
      this.#violate("slab-inuse", inuse, objects - free + lockless);
    }
    if (objects > this.#layout.objects) {
      this.#violate("slab-objects", objects, this.#layout.objects);
    }
  }

  /** Counts a chain of free objects from the pointer at a word of linear memory. */
  #countChain(headAt: number): void {
    let at = this.#offsetAt(headAt);
    for (let count = 0; at !== NONE; count++) {
      if (count >= this.#layout.objects) {
        this.#violate("freelist-cycle", count, this.#layout.objects);
        return;
      }
      const wrong = this.#whatIsWrong(at);
      if (wrong !== undefined) {
        this.#violate(wrong, at, at);
        return;
      }
      this.free++;
      at = this.#offsetAt(this.#ram + ((at + this.#layout.offset) >>> 2));
    }
  }

  /** Not the start of an object, or of one that lives, as far as the shadow knows the slab. */
  #whatIsWrong(at: number): Invariant | undefined {
    const { slabs } = this.#shadow;
    const slab = slabs.slabAt(at);
    if (slab === NONE) return undefined;
    if (slabs.cache(slab) !== this.#cache) {
      // An empty slab may have been given back, and be another cache's now.
      return slabs.live(slab) > 0 ? "freelist-escape" : undefined;
    }
    const cell = slabs.cellAt(slab, this.#layout, at);
    if (cell < 0) return "freelist-escape";
    const object = slabs.cellObject[cell];
    if (object === NONE || this.#shadow.grace.isInSheaf(object)) return undefined;
    return "live-on-freelist";
  }

  #broken(found: number): void {
    this.#violate("broken-list", found, found);
  }

  /** RAM offset of the pointer at a word of linear memory; NONE for NULL. */
  #offsetAt(word: number): number {
    const low = this.#u32[word];
    const high = this.#u32[word + 1];
    if (low === 0 && high === 0) return NONE;
    const at = this.#shadow.ram.offsetOf(high, low);
    if (at === NONE) this.#violate("freelist-escape", low, low);
    return at;
  }

  /** RAM page of the struct page that a word of linear memory points at; NONE for NULL. */
  #pageAt(word: number): number {
    const low = this.#u32[word];
    const high = this.#u32[word + 1];
    if (low === 0 && high === 0) return NONE;
    return this.#pageOf(high, low);
  }

  #pageOf(high: number, low: number): number {
    const page = pageOfStructPage(this.#shadow.machine, high, low);
    if (page === NONE) this.#broken(low);
    return page;
  }

  /** The page whose list_head a link leads to; NONE at the head, which lies in RAM. */
  #listedPage(word: number): number {
    const low = this.#u32[word];
    const high = this.#u32[word + 1];
    if (this.#shadow.ram.offsetOf(high, low) !== NONE) return NONE;
    return this.#pageOf(high, low - this.#list * 4);
  }

  #wordOf(page: number): number {
    return this.#memMap + (page * STRUCT_PAGE_SIZE) / 4;
  }
}
