// Kernel addresses as offsets, with plain numbers: which byte of RAM, and which page, a pointer in
// two words leads to. Words are counted from the beginning of linear memory.
import { PAGE_SHIFT, STRUCT_PAGE_SHIFT, STRUCT_PAGE_SIZE, Window } from "../abi.ts";
import { highWord, lowWord } from "../base/bytes.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import { readWindow } from "../slub/core/memory.ts";
import { NONE } from "../slub/oracle/slabs.ts";

export class HeapAddresses {
  /** The words where RAM and its struct pages begin. */
  readonly ram: number;
  readonly memMap: number;
  readonly ramBytes: number;
  readonly ramHigh: number;
  readonly ramLow: number;
  readonly pages: number;
  readonly #u32: Uint32Array;
  readonly #memMapHigh: number;
  readonly #memMapLow: number;

  constructor(heap: SlabHeap) {
    const ram = readWindow(heap, Window.RAM);
    const memMap = readWindow(heap, Window.MEM_MAP);
    this.#u32 = heap.views.u32;
    this.ram = ram.linear >>> 2;
    this.memMap = memMap.linear >>> 2;
    this.ramBytes = ram.size;
    this.ramHigh = highWord(ram.base) >>> 0;
    this.ramLow = lowWord(ram.base) >>> 0;
    this.pages = ram.size >>> PAGE_SHIFT;
    this.#memMapHigh = highWord(memMap.base) >>> 0;
    this.#memMapLow = lowWord(memMap.base) >>> 0;
  }

  /** RAM offset of a kernel address; NONE for one outside. */
  offsetOf(high: number, low: number): number {
    const offset = (low - this.ramLow) >>> 0;
    const carry = low >>> 0 < this.ramLow ? 1 : 0;
    return high >>> 0 === this.ramHigh + carry && offset < this.ramBytes ? offset : NONE;
  }

  /** RAM offset that the pointer at a word leads to; NONE for another address. */
  offsetAt(word: number): number {
    return this.offsetOf(this.#u32[word + 1], this.#u32[word]);
  }

  /** The kernel address of a byte of RAM, in two words. */
  highOf(offset: number): number {
    return this.ramLow + offset > 0xffffffff ? this.ramHigh + 1 : this.ramHigh;
  }

  lowOf(offset: number): number {
    return (this.ramLow + offset) >>> 0;
  }

  /** The page whose struct page begins at a kernel address; NONE where none does. */
  pageOf(high: number, low: number): number {
    const offset = (low - this.#memMapLow) >>> 0;
    const carry = low >>> 0 < this.#memMapLow ? 1 : 0;
    const isHere = high >>> 0 === this.#memMapHigh + carry && offset % STRUCT_PAGE_SIZE === 0;
    const page = offset >>> STRUCT_PAGE_SHIFT;
    return isHere && page < this.pages ? page : NONE;
  }

  /** The word where the struct page of a page begins. */
  wordOfPage(page: number): number {
    return this.memMap + page * (STRUCT_PAGE_SIZE / 4);
  }

  /** Whether the pointer at a word is the kernel address of another word. */
  leadsTo(word: number, target: number): boolean {
    const inRam = this.offsetAt(word);
    if (inRam !== NONE) return this.ram + inRam / 4 === target;
    const offset = (this.#u32[word] - this.#memMapLow) >>> 0;
    return this.memMap + offset / 4 === target;
  }
}
