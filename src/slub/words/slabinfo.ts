// /proc/slabinfo: a line for each cache on slab_caches, the youngest first. What CPUs have on their
// free lists counts as active, and `objsize` is the whole stride of an object.
import type { SlabHeap } from "../core/heap.ts";
import { inspectCache } from "../core/inspect.ts";
import { type CacheFields, listedCaches } from "../core/kmem_cache.ts";
import type { ProfileName } from "../program/op.ts";

export interface SlabinfoRow {
  readonly name: string;
  readonly activeObjects: number;
  readonly objects: number;
  readonly objectSize: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly activeSlabs: number;
  readonly slabs: number;
}

const HEAD = [
  "slabinfo - version: 2.1",
  "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>" +
    " : tunables <limit> <batchcount> <sharedfactor>" +
    " : slabdata <active_slabs> <num_slabs> <sharedavail>",
];

/** SLUB has nothing to tune. */
const TUNABLES = " : tunables    0    0    0";

export function slabinfoRows(heap: SlabHeap, nameOf: (index: number) => string): SlabinfoRow[] {
  return listedCaches(heap)
    .filter((cache) => isListed(heap.machine.profile, cache))
    .map((cache) => rowOf(heap, cache, nameOf(cache.index)));
}

/** A destroy that fails takes the cache off the list since 6.12. */
function isListed(profile: ProfileName, { state }: CacheFields): boolean {
  return state === "alive" || profile === "v3.10" || profile === "v6.1";
}

function rowOf(heap: SlabHeap, cache: CacheFields, name: string): SlabinfoRow {
  const { slabs } = inspectCache(heap, cache.index).partial;
  // A list that runs in a circle counts once around.
  const partial = new Map(slabs.map(({ page, objects, inuse }) => [page, objects - inuse]));
  const free = [...partial.values()].reduce((sum, count) => sum + count, 0);
  return {
    name,
    activeObjects: cache.totalObjects - free,
    objects: cache.totalObjects,
    objectSize: cache.size,
    objectsPerSlab: cache.objects,
    pagesPerSlab: 1 << cache.order,
    activeSlabs: cache.nrSlabs,
    slabs: cache.nrSlabs,
  };
}

export function slabinfoLines(rows: readonly SlabinfoRow[]): string[] {
  return [...HEAD, ...rows.map(rowLine)];
}

function rowLine(row: SlabinfoRow): string {
  const objects = `${long(row.activeObjects)} ${long(row.objects)} ${pad(row.objectSize, 6)}`;
  const slab = `${pad(row.objectsPerSlab, 4)} ${pad(row.pagesPerSlab, 4)}`;
  const slabdata = `${long(row.activeSlabs)} ${long(row.slabs)} ${long(0)}`;
  return `${row.name.padEnd(17)} ${objects} ${slab}${TUNABLES} : slabdata ${slabdata}`;
}

/** %6lu */
function long(value: number): string {
  return `${BigInt.asUintN(64, BigInt(value))}`.padStart(6);
}

function pad(value: number, width: number): string {
  return `${value}`.padStart(width);
}
