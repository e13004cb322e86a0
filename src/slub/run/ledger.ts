// What a recording's driver remembers: which kmem_cache each name of the script stands for, and
// which slabs of which cache it has seen. Slabs are numbered when a result first mentions them; one
// that was given back and obtained again gets a new number.
import { PageFlag } from "../../abi.ts";
import type { SlabHeap } from "../core/heap.ts";
import { type PageFields, readPage, slabOf } from "../core/struct_page.ts";
import { pageAddress } from "../program/machine.ts";
import type { NumberedSlab } from "./symbols.ts";

/** The flags that tell the first page of a slab from all other pages. */
const HEAD_OF_SLAB = PageFlag.SLAB | PageFlag.TAIL;

/** A kmem_cache that the script has come across. */
export interface KnownCache {
  readonly index: number;
  readonly name: string;
  readonly slabs: TrackedSlab[];
  dead: boolean;
}

/** A numbered slab, and whether it was still there when the driver last looked. */
export interface TrackedSlab extends NumberedSlab {
  readonly owner: KnownCache;
  live: boolean;
}

/** One `cache` operation that succeeded. */
interface Creation {
  readonly name: string;
  readonly known: KnownCache;
  dead: boolean;
}

export class Ledger {
  readonly #heap: SlabHeap;
  readonly #known: KnownCache[] = [];
  readonly #creations: Creation[] = [];
  /** Slabs numbered since the last takeAdded(), and slabs given back since the last takeGone(). */
  #added: TrackedSlab[] = [];
  #gone: TrackedSlab[] = [];

  constructor(heap: SlabHeap) {
    this.#heap = heap;
  }

  /** The living kmem_cache with that index, if the script has come across it. */
  known(index: number): KnownCache | undefined {
    return this.#known.find((known) => known.index === index && !known.dead);
  }

  /** The same, and from now on it has. */
  meet(index: number, name: string): KnownCache {
    const known = this.known(index);
    if (known !== undefined) return known;
    const met: KnownCache = { index, name, slabs: [], dead: false };
    this.#known.push(met);
    return met;
  }

  /** A name of the script now stands for this cache. */
  create(name: string, known: KnownCache): void {
    this.#creations.push({ name, known, dead: false });
  }

  /** The newest living cache of a name. */
  byName(name: string): KnownCache | undefined {
    return this.#creation(name)?.known;
  }

  /** The newest creation of a name is gone, and with `cacheToo` its kmem_cache. */
  destroy(name: string, cacheToo: boolean): void {
    const creation = this.#creation(name);
    if (creation === undefined) return;
    creation.dead = true;
    if (!cacheToo) return;
    creation.known.dead = true;
    for (const slab of creation.known.slabs) if (slab.live) this.#drop(slab);
  }

  /** The numbered slab that an address lies in; it gets a number if its cache is known. */
  slabOf(address: bigint): TrackedSlab | undefined {
    const slab = slabOf(this.#heap, address);
    const owner = slab?.cache === undefined ? undefined : this.known(slab.cache);
    if (slab === undefined || owner === undefined) return undefined;
    return find(owner, slab.page) ?? this.#number(owner, slab);
  }

  /** The slab of a cache with that struct page, else whatever cache it belongs to. */
  slabOfCache(owner: KnownCache, page: bigint): TrackedSlab | undefined {
    return find(owner, page) ?? this.slabOf(pageAddress(this.#heap.machine, page));
  }

  /** Looks which slabs were given back since the last time; ` gone:c/s0` for each. */
  sweep(): string {
    let text = "";
    for (const known of this.#known) {
      if (known.dead) continue;
      for (const slab of known.slabs) {
        if (!slab.live || this.#isStill(slab)) continue;
        this.#drop(slab);
        text += ` gone:${known.name}/s${slab.number}`;
      }
    }
    return text;
  }

  takeAdded(): readonly TrackedSlab[] {
    const added = this.#added;
    this.#added = [];
    return added;
  }

  takeGone(): readonly TrackedSlab[] {
    const gone = this.#gone;
    this.#gone = [];
    return gone;
  }

  /** How many slabs were numbered since the last takeAdded(). */
  get addedCount(): number {
    return this.#added.length;
  }

  #creation(name: string): Creation | undefined {
    return lastWhere(this.#creations, (creation) => creation.name === name && !creation.dead);
  }

  #number(owner: KnownCache, slab: PageFields): TrackedSlab {
    const tracked: TrackedSlab = {
      owner,
      cache: owner.name,
      number: owner.slabs.length,
      base: pageAddress(this.#heap.machine, slab.page),
      page: slab.page,
      order: slab.order,
      live: true,
    };
    owner.slabs.push(tracked);
    this.#added.push(tracked);
    return tracked;
  }

  #isStill(slab: TrackedSlab): boolean {
    const page = readPage(this.#heap, slab.page);
    const isHead = page !== undefined && (page.flags & HEAD_OF_SLAB) === PageFlag.SLAB;
    return isHead && page.cache === slab.owner.index;
  }

  #drop(slab: TrackedSlab): void {
    slab.live = false;
    this.#gone.push(slab);
  }
}

function find(owner: KnownCache, page: bigint): TrackedSlab | undefined {
  return lastWhere(owner.slabs, (slab) => slab.live && slab.page === page);
}

function lastWhere<T>(list: readonly T[], fits: (item: T) => boolean): T | undefined {
  for (let i = list.length - 1; i >= 0; i--) if (fits(list[i])) return list[i];
  return undefined;
}
