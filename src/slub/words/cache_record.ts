// The caches of a heap and where their slabs are: on a CPU, on a CPU's partial list, or on a list
// of the node. Lists that run in a circle or leave the struct pages are shown as far as they go.
import { CacheLayout, Letter, PAGE_SHIFT } from "../../abi.ts";
import { hex64 } from "../../base/hex.ts";
import type { SlabHeap } from "../core/heap.ts";
import { type CpuState, inspectCache, type SlabList } from "../core/inspect.ts";
import type { CacheFields, CacheStateName } from "../core/kmem_cache.ts";
import { addressOfCache, addressOfCpuSlab, existingCaches } from "../core/kmem_cache.ts";
import { hasSheaves } from "../program/machine.ts";
import { type PrefilledRecord, SheavesOfCache, type SheavesRecord } from "./sheaf_record.ts";
import { type AddressNames, type SlabRecord, type SlabView, slabRecord } from "./slab_record.ts";

/** Slabs of one list, and what is wrong with the list. */
export interface SlabListRecord {
  readonly slabs: readonly SlabRecord[];
  readonly damage?: string;
}

export interface CpuRecord {
  readonly cpu: number;
  /** Address of its kmem_cache_cpu. */
  readonly address: string;
  readonly slab: SlabRecord | null;
  readonly partial: SlabListRecord;
  readonly notes: readonly string[];
}

interface NodeRecord {
  /** Address of its kmem_cache_node. */
  readonly address: string;
  readonly slabs: number;
  /** The value of nr_partial. */
  readonly partial: number;
  /** Slabs that CPUs have. */
  readonly perCpu: number;
}

export interface CacheRecord {
  readonly address: string;
  readonly name: string;
  readonly state: CacheStateName;
  readonly objectSize: number;
  readonly allocated: number;
  readonly total: number;
  readonly slabs: number;
  readonly slabBytes: number;
  /** Cpu slabs; 7.3 has none. */
  readonly cpus: readonly CpuRecord[];
  /** What 7.3 has instead; missing where a cache has no sheaves. */
  readonly sheaves?: SheavesRecord;
  /** Slabs on no list that have objects in sheaves. */
  readonly unlisted?: SlabListRecord;
  readonly node: NodeRecord;
  readonly partial: SlabListRecord;
  /** null: a cache without store user keeps no list of its full slabs. */
  readonly full: SlabListRecord | null;
}

/** The source of names. */
export interface HeapNames {
  readonly cacheName: (index: number) => string;
  readonly address: AddressNames;
  /** Sheaves that the program holds. */
  readonly prefilled: readonly PrefilledRecord[];
}

/** The caches of a heap that are to be shown. */
export function cacheRecords(
  heap: SlabHeap,
  names: HeapNames,
  isShown: (cache: CacheFields) => boolean,
): CacheRecord[] {
  return existingCaches(heap)
    .filter(isShown)
    .map((cache) => cacheRecord(heap, names, cache));
}

function cacheRecord(heap: SlabHeap, names: HeapNames, cache: CacheFields): CacheRecord {
  const { index } = cache;
  const state = inspectCache(heap, index);
  const plain = { heap, cache, nameOf: names.address, cacheName: names.cacheName };
  const sheaves = cache.sheafCapacity > 0 ? new SheavesOfCache(plain, names.prefilled) : undefined;
  const view: SlabView = sheaves ? { ...plain, sheafOf: (at) => sheaves.placeOf(at) } : plain;
  const cpus = hasSheaves(heap.machine) ? [] : state.cpus.map((cpu) => cpuRecord(view, cpu));
  const partial = listRecord(view, state.partial);
  const full = (cache.letters & Letter.U) === 0 ? null : listRecord(view, state.full);
  const listed = new Set(partial.slabs.map(({ slab }) => slab));
  const rest = sheaves?.slabsBut(listed).map((page) => slabRecord(view, page)) ?? [];
  const unlisted = { slabs: rest };
  return {
    address: hex64(addressOfCache(heap, index)),
    name: names.cacheName(index),
    state: cache.state,
    objectSize: cache.objectSize,
    allocated: cache.totalObjects - freeObjects(cpus, [partial, full, unlisted]),
    total: cache.totalObjects,
    slabs: cache.nrSlabs | 0,
    slabBytes: 1 << (PAGE_SHIFT + cache.order),
    cpus,
    ...(sheaves === undefined ? {} : { sheaves: sheaves.record, unlisted }),
    node: nodeRecord(view, cpus),
    partial,
    full,
  };
}

function nodeRecord({ heap, cache }: SlabView, cpus: readonly CpuRecord[]): NodeRecord {
  const onCpus = cpus.map(({ slab, partial }) => (slab === null ? 0 : 1) + partial.slabs.length);
  return {
    address: hex64(addressOfCache(heap, cache.index) + BigInt(CacheLayout.NR_SLABS)),
    slabs: cache.nrSlabs | 0,
    partial: cache.nrPartial | 0,
    perCpu: onCpus.reduce((sum, count) => sum + count, 0),
  };
}

function freeObjects(
  cpus: readonly CpuRecord[],
  lists: readonly (SlabListRecord | null)[],
): number {
  const all = [...lists, ...cpus.map(({ partial }) => partial)];
  const slabs = all.flatMap((list) => list?.slabs ?? []);
  const onCpus = cpus.flatMap(({ slab }) => slab ?? []);
  return [...slabs, ...onCpus].reduce((sum, { free }) => sum + free, 0);
}

function cpuRecord(view: SlabView, state: CpuState): CpuRecord {
  const { cpu, freelist, page, slab } = state;
  const notes: string[] = [];
  if (page !== 0n && slab === undefined) notes.push(`${hex64(page)} is no struct page`);
  if (page === 0n && freelist !== 0n)
    notes.push(`its freelist has ${hex64(freelist)}, but no slab`);
  return {
    cpu,
    address: hex64(addressOfCpuSlab(view.heap, view.cache.index, cpu)),
    slab: slab === undefined ? null : slabRecord(view, slab, { cpu, freelist }),
    partial: listRecord(view, state.partialSlabs),
    notes,
  };
}

/** A circle is shown once around. */
function listRecord(view: SlabView, { slabs, end }: SlabList): SlabListRecord {
  const seen = new Set<bigint>();
  const repeated = slabs.findIndex(({ page }) => seen.size === seen.add(page).size);
  const shown = repeated === -1 ? slabs : slabs.slice(0, repeated);
  const records = shown.map((page) => slabRecord(view, page));
  const damage = repeated === -1 ? endOf(end) : `cycle: ${hex64(slabs[repeated].page)} again`;
  return damage === undefined ? { slabs: records } : { slabs: records, damage };
}

function endOf(end: SlabList["end"]): string | undefined {
  if (end === "end") return undefined;
  return end === "bad" ? "a link leads to no struct page" : "there are more slabs";
}
