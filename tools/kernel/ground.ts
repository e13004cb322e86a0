// What a program may touch if a kernel and a simulator are to agree on what follows: its own slabs,
// the two named pieces of memory, and addresses where no machine has anything. Whatever else it
// reached would be memory of a running kernel, which no simulator knows.
import { CacheLayout, Letter, PAGE_SIZE, PageFlag } from "../../src/abi.ts";
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import { inspectCache, walkChain } from "../../src/slub/core/inspect.ts";
import {
  addressOfCache,
  type CacheFields,
  readCache,
  readCpuSlab,
} from "../../src/slub/core/kmem_cache.ts";
import { readLong } from "../../src/slub/core/memory.ts";
import { listOffset, type PageFields, readPage, slabOf } from "../../src/slub/core/struct_page.ts";
import { GLOB_SIZE, pageAddress } from "../../src/slub/program/machine.ts";
import { SLAB_CACHE_FIRST } from "./limits.ts";

/** The first words of memory are never mapped. */
const NULL_END = 0x1000n;
/** Above what a small process maps, and far below its stack. */
const EMPTY_USER = [0x1000_0000n, 0x5000_0000_0000n] as const;
const CANONICAL_END = 0x8000_0000_0000n;
const KERNEL_START = 0xffff_8000_0000_0000n;
const DIRECT_MAP = [0xffff_8880_0000_0000n, 0xffff_c880_0000_0000n] as const;
/** The kernel's code and data, of which a simulator has `glob` alone. */
const KERNEL_IMAGE = [0xffff_ffff_8000_0000n, 0xffff_ffff_c000_0000n] as const;
const TRACK_BYTES = 32n;
const WORD = 8n;
/** More slabs than a short program can make. */
const LIST_STEPS = 500;

/** A slab of the program, and the cache that it belongs to. */
export interface OwnSlab {
  readonly cache: CacheFields;
  readonly page: PageFields;
  readonly base: bigint;
  readonly end: bigint;
}

export class Ground {
  readonly #heap: SlabHeap;

  constructor(heap: SlabHeap) {
    this.#heap = heap;
  }

  /** The slab of a script's cache that an address lies in. */
  slabAt(address: bigint): OwnSlab | undefined {
    const page = slabOf(this.#heap, address);
    if (page?.cache === undefined || page.cache < SLAB_CACHE_FIRST) return undefined;
    const base = pageAddress(this.#heap.machine, page.page);
    const end = base + BigInt(PAGE_SIZE << page.order);
    return { cache: readCache(this.#heap, page.cache), page, base, end };
  }

  /** All these bytes lie in one slab of the program, or in one piece of named memory. */
  covers(address: bigint, length: number): boolean {
    const end = address + BigInt(length);
    const { glob, vglob } = this.#heap.machine;
    for (const base of [glob, vglob]) {
      if (address >= base && end <= base + BigInt(GLOB_SIZE)) return true;
    }
    const slab = this.slabAt(address);
    return slab !== undefined && end <= slab.end;
  }

  /** Nothing is mapped there on any machine. */
  isEmpty(address: bigint): boolean {
    if (address < NULL_END) return true;
    if (address >= CANONICAL_END) return address < KERNEL_START;
    return address >= EMPTY_USER[0] && address < EMPTY_USER[1];
  }

  mayTouch(address: bigint, length: number): boolean {
    return this.isEmpty(address) || this.covers(address, length);
  }

  /**
   * An object of the cache may be made, poisoned or handed out there. Beside the words its free
   * pointer would be made of parts of others, unless checks come before it is followed.
   */
  mayHoldObject(address: bigint, cache: CacheFields): boolean {
    if (this.isEmpty(address)) return true;
    const isAligned = address % 8n === 0n || (cache.letters & Letter.F) !== 0;
    return isAligned && this.covers(address - BigInt(cache.redLeftPad), cache.size);
  }

  /**
   * What is left in a word is known. `isPointer`: it may be followed, so that it must not point
   * into the process that feeds the scripts.
   */
  mayBecome(before: bigint, after: bigint, isPointer: boolean): boolean {
    if (before === after) return true;
    if (isInDirectMap(before)) return !isInDirectMap(after) || this.#isSameSlab(before, after);
    if (before >= KERNEL_START) return this.isEmpty(after);
    return !isPointer || after < NULL_END || after >= EMPTY_USER[0];
  }

  /** A list of the cache leads to a page that was given back: there a kernel has other things. */
  hasLostSlabs(cache: CacheFields): boolean {
    return (
      [CacheLayout.PARTIAL, CacheLayout.FULL].some((field) =>
        this.#leadsAstray(addressOfCache(this.#heap, cache.index) + BigInt(field)),
      ) || this.#cpusHoldLostSlabs(cache)
    );
  }

  /** The node's partial list leads back the way it came. */
  hasSoundLinks({ index }: CacheFields): boolean {
    const head = addressOfCache(this.#heap, index) + BigInt(CacheLayout.PARTIAL);
    let link: bigint = head;
    for (let step = 0; step < LIST_STEPS; step++) {
      const next = readLong(this.#heap, link);
      if (next === undefined || readLong(this.#heap, next + WORD) !== link) return false;
      if (next === head) return true;
      link = next;
    }
    return false;
  }

  /** A free list of the cache leads to what is no object of its slab. */
  hasStrayChains({ index }: CacheFields): boolean {
    const { cache, cpus, partial } = inspectCache(this.#heap, index);
    const isStray = (page: PageFields, head: bigint): boolean =>
      walkChain(this.#heap, cache, page, head).end === "bad";
    const own = cpus.flatMap(({ slab }) => (slab === undefined ? [] : [slab]));
    const slabs = [...own, ...cpus.flatMap((cpu) => cpu.partialSlabs.slabs), ...partial.slabs];
    return (
      slabs.some((page) => isStray(page, page.freelist)) ||
      cpus.some(({ slab, freelist }) => slab !== undefined && isStray(slab, freelist))
    );
  }

  /** Along a list of the node, as far as there are struct pages. */
  #leadsAstray(head: bigint): boolean {
    let link = readLong(this.#heap, head);
    for (let step = 0; step < LIST_STEPS && link !== undefined && link !== head; step++) {
      const page = readPage(this.#heap, link - listOffset(this.#heap.machine));
      if (page === undefined) return false;
      if ((page.flags & PageFlag.SLAB) === 0) return true;
      link = readLong(this.#heap, link);
    }
    return false;
  }

  #cpusHoldLostSlabs({ index }: CacheFields): boolean {
    for (let cpu = 0; cpu < this.#heap.machine.cpus; cpu++) {
      const { page, partial } = readCpuSlab(this.#heap, index, cpu);
      if (page !== 0n && !this.#isSlab(page)) return true;
      let next = partial;
      for (let step = 0; step < LIST_STEPS && next !== 0n; step++) {
        if (!this.#isSlab(next)) return true;
        next = readPage(this.#heap, next)?.next ?? 0n;
      }
    }
    return false;
  }

  #isSlab(address: bigint): boolean {
    return ((readPage(this.#heap, address)?.flags ?? 0) & PageFlag.SLAB) !== 0;
  }

  /** The free pointers of a slab's objects, by address, of those that touch a range. */
  freePointersIn(slab: OwnSlab, first: bigint, end: bigint): bigint[] {
    return this.#objectsNear(slab, first, end)
      .map((object) => object + BigInt(slab.cache.offset))
      .filter((word) => word < end && word + 8n > first);
  }

  /** The tracks of a slab's objects, by address, of those that touch a range. */
  tracksIn(slab: OwnSlab, first: bigint, end: bigint): bigint[] {
    if ((slab.cache.letters & Letter.U) === 0) return [];
    const { offset, inuse } = slab.cache;
    const tracks = BigInt(offset >= inuse ? inuse + 8 : inuse);
    return this.#objectsNear(slab, first, end)
      .flatMap((object) => [0n, 1n].map((i) => object + tracks + i * TRACK_BYTES))
      .filter((track) => track < end && track + TRACK_BYTES > first);
  }

  #objectsNear({ cache, page, base }: OwnSlab, first: bigint, end: bigint): bigint[] {
    const size = BigInt(cache.size);
    const from = (first - base) / size - 1n;
    const to = (end - base) / size;
    const objects: bigint[] = [];
    for (let i = from; i <= to; i++) {
      if (i < 0n || i >= BigInt(page.objects)) continue;
      objects.push(base + i * size + BigInt(cache.redLeftPad));
    }
    return objects;
  }

  #isSameSlab(a: bigint, b: bigint): boolean {
    const slab = this.slabAt(a);
    if (slab === undefined || b < slab.base || b >= slab.end) return false;
    return a % 8n === b % 8n || (slab.cache.letters & Letter.F) !== 0;
  }
}

export function isInDirectMap(address: bigint): boolean {
  return address >= DIRECT_MAP[0] && address < DIRECT_MAP[1];
}

/** A running kernel may have memory there. */
export function isKernelMemory(address: bigint): boolean {
  return isInDirectMap(address) || (address >= KERNEL_IMAGE[0] && address < KERNEL_IMAGE[1]);
}
