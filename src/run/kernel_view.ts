// What a debugger of the simulated kernel would read: memory at kernel addresses, struct pages, and
// kmem_caches. It changes nothing, follows no list by itself, and answers `undefined` where nothing is
// mapped.
import {
  CacheLayout,
  FROZEN_BIT,
  PAGE_ORDER,
  PAGE_SHIFT,
  Page6,
  Page310,
  PageFlag,
  STRUCT_PAGE_SHIFT,
  STRUCT_PAGE_SIZE,
  Window,
  WindowLayout,
} from "../abi.ts";
import { readU64 } from "../base/bytes.ts";
import { addressMapOf } from "../program/machine.ts";
import type { SlabHeap } from "../wasm/heap.ts";

/** A range of kernel addresses, and where it lies in linear memory. */
interface MappedRange {
  readonly base: bigint;
  readonly size: bigint;
  readonly linear: number;
}

/** Offsets in a struct page that differ by profile. */
interface PageOffsets {
  readonly freelist: number;
  readonly counters: number;
  readonly list: number;
  readonly cache: number;
  readonly head: number;
}

const PAGE_310: PageOffsets = {
  freelist: Page310.FREELIST,
  counters: Page310.COUNTERS,
  list: Page310.LIST,
  cache: Page310.SLAB_CACHE,
  head: Page310.HEAD,
};

const PAGE_6: PageOffsets = {
  freelist: Page6.FREELIST,
  counters: Page6.COUNTERS,
  list: Page6.LIST,
  cache: Page6.SLAB_CACHE,
  head: Page6.HEAD,
};

/** A slab, as its struct page tells. */
export interface SlabView {
  /** Address of the struct page. */
  readonly page: bigint;
  /** First byte of the slab. */
  readonly base: bigint;
  readonly cacheIndex: number;
  readonly order: number;
  readonly objects: number;
  readonly inuse: number;
  readonly frozen: boolean;
  readonly freelist: bigint;
}

export class KernelView {
  readonly #heap: SlabHeap;
  readonly #offsets: PageOffsets;
  readonly #directMap: bigint;
  readonly #vmemmap: bigint;
  readonly #kernelImage: bigint;
  #ranges: readonly MappedRange[] = [];

  constructor(heap: SlabHeap) {
    const { profile } = heap.machine;
    const map = addressMapOf(profile);
    this.#heap = heap;
    this.#offsets = profile === "v3.10" ? PAGE_310 : PAGE_6;
    this.#directMap = map.directMap;
    this.#vmemmap = map.vmemmap;
    this.#kernelImage = map.kernelImage;
    this.refresh();
  }

  /** Looks up anew what is mapped; an operation may have added a region. */
  refresh(): void {
    this.#ranges = this.#readRanges();
  }

  /** Where `size` bytes at a kernel address lie in linear memory. */
  linear(address: bigint, size: number): number | undefined {
    const range = this.#ranges.find(
      ({ base, size: length }) => address >= base && address + BigInt(size) <= base + length,
    );
    return range === undefined ? undefined : range.linear + Number(address - range.base);
  }

  u64(address: bigint): bigint | undefined {
    const at = this.linear(address, 8);
    return at === undefined ? undefined : this.u64At(at);
  }

  /** The 64-bit number at a linear address, aligned or not. */
  u64At(linear: number): bigint {
    return readU64(this.#heap.views.u8, linear);
  }

  /** A field of a kmem_cache. */
  cacheU32(index: number, field: CacheLayout): number {
    return this.#heap.views.readU32(this.cacheLinear(index) + field);
  }

  cacheU64(index: number, field: number): bigint {
    return this.u64At(this.cacheLinear(index) + field);
  }

  cacheLinear(index: number): number {
    return this.#heap.core.cache_address() + index * CacheLayout.SIZE;
  }

  /** Kernel address of a field of a kmem_cache. */
  cacheAddress(index: number, field: number): bigint {
    const ram = this.#ranges[Window.RAM];
    return ram.base + BigInt(this.cacheLinear(index) + field - ram.linear);
  }

  /** The slab that a kernel address lies in; undefined unless it lies in a page of one. */
  slabOf(address: bigint): SlabView | undefined {
    const page = this.#structPageOf(address);
    return page === undefined ? undefined : this.slabAt(page);
  }

  /** The slab that a struct page, or the head of the block it is in, describes. */
  slabAt(page: bigint): SlabView | undefined {
    const head = this.#headOf(page);
    const at = head === undefined ? undefined : this.linear(head, STRUCT_PAGE_SIZE);
    if (head === undefined || at === undefined) return undefined;
    return this.#flagsAt(at) & PageFlag.SLAB ? this.#fieldsAt(head, at) : undefined;
  }

  /** Index of the cache whose slab begins at that struct page; undefined if none begins there. */
  ownerOfHead(page: bigint): number | undefined {
    const at = this.linear(page, STRUCT_PAGE_SIZE);
    const flags = at === undefined ? 0 : this.#flagsAt(at);
    if (at === undefined || (flags & (PageFlag.SLAB | PageFlag.TAIL)) !== PageFlag.SLAB) {
      return undefined;
    }
    return this.#cacheIndex(this.u64At(at + this.#offsets.cache));
  }

  /** The free pointer of an object, decoded; undefined where it cannot be read. */
  freePointer(cache: number, object: bigint): bigint | undefined {
    const at = BigInt.asUintN(64, object + BigInt(this.cacheU32(cache, CacheLayout.OFFSET)));
    const stored = this.u64(at);
    if (stored === undefined || !this.#heap.machine.hardened) return stored;
    return stored ^ this.cacheU64(cache, CacheLayout.RANDOM) ^ swapBytes(at);
  }

  /** Whether an address can be a struct page: it lies in the window of RAM's struct pages. */
  isStructPage(address: bigint): boolean {
    const { base, size } = this.#ranges[Window.MEM_MAP];
    const inside = address >= base && address < base + size;
    return inside && (address - base) % BigInt(STRUCT_PAGE_SIZE) === 0n;
  }

  /** The list_head inside a struct page. */
  listOffset(): bigint {
    return BigInt(this.#offsets.list);
  }

  /** The first word of the list_head: the next slab of a cpu partial list. */
  nextOf(page: bigint): bigint {
    return this.u64(page + this.listOffset()) ?? 0n;
  }

  #flagsAt(linear: number): number {
    return this.#heap.views.readU32(linear);
  }

  #headOf(page: bigint): bigint | undefined {
    const at = this.linear(page, STRUCT_PAGE_SIZE);
    if (at === undefined) return undefined;
    return this.#flagsAt(at) & PageFlag.TAIL ? this.u64At(at + this.#offsets.head) : page;
  }

  #fieldsAt(page: bigint, at: number): SlabView {
    const { views } = this.#heap;
    const counters = views.readU32(at + this.#offsets.counters);
    return {
      page,
      base: this.#memoryOf(page),
      cacheIndex: this.#cacheIndex(this.u64At(at + this.#offsets.cache)),
      order: views.readU32(at + PAGE_ORDER),
      inuse: counters & 0xffff,
      objects: (counters >>> 16) & ~FROZEN_BIT & 0xffff,
      frozen: ((counters >>> 16) & FROZEN_BIT) !== 0,
      freelist: this.u64At(at + this.#offsets.freelist),
    };
  }

  #structPageOf(address: bigint): bigint | undefined {
    const physical =
      address >= this.#kernelImage ? address - this.#kernelImage : address - this.#directMap;
    if (physical < 0n) return undefined;
    return this.#vmemmap + ((physical >> BigInt(PAGE_SHIFT)) << BigInt(STRUCT_PAGE_SHIFT));
  }

  #memoryOf(page: bigint): bigint {
    const frame = (page - this.#vmemmap) >> BigInt(STRUCT_PAGE_SHIFT);
    return this.#directMap + (frame << BigInt(PAGE_SHIFT));
  }

  #cacheIndex(address: bigint): number {
    const offset = address - this.cacheAddress(0, 0);
    return Number(offset) / CacheLayout.SIZE;
  }

  #readRanges(): MappedRange[] {
    const { core, views } = this.#heap;
    const ranges: MappedRange[] = [];
    for (let at = core.window_address(); ; at += WindowLayout.SIZE) {
      const size = views.readU32(at + WindowLayout.SIZE_BYTES);
      if (size === 0) return ranges;
      ranges.push({
        base: views.readU64(at + WindowLayout.BASE),
        size: BigInt(size),
        linear: views.readU32(at + WindowLayout.LINEAR),
      });
    }
  }
}

function swapBytes(value: bigint): bigint {
  let swapped = 0n;
  for (let i = 0n; i < 64n; i += 8n) swapped = (swapped << 8n) | ((value >> i) & 0xffn);
  return swapped;
}
