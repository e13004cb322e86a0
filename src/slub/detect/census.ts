// Counts everything: each cache's parameters, its slabs on every list, and the free objects of
// each.
//
// Sees: a layout that its parameters do not lead to; counters that disagree with lists; a chain of
// free objects that is broken, goes in a circle, holds an object that lives, or misses one that
// does not. Does not see: the contents of objects, and full slabs (no list holds them, but for
// debugging with U).
//
//   for each cache   total_objects == nr_slabs * objects
//                    total_objects - free objects on all lists == objects that the program holds
//                    nr_partial == slabs on the partial list
//   (7.3: objects in sheaves are free, and their slabs count them as in use)
//   for each slab    inuse + |freelist| == objects
import { CACHE_MAX, CacheLayout, CpuSlabLayout, Letter, Op } from "../../abi.ts";
import type { SlabHeap } from "../core/heap.ts";
import { linearOfSheaves } from "../core/kmem_cache.ts";
import { type Layout, waitsInSheaves } from "../oracle/layout.ts";
import type { Shadow } from "../oracle/shadow.ts";
import { NONE } from "../oracle/slabs.ts";
import { opOf } from "../program/record.ts";
import { SlabReader } from "./slab_reader.ts";

/** Compares all caches with the shadow; costs a few nanoseconds for each free object. */
export function takeCensus(heap: SlabHeap, shadow: Shadow): void {
  if (shadow.damages.length > 0 || shadow.violations.length > 0) return;
  const reader = new SlabReader(heap, shadow);
  for (let cache = 0; cache < shadow.caches.end; cache++) {
    if (shadow.caches.isAlive(cache)) countCache(heap, shadow, reader, cache);
  }
}

function countCache(heap: SlabHeap, shadow: Shadow, reader: SlabReader, cache: number): void {
  const at = (heap.areas.cache + cache * CacheLayout.SIZE) >>> 2;
  const { u32 } = heap.views;
  const layout = shadow.caches.layouts[cache];
  compareLayout(shadow, u32, at, layout, cache);
  const slabs = u32[at + CacheLayout.NR_SLABS / 4];
  const total = u32[at + CacheLayout.TOTAL_OBJECTS / 4];
  if (total !== slabs * layout.objects) {
    shadow.violate("total-objects", cache, NONE, total, slabs * layout.objects);
  }
  if (shadow.machine.hardened) return; // encoded free pointers are not followed
  if (slabs === 0 && shadow.caches.live(cache) === 0) return;
  reader.open(cache, layout);
  if (waitsInSheaves(layout))
    reader.walkSheaves(linearOfSheaves(heap, cache) >>> 2, heap.machine.cpus);
  else countCpuSlabs(heap, reader, at);
  reader.walkNodeList(at + CacheLayout.PARTIAL / 4);
  const partial = u32[at + CacheLayout.NR_PARTIAL / 4];
  if (reader.listed !== partial) {
    shadow.violate("partial-count", cache, NONE, partial, reader.listed);
  }
  const live = shadow.caches.live(cache) - shadow.grace.inSheaves(cache);
  const used = total - reader.free;
  // The running kernel holds objects of the kmalloc caches, too.
  const isAtLeast = shadow.caches.isKernels(cache) || shadow.prefilled.hasAnyOf(cache);
  const isRight = isAtLeast ? used >= live : used === live;
  if (!isRight) shadow.violate("objects-in-use", cache, NONE, used, live);
}

function countCpuSlabs(heap: SlabHeap, reader: SlabReader, at: number): void {
  for (let cpu = 0; cpu < heap.machine.cpus; cpu++) {
    const slab = at + (CacheLayout.CPU_SLAB + cpu * CpuSlabLayout.SIZE) / 4;
    reader.walkCpuSlab(slab + CpuSlabLayout.PAGE / 4, slab + CpuSlabLayout.FREELIST / 4);
    reader.walkCpuPartial(slab + CpuSlabLayout.PARTIAL / 4);
  }
}

/** Word offsets in a kmem_cache, and what the layout says about them. */
const COMPARED = Uint8Array.of(
  CacheLayout.SIZE_BYTES / 4,
  CacheLayout.OBJECT_SIZE / 4,
  CacheLayout.OFFSET / 4,
  CacheLayout.INUSE / 4,
  CacheLayout.ALIGN / 4,
  CacheLayout.RED_LEFT_PAD / 4,
  CacheLayout.OO / 4,
);
const expected = new Uint32Array(COMPARED.length);

function expectLayout(layout: Layout): void {
  expected[0] = layout.size;
  expected[1] = layout.objectSize;
  expected[2] = layout.offset;
  expected[3] = layout.inuse;
  expected[4] = layout.align;
  expected[5] = layout.redLeftPad;
  expected[6] = (layout.order << 16) | layout.objects;
}

function compareLayout(
  shadow: Shadow,
  u32: Uint32Array,
  at: number,
  layout: Layout,
  cache: number,
): void {
  expectLayout(layout);
  for (let i = 0; i < COMPARED.length; i++) {
    const found = u32[at + COMPARED[i]];
    if (found === expected[i]) continue;
    shadow.violate("wrong-layout", cache, NONE, found, expected[i]);
    return;
  }
}

/** Operations that may give slabs back. */
const GIVING_BACK: readonly Op[] = [Op.FREE, Op.FREE_N, Op.BULK_FREE, Op.SHRINK, Op.VALIDATE];

/**
 * The pages that are out must be those of the caches' slabs and of large requests.
 *
 * Sees: a slab that is neither counted by a cache nor given back, a page given back twice, a large
 * request whose pages stay. Does not see: a slab that its cache still counts (the census does), and
 * pages too many that the last operation may have left waiting for a grace period.
 */
export function comparePages(heap: SlabHeap, shadow: Shadow, startPages: number): void {
  const found = heap.core.pages_in_use() - startPages;
  const expected = pagesOfCaches(heap, shadow.caches.end) + shadow.largePages;
  if (found > expected && mayWait(shadow)) return;
  if (found !== expected) shadow.violate("lost-page", NONE, NONE, found, expected);
}

/** A grace period passes between two operations; none does behind the last one. */
function mayWait({ caches, image, op }: Shadow): boolean {
  if (!GIVING_BACK.includes(opOf(image.words, op))) return false;
  return caches.layouts.some((layout, index) => {
    return caches.isAlive(index) && (layout.letters & Letter.R) !== 0;
  });
}

function pagesOfCaches(heap: SlabHeap, end: number): number {
  const { u32 } = heap.views;
  let pages = 0;
  for (let index = 0; index < Math.min(end, CACHE_MAX); index++) {
    const at = (heap.areas.cache + index * CacheLayout.SIZE) >>> 2;
    if (u32[at + CacheLayout.STATE / 4] === 0) continue;
    pages += u32[at + CacheLayout.NR_SLABS / 4] << (u32[at + CacheLayout.OO / 4] >>> 16);
  }
  return pages;
}
