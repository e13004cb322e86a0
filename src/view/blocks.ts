// The memory that a trace shows: slabs from the operation on at which the allocator or the program
// has them, and ranges that the program named (glob, vglob, regions).
import { KMALLOC_CLASSES, PAGE_SHIFT, PageFlag } from "../abi.ts";
import { hex64 } from "../base/hex.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import { type CacheState, inspectCache } from "../slub/core/inspect.ts";
import { existingCaches } from "../slub/core/kmem_cache.ts";
import { mappedWindows } from "../slub/core/memory.ts";
import { isStructPage, type PageFields, readPage, slabOf } from "../slub/core/struct_page.ts";
import type { Shadow } from "../slub/oracle/shadow.ts";
import { bootCacheNames } from "../slub/program/kmalloc.ts";
import {
  addressMapOf,
  hasSheaves,
  isInRam,
  pageAddress,
  ramBase,
} from "../slub/program/machine.ts";
import type { ReplayStep } from "../slub/run/replay.ts";
import type { SymbolTable } from "../slub/run/symbols.ts";
import type { LiveSlab } from "./live_slab.ts";
import { pagesOf, placedSheaves } from "./sheaves.ts";
import type { BlockRecord } from "./trace.ts";

/** A range with a name. */
export interface NamedBlock {
  readonly block: number;
  readonly base: bigint;
  readonly size: number;
  /** Where it lies in linear memory. */
  readonly linear: number;
}

/** Longer ranges are shown by their first bytes. */
const RANGE_BYTES_MAX = 1 << 16;

export class BlockTable {
  readonly slabs = new Map<bigint, LiveSlab>();
  readonly ranges: NamedBlock[] = [];
  /** The caches that are shown, as the allocator has them now. */
  caches: readonly CacheState[] = [];
  /** Slabs that came with the last operation, and blocks of those that went. */
  added: readonly LiveSlab[] = [];
  gone: readonly number[] = [];
  readonly #records: { -readonly [Key in keyof BlockRecord]: BlockRecord[Key] }[] = [];
  readonly #unnamed = new Map<number, bigint>();
  readonly #blockOfPage = new Map<number, number>();
  readonly #shown = new Set<number>();
  readonly #heap: SlabHeap;
  readonly #shadow: Shadow;

  constructor(heap: SlabHeap, shadow: Shadow) {
    this.#heap = heap;
    this.#shadow = shadow;
  }

  get records(): readonly BlockRecord[] {
    return this.#records;
  }

  /** The block that holds a byte of RAM now. */
  blockAt(offset: number): number | undefined {
    return this.#blockOfPage.get(offset >>> PAGE_SHIFT);
  }

  /** Where a byte lies: in a slab that is there now, or in a named range. */
  placeOf(address: bigint): { readonly block: number; readonly first: number } | undefined {
    const { machine } = this.#heap;
    if (isInRam(machine, address)) {
      const block = this.blockAt(Number(address - ramBase(machine)));
      if (block === undefined) return undefined;
      return { block, first: Number(address - BigInt(`0x${this.#records[block].address}`)) };
    }
    const range = this.ranges.find(
      ({ base, size }) => address >= base && address < base + BigInt(size),
    );
    return range && { block: range.block, first: Number(address - range.base) };
  }

  /** Looks at the heap behind an operation. */
  update(step: ReplayStep): void {
    this.gone = [...this.slabs.values()].filter((slab) => !this.#isStill(slab)).map(this.#remove);
    this.#chooseCaches();
    this.caches = [...this.#shown].map((index) => inspectCache(this.#heap, index));
    this.added = this.#pages().flatMap((page) => this.#add(page, step));
    this.#findNames(step.symbols);
    this.#findRanges(step.symbols);
  }

  #isStill({ page, cache }: LiveSlab): boolean {
    const fields = readPage(this.#heap, page);
    return fields !== undefined && isHead(fields) && fields.cache === cache;
  }

  readonly #remove = ({ block, page, firstPage, pages }: LiveSlab): number => {
    this.slabs.delete(page);
    this.#unnamed.delete(block);
    for (let i = 0; i < pages; i++) this.#blockOfPage.delete(firstPage + i);
    return block;
  };

  /** The program's own caches, and those of the kernel that it has objects of. */
  #chooseCaches(): void {
    const { machine } = this.#heap;
    const boot = bootCacheNames(machine.profile).length;
    const existing = existingCaches(this.#heap);
    for (const { index, refcount } of existing) {
      const isUsed = index < KMALLOC_CLASSES && this.#shadow.caches.live(index) > 0;
      // 7.3's own caches are aliases of several from the start, and hold sheaves.
      const isAlias = refcount > 1 && !hasSheaves(machine);
      if (index >= boot || isAlias || isUsed) this.#shown.add(index);
    }
    const alive = new Set(existing.map(({ index }) => index));
    for (const index of this.#shown) if (!alive.has(index)) this.#shown.delete(index);
  }

  /** Struct pages of all slabs that the allocator lists, or that the program has objects in. */
  #pages(): readonly PageFields[] {
    const listed = this.caches.flatMap(({ cache, cpus, partial, full }) => [
      ...cpus.flatMap(({ slab, partialSlabs }) => [slab, ...partialSlabs.slabs]),
      ...partial.slabs,
      ...full.slabs,
      ...pagesOf(this.#heap, placedSheaves(this.#heap, cache)),
    ]);
    return [...listed, ...this.#ownPages()].filter((page) => page !== undefined);
  }

  #ownPages(): readonly (PageFields | undefined)[] {
    const { slabs } = this.#shadow;
    const start = ramBase(this.#heap.machine);
    const pages: (PageFields | undefined)[] = [];
    for (let slab = 0; slab < slabs.count; slab++) {
      const base = slabs.base(slab);
      if (slabs.isGone(slab) || this.blockAt(base) !== undefined) continue;
      pages.push(slabOf(this.#heap, start + BigInt(base)));
    }
    return pages;
  }

  #add(page: PageFields, step: ReplayStep): readonly LiveSlab[] {
    const { cache } = page;
    const { machine } = this.#heap;
    const isSlab = isStructPage(this.#heap, page.page) && isHead(page) && cache !== undefined;
    if (!isSlab || this.slabs.has(page.page) || !this.#shown.has(cache)) return [];
    const base = pageAddress(machine, page.page);
    const firstPage = Number((base - ramBase(machine)) >> BigInt(PAGE_SHIFT));
    const pages = Math.min(1 << page.order, machine.physPages - firstPage);
    const block = this.#records.length;
    const { objects: cells } = page;
    const size = pages << PAGE_SHIFT;
    const name = `slab of ${step.caches.nameOf(cache)} at ${hex64(base)}`;
    this.#records.push({ kind: "slab", name, address: hex64(base), size, cells });
    this.#unnamed.set(block, base);
    for (let i = 0; i < pages; i++) this.#blockOfPage.set(firstPage + i, block);
    const slab = { block, page: page.page, cache, cells, firstPage, pages };
    this.slabs.set(page.page, slab);
    return [slab];
  }

  /** A slab has a number from the first result on that mentions it. */
  #findNames(symbols: SymbolTable): void {
    for (const [block, base] of this.#unnamed) {
      const name = startName(symbols, base);
      if (name === undefined) continue;
      this.#records[block].name = name;
      this.#unnamed.delete(block);
    }
  }

  #findRanges(symbols: SymbolTable): void {
    for (const { base, size, linear } of mappedWindows(this.#heap)) {
      const isKnown = this.ranges.some((one) => one.base === base);
      if (isKnown || isInRam(this.#heap.machine, base)) continue;
      const name = startName(symbols, base);
      if (name === undefined || base === addressMapOf(this.#heap.machine.profile).vmemmap) continue;
      const shown = Math.min(size, RANGE_BYTES_MAX);
      const block = this.#records.length;
      this.#records.push({ kind: "range", name, address: hex64(base), size: shown, cells: 0 });
      this.ranges.push({ block, base, size: shown, linear });
    }
  }
}

function isHead({ flags }: PageFields): boolean {
  return (flags & (PageFlag.SLAB | PageFlag.TAIL)) === PageFlag.SLAB;
}

/** The name of what begins at an address. */
function startName(symbols: SymbolTable, base: bigint): string | undefined {
  const name = symbols.nameOf(base);
  return name?.endsWith("+0x0") === true ? name.slice(0, -"+0x0".length) : undefined;
}
