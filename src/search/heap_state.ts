// The state of a heap as one number, and what is wrong with it: read after every program of an
// exhaustive search, so with plain numbers and without allocating.
//
// Sees: objects that overlap, or lie at no object's place of a slab of their cache; a free list
// that leaves its slab, runs in a circle, or holds an object that is in use; objects and slabs
// that are lost or counted wrong; a partial list whose links do not lead back; pages that are not
// given back; written words of objects in use that changed. Does not see: red zones, poison and
// tracks (the oracle looks at those once for each state, search/explorer.ts).
//
// Two heaps are in the same state if CPUs and nodes hold slabs in the same order, with the same
// objects free in the same order, and the same words written. Where slabs lie in memory, which
// name an object has, and bytes that nobody owns make no difference.
import {
  CacheLayout,
  CpuSheavesLayout,
  CpuSlabLayout,
  FROZEN_BIT,
  Letter,
  MAX_FULL_SHEAVES,
  PAGE_SHIFT,
  PageFlag,
  SheafLayout,
  SheavesLayout,
} from "../abi.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import { type CacheFields, linearOfSheaves, readCache } from "../slub/core/kmem_cache.ts";
import { pageLayoutOf } from "../slub/core/struct_page.ts";
import { NONE } from "../slub/oracle/slabs.ts";
import { hasSheaves } from "../slub/program/machine.ts";
import { HeapAddresses } from "./heap_addresses.ts";
import type { ProgramState } from "./program_state.ts";
import { SLABS_MAX, SlabRows } from "./slab_rows.ts";
import { partOfSum, StateHash } from "./state_hash.ts";
import type { SearchScope } from "./vocabulary.ts";
import { WrittenWords } from "./written_words.ts";

const CACHE_WORDS = CacheLayout.SIZE / 4;
const TAGS_MAX = 1 << 29;

export class HeapState {
  /** What is wrong with the state that was read last. */
  problem: string | undefined;
  /** That state. */
  readonly hash = new StateHash();
  readonly #heap: SlabHeap;
  readonly #u32: Uint32Array;
  readonly #caches: readonly CacheFields[];
  readonly #written: WrittenWords;
  readonly #objects: number;
  readonly #at: HeapAddresses;
  readonly #freelist: number;
  readonly #counters: number;
  readonly #list: number;
  readonly #owner: number;
  readonly #head: number;
  readonly #cpus: number;
  readonly #hasSheaves: boolean;
  readonly #isHardened: boolean;
  /** Caches whose pages may change: those of the scope, and kmalloc's, which kernels use, too. */
  readonly #counted: readonly number[];
  readonly #otherPages: number;

  /** What was seen of each word of RAM where an object begins: tag * 2, and 1 more if in use. */
  readonly #seen: Int32Array;
  #tag = 0;
  /** The number of the slab of each page, where the page was seen with this tag. */
  readonly #pageTags: Int32Array;
  readonly #pageSlabs: Int32Array;

  readonly #slabs = new SlabRows();

  /** The caches of the scope exist, and nothing is allocated of them. `caches`: their indices. */
  constructor(heap: SlabHeap, caches: readonly number[], scope: SearchScope) {
    const { machine } = heap;
    this.#heap = heap;
    this.#u32 = heap.views.u32;
    this.#caches = caches.map((index) => readCache(heap, index));
    this.#objects = scope.objects;
    this.#at = new HeapAddresses(heap);
    this.#written = new WrittenWords(heap, this.#at, scope.offsets);
    const page = pageLayoutOf(machine);
    this.#freelist = page.FREELIST / 4;
    this.#counters = page.COUNTERS / 4;
    this.#list = page.LIST / 4;
    this.#owner = page.SLAB_CACHE / 4;
    this.#head = page.HEAD / 4;
    this.#cpus = machine.cpus;
    this.#hasSheaves = hasSheaves(machine);
    this.#isHardened = machine.hardened;
    this.#counted = Array.from({ length: Math.max(...caches) + 1 }, (_, index) => index);
    this.#seen = new Int32Array(this.#at.ramBytes >>> 3);
    this.#pageTags = new Int32Array(this.#at.pages);
    this.#pageSlabs = new Int32Array(this.#at.pages);
    this.#otherPages = heap.core.pages_in_use() - this.#pagesOfCaches();
  }

  /** RAM offset that the pointer at a word of linear memory leads to; NONE for other pointers. */
  offsetAt(word: number): number {
    return this.#at.offsetAt(word);
  }

  /**
   * Reads the heap. `program` says which names are in use, `objects` where they lie (offsets in
   * RAM). Returns whether all is well.
   */
  read(program: ProgramState, objects: Int32Array): boolean {
    this.problem = undefined;
    this.#begin();
    for (let name = 0; name < objects.length; name++) {
      if (program.isInUse(name)) this.#readObject(program, name, objects[name]);
    }
    this.hash.mix(program.cpu);
    for (let i = 0; i < this.#caches.length && this.problem === undefined; i++) {
      this.#readCache(i);
    }
    if (this.problem === undefined) this.#compareSlabs();
    if (this.problem === undefined) this.#comparePages();
    return this.problem === undefined;
  }

  #begin(): void {
    this.#tag = (this.#tag % TAGS_MAX) + 1;
    if (this.#tag === 1) for (const tags of [this.#seen, this.#pageTags]) tags.fill(0);
    this.#slabs.clear();
    this.hash.clear();
  }

  /** Notes what is wrong, if nothing was before; NONE, for whoever has to answer something. */
  #wrong(problem: string): number {
    this.problem ??= problem;
    return NONE;
  }

  #readObject(program: ProgramState, name: number, at: number): void {
    const slab = at < 0 ? NONE : this.#slabOfObject(at);
    const cache = Math.floor(name / this.#objects);
    if (slab === NONE || this.#slabs.cache[slab] !== cache) {
      this.#wrong("an object lies in no slab of its cache");
      return;
    }
    const index = this.#indexOf(slab, at);
    if (index < 0) {
      this.#wrong("an object lies at no object's place");
      return;
    }
    if (this.#seen[at >>> 3] === this.#tag * 2 + 1) {
      this.#wrong("two objects lie at one place");
      return;
    }
    this.#seen[at >>> 3] = this.#tag * 2 + 1;
    this.#slabs.used[slab]++;
    const written = program.written[name];
    this.#slabs.sum[slab] += partOfSum(index * 256 + written + 1);
    if (written !== 0 && !this.#written.areAt(at, written)) {
      this.#wrong("what was written into an object changed");
    }
  }

  /** The slab of the block that a byte of RAM lies in; NONE where none of the scope's does. */
  #slabOfObject(at: number): number {
    let page = at >>> PAGE_SHIFT;
    const word = this.#at.wordOfPage(page);
    if ((this.#u32[word] & PageFlag.TAIL) !== 0) {
      page = this.#at.pageOf(this.#u32[word + this.#head + 1], this.#u32[word + this.#head] & ~1);
    }
    return page === NONE ? NONE : this.#slabOfPage(page);
  }

  /** The number of the slab that begins at a page; NONE where none of the scope's does. */
  #slabOfPage(page: number): number {
    if (this.#pageTags[page] === this.#tag) return this.#pageSlabs[page];
    const word = this.#at.wordOfPage(page);
    const owner = (this.#u32[word + this.#owner] - this.#at.ramLow) >>> 0;
    const cache = this.#cacheAt(owner);
    if ((this.#u32[word] & PageFlag.SLAB) === 0 || cache === NONE) return NONE;
    const slab = this.#slabs.add(page, cache);
    this.#pageTags[page] = this.#tag;
    this.#pageSlabs[page] = slab;
    return slab;
  }

  #cacheAt(offset: number): number {
    for (let i = 0; i < this.#caches.length; i++) {
      if (this.#caches[i].index * CacheLayout.SIZE === offset) return i;
    }
    return NONE;
  }

  /** The number of an object within its slab; negative for an address where none begins. */
  #indexOf(slab: number, at: number): number {
    const { size, objects, redLeftPad } = this.#caches[this.#slabs.cache[slab]];
    const from = at - (this.#slabs.page[slab] << PAGE_SHIFT) - redLeftPad;
    const index = Math.floor(from / size);
    return from >= 0 && index * size === from && index < objects ? index : NONE;
  }

  #readCache(i: number): void {
    const { index, letters } = this.#caches[i];
    const at = this.#wordOfCache(index);
    this.hash.mix(0x10000 + i);
    if (this.#hasSheaves) this.#readSheaves(linearOfSheaves(this.#heap, index) >>> 2, i);
    for (let cpu = 0; cpu < this.#cpus; cpu++) {
      const slab = at + (CacheLayout.CPU_SLAB + cpu * CpuSlabLayout.SIZE) / 4;
      this.hash.mix(0x20000 + cpu);
      this.#readCpuSlab(slab, i);
      this.#readCpuPartial(slab + CpuSlabLayout.PARTIAL / 4, i);
    }
    this.hash.mix(0x30000);
    const listed = this.#readNodeList(at + CacheLayout.PARTIAL / 4, i);
    if (listed !== this.#u32[at + CacheLayout.NR_PARTIAL / 4]) {
      this.#wrong("nr_partial is not the length of the partial list");
    }
    this.hash.mix(0x40000);
    if ((letters & Letter.U) !== 0) this.#readNodeList(at + CacheLayout.FULL / 4, i);
  }

  /** The CPU's own free list, and the slab's. */
  #readCpuSlab(at: number, i: number): void {
    const page = this.#pageAt(at + CpuSlabLayout.PAGE / 4);
    if (page === NONE) {
      if (this.#u32[at] !== 0) this.#wrong("a CPU has a free list and no slab");
      return;
    }
    const slab = this.#listedSlab(page, i);
    if (slab === NONE) return;
    this.#readChain(at + CpuSlabLayout.FREELIST / 4, slab);
    this.#readSlab(slab);
  }

  #readCpuPartial(at: number, i: number): number {
    let page = this.#pageAt(at);
    for (let count = 0; page !== NONE; count++) {
      if (count === SLABS_MAX) return this.#wrong("a CPU's partial list does not end");
      const slab = this.#listedSlab(page, i);
      if (slab === NONE) return NONE;
      this.hash.mix(0x50000);
      this.#readSlab(slab);
      page = this.#pageAt(this.#at.wordOfPage(page) + this.#list);
    }
    return NONE;
  }

  /** A list of the node; returns how many slabs are on it. */
  #readNodeList(headAt: number, i: number): number {
    const headOffset = (headAt - this.#at.ram) * 4;
    let at = headAt;
    for (let count = 0; count < SLABS_MAX; count++) {
      const low = this.#u32[at];
      const high = this.#u32[at + 1];
      if (this.#at.offsetOf(high, low) === headOffset) return count;
      const page = this.#at.pageOf(high, low - this.#list * 4);
      const slab = page === NONE ? NONE : this.#listedSlab(page, i);
      if (slab === NONE) break;
      const link = this.#at.wordOfPage(page) + this.#list;
      if (!this.#at.leadsTo(link + 2, at)) break;
      this.#readSlab(slab);
      at = link;
    }
    this.#wrong("a list of the node is broken");
    return 0;
  }

  /** A slab of a list: of this cache, and on no other list. */
  #listedSlab(page: number, i: number): number {
    const slab = this.#slabOfPage(page);
    if (slab === NONE || this.#slabs.cache[slab] !== i) {
      return this.#wrong("a list leads to what is no slab of its cache");
    }
    if (this.#slabs.isListed[slab] !== 0) {
      return this.#wrong("a slab is on two lists");
    }
    this.#slabs.isListed[slab] = 1;
    this.#slabs.placeOf(slab);
    return slab;
  }

  /** Counters and free list of a slab that some list leads to. */
  #readSlab(slab: number): void {
    const word = this.#at.wordOfPage(this.#slabs.page[slab]);
    this.hash.mix(this.#u32[word + this.#counters] & ((FROZEN_BIT << 16) | 0xffff));
    this.#slabs.chain[slab] = this.#readChain(word + this.#freelist, slab);
  }

  /** A free list, from the pointer at a word on; returns how many objects it has. */
  #readChain(headAt: number, slab: number): number {
    const cache = this.#caches[this.#slabs.cache[slab]];
    let low = this.#u32[headAt];
    let high = this.#u32[headAt + 1];
    let count = 0;
    while (low !== 0 || high !== 0) {
      const at = this.#at.offsetOf(high, low);
      if (!this.#isFreeObject(at, slab)) return count;
      count++;
      const link = at + cache.offset;
      const word = this.#at.ram + (link >>> 2);
      low = this.#u32[word];
      high = this.#u32[word + 1];
      if (!this.#isHardened) continue;
      const random = this.#wordOfCache(cache.index) + CacheLayout.RANDOM / 4;
      low = (low ^ this.#u32[random] ^ swapped(this.#at.highOf(link))) >>> 0;
      high = (high ^ this.#u32[random + 1] ^ swapped(this.#at.lowOf(link))) >>> 0;
    }
    this.hash.mix(0x60000 + count);
    return count;
  }

  #wordOfCache(index: number): number {
    return (this.#heap.areas.cache >>> 2) + index * CACHE_WORDS;
  }

  /** An object that is seen to be free: of that slab, and once. */
  #isFreeObject(at: number, slab: number): boolean {
    const index = at === NONE ? NONE : this.#indexOf(slab, at);
    if (index < 0) {
      this.#wrong("a free list leaves its slab");
      return false;
    }
    const seen = this.#seen[at >>> 3];
    if (seen >= this.#tag * 2) {
      const isInUse = seen === this.#tag * 2 + 1;
      this.#wrong(isInUse ? "an object in use is free, too" : "an object is free twice");
      return false;
    }
    this.#seen[at >>> 3] = this.#tag * 2;
    this.#slabs.free[slab]++;
    this.hash.mix(index);
    return true;
  }

  #readSheaves(block: number, i: number): number {
    const capacity = this.#u32[block + SheavesLayout.CAPACITY / 4];
    for (let cpu = 0; cpu < this.#cpus; cpu++) {
      const at = block + (cpu * CpuSheavesLayout.SIZE) / 4;
      this.#readSheaf(at + CpuSheavesLayout.MAIN / 4, i, capacity);
      this.#readSheaf(at + CpuSheavesLayout.SPARE / 4, i, capacity);
      this.#readSheaf(at + CpuSheavesLayout.RCU_FREE / 4, i, capacity);
    }
    const full = this.#u32[block + SheavesLayout.NR_FULL / 4];
    this.hash.mix(full);
    this.hash.mix(this.#u32[block + SheavesLayout.NR_EMPTY / 4]);
    if (full > MAX_FULL_SHEAVES) return this.#wrong("a barn has too many full sheaves");
    let at = block + SheavesLayout.BARN_FULL / 4;
    for (let count = 0; count < full && this.problem === undefined; count++) {
      const sheaf = this.#readSheaf(at, i, capacity);
      if (sheaf === NONE) return this.#wrong("a barn has lost a full sheaf");
      at = this.#at.ram + (sheaf >>> 2);
    }
    return full;
  }

  /** The sheaf that a word leads to; returns its offset in RAM, NONE where there is none. */
  #readSheaf(word: number, i: number, capacity: number): number {
    const at = this.#at.offsetAt(word);
    if (at === NONE) {
      this.hash.mix(0x70000);
      return NONE;
    }
    const sheaf = this.#at.ram + (at >>> 2);
    const size = this.#u32[sheaf + SheafLayout.SIZE / 4];
    this.hash.mix(0x80000 + size);
    if (size > capacity) {
      this.#wrong("a sheaf holds more than it has room for");
      return at;
    }
    for (let n = 0; n < size && this.problem === undefined; n++) {
      const pointer = sheaf + SheafLayout.OBJECTS / 4 + 2 * n;
      const object = this.#at.offsetAt(pointer);
      const slab = object === NONE ? NONE : this.#slabOfObject(object);
      if (slab === NONE || this.#slabs.cache[slab] !== i) {
        this.#wrong("a sheaf holds what is no object of its cache");
        return at;
      }
      this.hash.mix(this.#slabs.placeOf(slab));
      this.#isFreeObject(object, slab);
    }
    return at;
  }

  /** What all lists together say about each slab, and about how many there are. */
  #compareSlabs(): void {
    for (let slab = 0; slab < this.#slabs.count; slab++) this.#compareSlab(slab);
    for (let i = 0; i < this.#caches.length; i++) {
      let slabs = 0;
      for (let slab = 0; slab < this.#slabs.count; slab++) {
        if (this.#slabs.cache[slab] === i) slabs++;
      }
      const { index, objects } = this.#caches[i];
      const at = this.#wordOfCache(index);
      const counted = this.#u32[at + CacheLayout.NR_SLABS / 4];
      if (counted !== slabs) this.#wrong("nr_slabs is not the number of slabs");
      if (this.#u32[at + CacheLayout.TOTAL_OBJECTS / 4] !== counted * objects) {
        this.#wrong("total_objects is not that of the slabs");
      }
    }
  }

  #compareSlab(slab: number): number {
    const cache = this.#slabs.cache[slab];
    const { objects } = this.#caches[cache];
    const word = this.#at.wordOfPage(this.#slabs.page[slab]);
    const counters = this.#u32[word + this.#counters];
    const isListed = this.#slabs.isListed[slab] !== 0;
    if (!isListed && this.#u32[word + this.#freelist] | this.#u32[word + this.#freelist + 1]) {
      return this.#wrong("a slab with free objects is on no list");
    }
    if ((((counters >>> 16) & ~FROZEN_BIT) | 0) !== objects) {
      return this.#wrong("a slab has a wrong number of objects");
    }
    if ((counters & 0xffff) + this.#slabs.chain[slab] !== objects) {
      return this.#wrong("inuse and the free list do not add up to the objects of a slab");
    }
    if (this.#slabs.used[slab] + this.#slabs.free[slab] !== objects) {
      return this.#wrong("an object of a slab is neither in use nor free");
    }
    this.hash.add(this.#slabs.sum[slab] ^ partOfSum(this.#slabs.place[slab] * 8 + cache));
    return slab;
  }

  #comparePages(): void {
    const found = this.#heap.core.pages_in_use() - this.#otherPages;
    if (found !== this.#pagesOfCaches()) this.#wrong("a page is neither in a slab nor given back");
  }

  #pagesOfCaches(): number {
    let pages = 0;
    for (const index of this.#counted) {
      const at = this.#wordOfCache(index);
      pages +=
        this.#u32[at + CacheLayout.NR_SLABS / 4] << (this.#u32[at + CacheLayout.OO / 4] >>> 16);
    }
    return pages;
  }

  /** The page whose struct page a word leads to; NONE for NULL. */
  #pageAt(word: number): number {
    const low = this.#u32[word];
    const high = this.#u32[word + 1];
    if (low === 0 && high === 0) return NONE;
    const page = this.#at.pageOf(high, low);
    if (page === NONE) this.#wrong("a list leads to no struct page");
    return page;
  }
}

/** The bytes of a word in reverse order. */
function swapped(value: number): number {
  const halves = ((value >>> 8) & 0x00ff00ff) | ((value << 8) & 0xff00ff00);
  return (halves >>> 16) | (halves << 16);
}
