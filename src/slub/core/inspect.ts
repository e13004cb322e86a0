// A read-only walker over a heap: which slabs a cache has, where they are listed, and what their
// free lists look like. It believes nothing: every walk is bounded, and a list that is broken still
// gives what was walked so far, with the reason why it ended.
import { CacheLayout } from "../../abi.ts";
import { pageAddress } from "../program/machine.ts";
import type { SlabHeap } from "./heap.ts";
import type { CacheFields, CpuSlabFields } from "./kmem_cache.ts";
import { addressOfCache, readCache, readCpuSlab } from "./kmem_cache.ts";
import { readLong } from "./memory.ts";
import { isStructPage, listOffset, type PageFields, readPage } from "./struct_page.ts";

/** A free list, walked. */
export interface FreeChain {
  /** Object indices from the head on. */
  readonly indices: readonly number[];
  /**
   * How the walk ended: at NULL; at a pointer that is no object of the slab; after one object more
   * than the slab has; at an object whose free pointer cannot be read.
   */
  readonly end: "null" | "bad" | "loop" | "fault";
  /** The pointer that is no object of the slab. */
  readonly bad: bigint | undefined;
}

/** A list of slabs, walked. */
export interface SlabList {
  readonly slabs: readonly PageFields[];
  /** `bad`: a link that leads to no struct page; `limit`: more slabs than were asked for. */
  readonly end: "end" | "bad" | "limit";
}

/** What a CPU holds of a cache. */
export interface CpuState extends CpuSlabFields {
  /** The cpu slab; undefined if there is none. */
  readonly slab: PageFields | undefined;
  readonly partialSlabs: SlabList;
}

/** Where all slabs of a cache are. */
export interface CacheState {
  readonly cache: CacheFields;
  readonly cpus: readonly CpuState[];
  readonly partial: SlabList;
  readonly full: SlabList;
}

/** The most slabs that a walk of a list shows. */
const SLAB_LIMIT = 2000;

/** A cache and all slabs that are on any of its lists. */
export function inspectCache(heap: SlabHeap, index: number, limit = SLAB_LIMIT): CacheState {
  const cpus = Array.from({ length: heap.machine.cpus }, (_, cpu) =>
    inspectCpu(heap, readCpuSlab(heap, index, cpu), limit),
  );
  return {
    cache: readCache(heap, index),
    cpus,
    partial: nodeList(heap, index, "partial", limit),
    full: nodeList(heap, index, "full", limit),
  };
}

/** A free list of a slab, from the pointer `head` on. */
export function walkChain(
  heap: SlabHeap,
  cache: CacheFields,
  slab: PageFields,
  head: bigint,
): FreeChain {
  const indices: number[] = [];
  let object = head;
  while (object !== 0n) {
    const index = objectIndex(heap, cache, slab, object);
    if (index === undefined) return { indices, end: "bad", bad: object };
    indices.push(index);
    if (indices.length > slab.objects) return { indices, end: "loop", bad: undefined };
    const next = freePointerOf(heap, cache, object);
    if (next === undefined) return { indices, end: "fault", bad: undefined };
    object = next;
  }
  return { indices, end: "null", bad: undefined };
}

/** The number of an object in its slab; undefined if no object begins there. */
export function objectIndex(
  heap: SlabHeap,
  cache: CacheFields,
  slab: PageFields,
  object: bigint,
): number | undefined {
  const first = pageAddress(heap.machine, slab.page) + BigInt(cache.redLeftPad);
  const offset = object - first;
  if (offset < 0n || cache.size === 0 || offset % BigInt(cache.size) !== 0n) return undefined;
  const index = offset / BigInt(cache.size);
  return index < BigInt(slab.objects) ? Number(index) : undefined;
}

/** Address of an object of a slab. */
export function objectAddress(
  heap: SlabHeap,
  cache: CacheFields,
  slab: PageFields,
  index: number,
): bigint {
  const base = pageAddress(heap.machine, slab.page);
  return base + BigInt(cache.redLeftPad + index * cache.size);
}

/** The object behind `object` on its free list; undefined if its free pointer cannot be read. */
function freePointerOf(heap: SlabHeap, cache: CacheFields, object: bigint): bigint | undefined {
  const at = BigInt.asUintN(64, object + BigInt(cache.offset));
  const word = readLong(heap, at);
  if (word === undefined || !heap.machine.hardened) return word;
  return word ^ cache.random ^ byteSwapped(at);
}

function byteSwapped(value: bigint): bigint {
  let swapped = 0n;
  for (let i = 0n; i < 64n; i += 8n) swapped = (swapped << 8n) | ((value >> i) & 0xffn);
  return swapped;
}

function inspectCpu(heap: SlabHeap, cpu: CpuSlabFields, limit: number): CpuState {
  const slab = cpu.page === 0n ? undefined : readPage(heap, cpu.page);
  return { ...cpu, slab, partialSlabs: cpuPartialList(heap, cpu.partial, limit) };
}

/** Cpu partial slabs are linked by the addresses of their struct pages; 0 ends the list. */
export function cpuPartialList(heap: SlabHeap, first: bigint, limit = SLAB_LIMIT): SlabList {
  const slabs: PageFields[] = [];
  let page = first;
  while (page !== 0n) {
    if (slabs.length === limit) return { slabs, end: "limit" };
    const slab = slabAt(heap, page);
    if (slab === undefined) return { slabs, end: "bad" };
    slabs.push(slab);
    page = slab.next;
  }
  return { slabs, end: "end" };
}

/** Slabs of the node are linked through list_heads, whose first one lies in the kmem_cache. */
export function nodeList(
  heap: SlabHeap,
  index: number,
  name: "partial" | "full",
  limit: number,
): SlabList {
  const slabs: PageFields[] = [];
  const field = name === "partial" ? CacheLayout.PARTIAL : CacheLayout.FULL;
  const head = addressOfCache(heap, index) + BigInt(field);
  let link = readLong(heap, head) ?? head;
  while (link !== head) {
    if (slabs.length === limit) return { slabs, end: "limit" };
    const slab = slabAt(heap, link - listOffset(heap.machine));
    if (slab === undefined) return { slabs, end: "bad" };
    slabs.push(slab);
    link = slab.next;
  }
  return { slabs, end: "end" };
}

/** The struct page that a link leads to. A damaged link may lead to memory that is none. */
function slabAt(heap: SlabHeap, address: bigint): PageFields | undefined {
  return isStructPage(heap, address) ? readPage(heap, address) : undefined;
}
