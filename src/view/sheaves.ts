// What the allocator has in sheaves (7.3): of each CPU, and of the barn. Sheaves that the program
// holds, and those that wait for a grace period, are out of sight.
import { hex64 } from "../base/hex.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import type { CacheFields } from "../slub/core/kmem_cache.ts";
import { readBarn, readCpuSheaves, type Sheaf } from "../slub/core/sheaf.ts";
import { type PageFields, slabOf } from "../slub/core/struct_page.ts";
import { pageAddress } from "../slub/program/machine.ts";
import type { LiveSlab } from "./live_slab.ts";
import type { SheafList, SheafView, SheavesView } from "./trace.ts";

/** A sheaf, and where it is. */
type Placed = readonly [place: string, sheaf: Sheaf];

/** The sheaves of a cache, the main one of CPU 0 first. */
export function placedSheaves(
  heap: SlabHeap,
  { index, sheafCapacity }: CacheFields,
): readonly Placed[] {
  if (sheafCapacity === 0) return [];
  const cpus = Array.from({ length: heap.machine.cpus }, (_, cpu): readonly Placed[] => {
    const { main, spare, rcuFree } = readCpuSheaves(heap, index, cpu);
    return Object.entries({ main, spare, rcu: rcuFree }).flatMap(([name, sheaf]) =>
      sheaf === undefined ? [] : [[`${name} of CPU ${cpu}`, sheaf] as const],
    );
  });
  const full = readBarn(heap, index).full.map(
    (sheaf, i): Placed => [`full ${i + 1} of the barn`, sheaf],
  );
  return [...cpus.flat(), ...full];
}

/** Struct pages of the slabs that their objects lie in. */
export function pagesOf(heap: SlabHeap, sheaves: readonly Placed[]): readonly PageFields[] {
  const pages = sheaves.flatMap(([, { objects }]) => objects.map((at) => slabOf(heap, at) ?? []));
  return [...new Map(pages.flat().map((page) => [page.page, page])).values()];
}

/** The objects of one slab among those of the sheaves of its cache. */
export function sheafListsOf(
  heap: SlabHeap,
  cache: CacheFields,
  sheaves: readonly Placed[],
  slab: LiveSlab,
): readonly SheafList[] {
  return sheaves.flatMap(([place, { objects }]) => {
    const cells = objects.flatMap((object) => cellOf(heap, cache, slab, object) ?? []);
    return cells.length === 0 ? [] : [[place, cells] as const];
  });
}

/** All of them; `slabs`: by struct page. */
export function sheavesView(
  heap: SlabHeap,
  cache: CacheFields,
  slabs: ReadonlyMap<bigint, LiveSlab>,
): SheavesView {
  const sheaves = placedSheaves(heap, cache).map(([place, { size, objects }]): SheafView => {
    const held = objects.map((object) => {
      const slab = slabs.get(slabOf(heap, object)?.page ?? 0n);
      const cell = slab && cellOf(heap, cache, slab, object);
      return slab === undefined || cell === undefined
        ? `0x${hex64(object)}`
        : ([slab.block, cell] as const);
    });
    return { place, size, capacity: cache.sheafCapacity, objects: held };
  });
  return { sheaves, empty: readBarn(heap, cache.index).emptyCount };
}

function cellOf(
  { machine }: SlabHeap,
  { size, redLeftPad }: CacheFields,
  { page, cells }: LiveSlab,
  object: bigint,
): number | undefined {
  const offset = Number(object - pageAddress(machine, page)) - redLeftPad;
  const cell = offset / size;
  return offset >= 0 && offset % size === 0 && cell < cells ? cell : undefined;
}
