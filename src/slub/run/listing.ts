// `state` and `list`: the counters of a cache, its cpu slabs, cpu partial lists, partial list and
// full list, and in `list` every free list as object indexes from its head.
import type { SlabHeap } from "../core/heap.ts";
import { cpuPartialList, type FreeChain, nodeList, walkChain } from "../core/inspect.ts";
import { type CacheFields, readCache, readCpuSlab } from "../core/kmem_cache.ts";
import { type PageFields, readPage } from "../core/struct_page.ts";
import type { KnownCache, Ledger, TrackedSlab } from "./ledger.ts";
import type { Places } from "./places.ts";
import { joined, type ResultText } from "./result_text.ts";
import { SheafListing } from "./sheaf_listing.ts";

/** Slabs that are shown of a list of the node. */
const LIST_MAX = 2001;
/** 3.10's recordings end a longer list with LOOP. */
const LIST_MAX_310 = 300;
/** A slab that the cache does not have. */
const UNKNOWN_SLAB = "s?";

export class Listing {
  readonly #heap: SlabHeap;
  readonly #ledger: Ledger;
  readonly #places: Places;
  readonly #sheaves: SheafListing;
  readonly #old: boolean;

  constructor(heap: SlabHeap, ledger: Ledger, places: Places) {
    this.#heap = heap;
    this.#ledger = ledger;
    this.#places = places;
    this.#sheaves = new SheafListing(heap, ledger, places);
    this.#old = heap.machine.profile === "v3.10";
  }

  /** The result of `state`, or with `chains` that of `list`. */
  text(known: KnownCache, chains: boolean): ResultText {
    const cache = readCache(this.#heap, known.index);
    const cpus = Array.from({ length: this.#heap.machine.cpus }, (_, cpu) => cpu);
    const words = [
      `slabs=${cache.nrSlabs | 0} objects=${cache.totalObjects | 0}`,
      `inuse=${unsignedLong(this.#used(known, cache, cpus))}`,
      `nr_partial=${unsignedLong(cache.nrPartial | 0)}`,
      ...cpus.flatMap((cpu) => this.#cpu(known, cache, cpu, chains)),
      ...this.#sheaves.words(known, cache, chains),
      ...this.#slabList(known, cache, "partial", chains),
      ...this.#slabList(known, cache, "full", chains),
    ];
    return joined(words, " ");
  }

  /** Objects in use: what the slabs say, less those on the cpus' own free lists. */
  #used(known: KnownCache, cache: CacheFields, cpus: readonly number[]): number {
    let used = 0;
    for (const slab of known.slabs) {
      if (slab.live) used += readPage(this.#heap, slab.page)?.inuse ?? 0;
    }
    for (const cpu of cpus) used -= this.#lockless(known, cache, cpu)?.indices.length ?? 0;
    return used - this.#sheaves.objectsIn(known, cache);
  }

  /** The free list of a cpu slab; undefined where there is no cpu slab. */
  #lockless(known: KnownCache, cache: CacheFields, cpu: number): FreeChain | undefined {
    const { page, freelist } = readCpuSlab(this.#heap, known.index, cpu);
    const tracked = page === 0n ? undefined : this.#ledger.slabOfCache(known, page);
    return tracked === undefined ? undefined : this.#chain(cache, tracked, freelist);
  }

  #chain(cache: CacheFields, slab: TrackedSlab, head: bigint): FreeChain | undefined {
    const page = readPage(this.#heap, slab.page);
    return page === undefined ? undefined : walkChain(this.#heap, cache, page, head);
  }

  #cpu(known: KnownCache, cache: CacheFields, cpu: number, chains: boolean): ResultText[] {
    const { page, partial } = readCpuSlab(this.#heap, known.index, cpu);
    const words: ResultText[] = [];
    if (page !== 0n) {
      const chain = this.#lockless(known, cache, cpu);
      const lockless = chains ? this.#chainText(chain) : `${chain?.indices.length ?? 0}`;
      const slab = this.#slab(known, cache, readPage(this.#heap, page), chains);
      words.push(`cpu${cpu}:`, slab, ["lockless=", lockless]);
    }
    if (partial !== 0n) {
      words.push(`cpu${cpu}-partial:`, ...this.#cpuPartial(known, cache, partial, chains));
    }
    return words;
  }

  #cpuPartial(known: KnownCache, cache: CacheFields, first: bigint, chains: boolean): ResultText[] {
    const { slabs, end } = cpuPartialList(this.#heap, first);
    const words = slabs.map((slab) => this.#slab(known, cache, slab, chains));
    return end === "bad" ? [...words, UNKNOWN_SLAB] : words;
  }

  /**
   * A list of the node. One that leaves the struct pages ends in BADLIST, an endless one in LOOP.
   */
  #slabList(
    known: KnownCache,
    cache: CacheFields,
    name: "partial" | "full",
    chains: boolean,
  ): ResultText[] {
    const limit = this.#old ? LIST_MAX_310 : LIST_MAX;
    const { slabs, end } = nodeList(this.#heap, known.index, name, limit);
    const words = slabs.map((slab) => this.#slab(known, cache, slab, chains));
    if (end === "bad") words.push("BADLIST");
    if (end === "limit" && this.#old) words.push("LOOP");
    return words.length === 0 ? [] : [`${name}:`, ...words];
  }

  #slab(
    known: KnownCache,
    cache: CacheFields,
    slab: PageFields | undefined,
    chains: boolean,
  ): ResultText {
    const tracked = slab && this.#ledger.slabOfCache(known, slab.page);
    if (tracked === undefined || slab === undefined) return UNKNOWN_SLAB;
    const frozen = slab.frozen ? ",frozen" : "";
    const free = chains ? [" free=", this.#freeText(cache, tracked, slab)] : "";
    return [`s${tracked.number}(${slab.inuse}/${slab.objects}${frozen}`, free, ")"];
  }

  #freeText(cache: CacheFields, tracked: TrackedSlab, slab: PageFields): ResultText {
    return this.#chainText(this.#chain(cache, tracked, slab.freelist));
  }

  #chainText(chain: FreeChain | undefined): ResultText {
    if (chain === undefined) return "";
    const words: ResultText[] = chain.indices.map(String);
    if (chain.end === "bad") words.push(["BAD:", this.#places.symbol(chain.bad ?? 0n)]);
    else if (chain.end !== "null") words.push(chain.end.toUpperCase());
    return joined(words, ",");
  }
}

/** %lu: a negative number shows as the large one that it is. */
function unsignedLong(value: number): bigint {
  return BigInt.asUintN(64, BigInt(value));
}
