// struct kmem_cache, read only.
import {
  CACHE_MAX,
  CacheLayout,
  CPU_MAX,
  CpuSlabLayout,
  SHEAVES_BEHIND_CACHES,
  SheavesLayout,
} from "../../abi.ts";
import { assert } from "../../base/assert.ts";
import { hasSheaves, ramBase } from "../program/machine.ts";
import type { SlabHeap } from "./heap.ts";

/** The life of a kmem_cache. A busy one was destroyed while objects remained. */
export type CacheStateName = "none" | "alive" | "busy";

/** The fields of a kmem_cache, by the kernel's names for them. */
export interface CacheFields {
  readonly index: number;
  readonly state: CacheStateName;
  /** Letter bits in force. */
  readonly letters: number;
  readonly size: number;
  readonly objectSize: number;
  readonly offset: number;
  readonly inuse: number;
  readonly align: number;
  readonly redLeftPad: number;
  readonly order: number;
  readonly objects: number;
  readonly minOrder: number;
  readonly minObjects: number;
  readonly refcount: number;
  readonly minPartial: number;
  readonly cpuPartial: number;
  readonly cpuPartialSlabs: number;
  /** Pointers that a sheaf of the cache holds (7.3); 0: it has no sheaves. */
  readonly sheafCapacity: number;
  readonly objectPoison: boolean;
  readonly random: bigint;
  readonly nrSlabs: number;
  readonly totalObjects: number;
  readonly nrPartial: number;
}

/** struct kmem_cache_cpu. */
export interface CpuSlabFields {
  readonly cpu: number;
  /** The lockless freelist. */
  readonly freelist: bigint;
  /** struct page of the cpu slab, 0 for none. */
  readonly page: bigint;
  /** struct page of the first cpu partial slab, 0 for none. */
  readonly partial: bigint;
}

const STATES: readonly CacheStateName[] = ["none", "alive", "busy"];

/** The kmem_cache with this index, whatever its state. */
export function readCache(heap: SlabHeap, index: number): CacheFields {
  const word = (field: CacheLayout) => heap.views.readU32(linearOfCache(heap, index) + field);
  const oo = word(CacheLayout.OO);
  const min = word(CacheLayout.MIN);
  return {
    index,
    state: STATES[word(CacheLayout.STATE)],
    letters: word(CacheLayout.LETTERS),
    size: word(CacheLayout.SIZE_BYTES),
    objectSize: word(CacheLayout.OBJECT_SIZE),
    offset: word(CacheLayout.OFFSET),
    inuse: word(CacheLayout.INUSE),
    align: word(CacheLayout.ALIGN),
    redLeftPad: word(CacheLayout.RED_LEFT_PAD),
    order: oo >>> 16,
    objects: oo & 0xffff,
    minOrder: min >>> 16,
    minObjects: min & 0xffff,
    refcount: word(CacheLayout.REFCOUNT) | 0,
    minPartial: word(CacheLayout.MIN_PARTIAL),
    cpuPartial: word(CacheLayout.CPU_PARTIAL),
    cpuPartialSlabs: word(CacheLayout.CPU_PARTIAL_SLABS),
    sheafCapacity: hasSheaves(heap.machine)
      ? heap.views.readU32(linearOfSheaves(heap, index) + SheavesLayout.CAPACITY)
      : 0,
    objectPoison: word(CacheLayout.OBJECT_POISON) !== 0,
    random: heap.views.readU64(linearOfCache(heap, index) + CacheLayout.RANDOM),
    nrSlabs: word(CacheLayout.NR_SLABS),
    totalObjects: word(CacheLayout.TOTAL_OBJECTS),
    nrPartial: word(CacheLayout.NR_PARTIAL),
  };
}

/** The kmem_caches that exist, the kmalloc caches first. */
export function existingCaches(heap: SlabHeap): readonly CacheFields[] {
  return Array.from({ length: CACHE_MAX }, (_, index) => readCache(heap, index)).filter(
    ({ state }) => state !== "none",
  );
}

/** The kmem_caches on slab_caches, the youngest first. */
export function listedCaches(heap: SlabHeap): readonly CacheFields[] {
  const addressOf = ({ index }: CacheFields): number => linearOfCache(heap, index);
  const link = (cache: CacheFields, field: CacheLayout): number =>
    heap.views.readU32(addressOf(cache) + field);
  const existing = existingCaches(heap);
  const byAddress = new Map(existing.map((cache) => [addressOf(cache), cache]));
  const older = (cache: CacheFields) => byAddress.get(link(cache, CacheLayout.NEXT));
  // A cache that was taken off the list may keep its links, but none leads back to it.
  const isFirst = (cache: CacheFields): boolean => {
    const next = older(cache);
    const isLinked = next === undefined || link(next, CacheLayout.PREV) === addressOf(cache);
    return link(cache, CacheLayout.PREV) === 0 && isLinked;
  };
  const listed: CacheFields[] = [];
  let cache = existing.find(isFirst);
  while (cache !== undefined && listed.length < existing.length) {
    listed.push(cache);
    cache = older(cache);
  }
  return listed;
}

/** Where a CPU keeps what it has of a cache. */
export function addressOfCpuSlab(heap: SlabHeap, index: number, cpu: number): bigint {
  const offset = CacheLayout.CPU_SLAB + cpu * CpuSlabLayout.SIZE;
  return addressOfCache(heap, index) + BigInt(offset);
}

/** What a CPU keeps of a cache. */
export function readCpuSlab(heap: SlabHeap, index: number, cpu: number): CpuSlabFields {
  assert(cpu < CPU_MAX, "there is no such CPU");
  const at = linearOfCache(heap, index) + CacheLayout.CPU_SLAB + cpu * CpuSlabLayout.SIZE;
  return {
    cpu,
    freelist: heap.views.readU64(at + CpuSlabLayout.FREELIST),
    page: heap.views.readU64(at + CpuSlabLayout.PAGE),
    partial: heap.views.readU64(at + CpuSlabLayout.PARTIAL),
  };
}

/** Linear address of a kmem_cache. */
export function linearOfCache(heap: SlabHeap, index: number): number {
  assert(index < CACHE_MAX, "there is no such kmem_cache");
  return heap.areas.cache + index * CacheLayout.SIZE;
}

/** Linear address of what a kmem_cache has of sheaves. */
export function linearOfSheaves(heap: SlabHeap, index: number): number {
  assert(index < CACHE_MAX, "there is no such kmem_cache");
  const blocks = heap.areas.cache + CACHE_MAX * CacheLayout.SIZE + SHEAVES_BEHIND_CACHES;
  return blocks + index * SheavesLayout.SIZE;
}

/** Kernel address of a kmem_cache: they lie at the start of RAM. */
export function addressOfCache(heap: SlabHeap, index: number): bigint {
  return ramBase(heap.machine) + BigInt(index * CacheLayout.SIZE);
}

/** The index of the kmem_cache at a kernel address; undefined if none can lie there. */
export function cacheIndexAt(heap: SlabHeap, address: bigint): number | undefined {
  const offset = address - ramBase(heap.machine);
  if (offset < 0n || offset >= BigInt(CACHE_MAX * CacheLayout.SIZE)) return undefined;
  return offset % BigInt(CacheLayout.SIZE) === 0n
    ? Number(offset / BigInt(CacheLayout.SIZE))
    : undefined;
}
