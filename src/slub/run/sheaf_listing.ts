// The sheaves of a cache in `state` and `list`: those of each CPU, and the barn's.
import type { SlabHeap } from "../core/heap.ts";
import type { CacheFields } from "../core/kmem_cache.ts";
import { readBarn, readCpuSheaves, type Sheaf } from "../core/sheaf.ts";
import { slabOf } from "../core/struct_page.ts";
import type { KnownCache, Ledger } from "./ledger.ts";
import type { Places } from "./places.ts";
import type { ResultText } from "./result_text.ts";

export class SheafListing {
  readonly #heap: SlabHeap;
  readonly #ledger: Ledger;
  readonly #places: Places;

  constructor(heap: SlabHeap, ledger: Ledger, places: Places) {
    this.#heap = heap;
    this.#ledger = ledger;
    this.#places = places;
  }

  /** ` cpu0-main:[..]` and so on; with `chains` each sheaf lists its objects. */
  words(known: KnownCache, cache: CacheFields, chains: boolean): ResultText[] {
    if (cache.sheafCapacity === 0) return [];
    const words: ResultText[] = [];
    for (let cpu = 0; cpu < this.#heap.machine.cpus; cpu++) {
      words.push(...this.#cpuWords(known, cache, cpu, chains));
    }
    const barn = readBarn(this.#heap, known.index);
    if (barn.full.length > 0) {
      const full = barn.full.map((sheaf) => this.#sheaf(known, cache, sheaf, chains));
      words.push(["barn-full:", ...full]);
    }
    if (barn.emptyCount > 0) words.push(`barn-empty:${barn.emptyCount}`);
    return words;
  }

  /** Objects of numbered slabs that lie in sheaves. */
  objectsIn(known: KnownCache, cache: CacheFields): number {
    if (cache.sheafCapacity === 0) return 0;
    const sheaves = [...readBarn(this.#heap, known.index).full];
    for (let cpu = 0; cpu < this.#heap.machine.cpus; cpu++) {
      const { main, spare, rcuFree } = readCpuSheaves(this.#heap, known.index, cpu);
      for (const sheaf of [main, spare, rcuFree]) if (sheaf !== undefined) sheaves.push(sheaf);
    }
    const isNumbered = (object: bigint) => this.#isInNumberedSlab(known, object);
    return sheaves.reduce((sum, { objects }) => sum + objects.filter(isNumbered).length, 0);
  }

  #isInNumberedSlab(known: KnownCache, object: bigint): boolean {
    const page = slabOf(this.#heap, object)?.page;
    return known.slabs.some((slab) => slab.live && slab.page === page);
  }

  #cpuWords(known: KnownCache, cache: CacheFields, cpu: number, chains: boolean): ResultText[] {
    const { main, spare, rcuFree } = readCpuSheaves(this.#heap, known.index, cpu);
    if ((main?.size ?? 0) === 0 && spare === undefined && rcuFree === undefined) return [];
    const words: ResultText[] = [];
    const add = (name: string, sheaf: Sheaf): void => {
      words.push([`cpu${cpu}-${name}:`, this.#sheaf(known, cache, sheaf, chains)]);
    };
    add("main", main ?? NO_SHEAF);
    if (spare !== undefined) add("spare", spare);
    if (rcuFree !== undefined) add("rcu", rcuFree);
    return words;
  }

  /** `[3/60 s0=5,4 s1=2]`: what is handed out next comes first. */
  #sheaf(known: KnownCache, cache: CacheFields, sheaf: Sheaf, chains: boolean): ResultText {
    const words: ResultText[] = [`[${sheaf.size}/${cache.sheafCapacity}`];
    let last = -1;
    for (const object of chains ? sheaf.objects : []) {
      const place = this.#placeOf(known, cache, object);
      if (place === undefined) words.push(" BAD:", this.#places.symbol(object));
      else words.push(place.slab === last ? "," : ` s${place.slab}=`, `${place.index}`);
      last = place?.slab ?? -1;
    }
    return [...words, "]"];
  }

  /** The number of its slab, and its index there; undefined for what is no object of the cache. */
  #placeOf(known: KnownCache, cache: CacheFields, object: bigint) {
    const slab = this.#ledger.slabOf(object);
    if (slab?.owner !== known) return undefined;
    const offset = Number(object - slab.base) - cache.redLeftPad;
    const isStart = offset >= 0 && offset % cache.size === 0;
    return isStart ? { slab: slab.number, index: offset / cache.size } : undefined;
  }
}

const NO_SHEAF: Sheaf = { address: 0n, size: 0, capacity: 0, objects: [] };
