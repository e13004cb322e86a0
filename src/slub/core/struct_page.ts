// struct page as the profile lays it out, read only. Pages are named by their kernel address in the
// vmemmap window.
import {
  BlockLayout,
  FROZEN_BIT,
  Page6,
  Page310,
  Page612,
  PageFlag,
  STRUCT_PAGE_SIZE,
  Window,
} from "../../abi.ts";
import { readU16, readU32, readU64 } from "../../base/bytes.ts";
import { isInRam, type Machine, pageOf } from "../program/machine.ts";
import type { SlabHeap } from "./heap.ts";
import { cacheIndexAt } from "./kmem_cache.ts";
import { linearOf, readWindow } from "./memory.ts";

/** What a struct page says, as a slab's or not. */
export interface PageFields {
  /** Kernel address of the struct page. */
  readonly page: bigint;
  /** PageFlag bits. */
  readonly flags: number;
  readonly freelist: bigint;
  readonly inuse: number;
  readonly objects: number;
  readonly frozen: boolean;
  /** Index of the kmem_cache; undefined if the pointer names none. */
  readonly cache: number | undefined;
  /** log2 of the pages of the block that begins here. */
  readonly order: number;
  /** Link to the next page of a list or of a cpu partial list. */
  readonly next: bigint;
}

/** Offset of the list_head in a struct page: what the links of node lists point at. */
export function listOffset(machine: Machine): bigint {
  return BigInt(pageLayoutOf(machine).LIST);
}

/** Whether a struct page of RAM begins at an address. */
export function isStructPage(heap: SlabHeap, address: bigint): boolean {
  const { base, size } = readWindow(heap, Window.MEM_MAP);
  const offset = address - base;
  return offset >= 0n && offset < BigInt(size) && offset % BigInt(STRUCT_PAGE_SIZE) === 0n;
}

/** A struct page; undefined where none is mapped. */
export function readPage(heap: SlabHeap, page: bigint): PageFields | undefined {
  const at = linearOf(heap, page, STRUCT_PAGE_SIZE);
  if (at === undefined) return undefined;
  const { u8 } = heap.views;
  const layout = pageLayoutOf(heap.machine);
  const counted = readU16(u8, at + layout.COUNTERS + 2);
  return {
    page,
    flags: readU32(u8, at + layout.FLAGS),
    freelist: readU64(u8, at + layout.FREELIST),
    inuse: readU16(u8, at + layout.COUNTERS),
    objects: counted & ~FROZEN_BIT,
    frozen: (counted & FROZEN_BIT) !== 0,
    cache: cacheIndexAt(heap, readU64(u8, at + layout.SLAB_CACHE)),
    order: orderOf(heap, page),
    next: readU64(u8, at + layout.LIST),
  };
}

/** The page allocator knows: its books lie behind the struct pages of RAM. */
function orderOf(heap: SlabHeap, page: bigint): number {
  const { base, size, linear } = readWindow(heap, Window.MEM_MAP);
  const index = (page - base) / BigInt(STRUCT_PAGE_SIZE);
  if (index < 0n || index >= BigInt(size / STRUCT_PAGE_SIZE)) return 0;
  return heap.views.u8[linear + size + Number(index) * BlockLayout.SIZE + BlockLayout.ORDER];
}

/** The slab that an address lies in; undefined if its page is not one of a slab. */
export function slabOf(heap: SlabHeap, address: bigint): PageFields | undefined {
  if (!isInRam(heap.machine, address)) return undefined;
  const page = readPage(heap, pageOf(heap.machine, address));
  if (page === undefined) return undefined;
  const head = (page.flags & PageFlag.TAIL) === 0 ? page : headOf(heap, page);
  return head !== undefined && (head.flags & PageFlag.SLAB) !== 0 ? head : undefined;
}

/** The head of a block, from one of its tails. */
function headOf(heap: SlabHeap, tail: PageFields): PageFields | undefined {
  const at = linearOf(heap, tail.page, STRUCT_PAGE_SIZE);
  if (at === undefined) return undefined;
  return readPage(heap, readU64(heap.views.u8, at + pageLayoutOf(heap.machine).HEAD) & ~1n);
}

/** Byte offsets of the fields of a struct page. */
interface PageLayout {
  readonly FLAGS: number;
  readonly FREELIST: number;
  readonly COUNTERS: number;
  /** The list_head, whose first word links cpu partial slabs, too. */
  readonly LIST: number;
  readonly SLAB_CACHE: number;
  /** In a tail page: the link to the head of its block. */
  readonly HEAD: number;
}

const OF_3_10: PageLayout = {
  FLAGS: Page310.FLAGS,
  FREELIST: Page310.FREELIST,
  COUNTERS: Page310.COUNTERS,
  LIST: Page310.LIST,
  SLAB_CACHE: Page310.SLAB_CACHE,
  HEAD: Page310.HEAD,
};

const OF_6_1: PageLayout = {
  FLAGS: Page6.FLAGS,
  FREELIST: Page6.FREELIST,
  COUNTERS: Page6.COUNTERS,
  LIST: Page6.LIST,
  SLAB_CACHE: Page6.SLAB_CACHE,
  HEAD: Page6.HEAD,
};

const OF_6_12: PageLayout = {
  FLAGS: Page612.FLAGS,
  FREELIST: Page612.FREELIST,
  COUNTERS: Page612.COUNTERS,
  LIST: Page612.LIST,
  SLAB_CACHE: Page612.SLAB_CACHE,
  HEAD: Page612.HEAD,
};

/** Where the fields of a struct page lie. */
export function pageLayoutOf({ profile }: Machine): PageLayout {
  if (profile === "v3.10") return OF_3_10;
  return profile === "v6.1" ? OF_6_1 : OF_6_12;
}
