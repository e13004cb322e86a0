// How results name pointers: relative to what the script knows, where that can be helped.
import type { SlabHeap } from "../core/heap.ts";
import { readCache } from "../core/kmem_cache.ts";
import type { KnownCache, Ledger } from "./ledger.ts";
import type { ResultText } from "./result_text.ts";
import type { NamedRange } from "./symbols.ts";

export class Places {
  readonly #heap: SlabHeap;
  readonly #ledger: Ledger;
  readonly #ranges: () => readonly NamedRange[];

  constructor(heap: SlabHeap, ledger: Ledger, ranges: () => readonly NamedRange[]) {
    this.#heap = heap;
    this.#ledger = ledger;
    this.#ranges = ranges;
  }

  /** `null`, `glob+8`, `c/s0+64`, or the address. */
  symbol(pointer: bigint): string | bigint {
    if (pointer === 0n) return "null";
    const range = this.#ranges().find(({ base, size }) => pointer >= base && pointer < base + size);
    if (range !== undefined) return `${range.name}+${pointer - range.base}`;
    const slab = this.#ledger.slabOf(pointer);
    if (slab === undefined) return pointer;
    return `${slab.cache}/s${slab.number}+${pointer - slab.base}`;
  }

  /** Where a pointer lies that cache `from` handed out. */
  location(pointer: bigint, from: KnownCache): ResultText {
    if (pointer === 0n) return "null";
    const numbered = this.#ledger.addedCount;
    const slab = this.#ledger.slabOf(pointer);
    if (slab === undefined) return ["FOREIGN ", this.symbol(pointer)];
    const offset = Number(pointer - slab.base);
    const place = `${slab.cache}/s${slab.number} ${this.#object(slab.owner.index, offset)}`;
    const other = slab.owner === from ? "" : " OTHERCACHE";
    return `${place}${other}${this.#ledger.addedCount > numbered ? " new" : ""}`;
  }

  #object(cache: number, offset: number): string {
    const { size, redLeftPad } = readCache(this.#heap, cache);
    const relative = offset - redLeftPad;
    const inside = relative < 0 || relative % size !== 0;
    return inside ? `INTERIOR off=${offset}` : `o${relative / size} off=${offset}`;
  }
}
