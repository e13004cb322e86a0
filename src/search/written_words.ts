// The words that programs of a search write into their objects: whether they are still there.
import { readU32 } from "../base/bytes.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import type { HeapAddresses } from "./heap_addresses.ts";
import { WRITTEN } from "./vocabulary.ts";

const LOW = readU32(WRITTEN, 0);
const HIGH = readU32(WRITTEN, 4);

export class WrittenWords {
  readonly #heap: SlabHeap;
  readonly #ram: number;
  readonly #offsets: readonly number[];

  constructor(heap: SlabHeap, { ram }: HeapAddresses, offsets: readonly number[]) {
    this.#heap = heap;
    this.#ram = ram;
    this.#offsets = offsets;
  }

  /** Whether an object at a RAM offset holds what was written at some of the offsets, as bits. */
  areAt(object: number, written: number): boolean {
    for (let i = 0; i < this.#offsets.length; i++) {
      const isWritten = (written & (1 << i)) !== 0;
      if (isWritten && !this.#isAt(object + this.#offsets[i])) return false;
    }
    return true;
  }

  #isAt(at: number): boolean {
    const { u8, u32 } = this.#heap.views;
    const word = this.#ram + (at >>> 2);
    if ((at & 3) === 0) return u32[word] === LOW && u32[word + 1] === HIGH;
    return WRITTEN.every((byte, i) => u8[4 * this.#ram + at + i] === byte);
  }
}
