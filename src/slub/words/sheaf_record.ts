// What a cache of 7.3 has in sheaves, as a debugger of crash dumps sees it: the sheaves of each
// CPU, of the barn and of their users, and the slabs that only they still know of.
import { CpuSheavesLayout, SheafLayout } from "../../abi.ts";
import { hex64 } from "../../base/hex.ts";
import type { SlabHeap } from "../core/heap.ts";
import { addressOfCache, linearOfSheaves } from "../core/kmem_cache.ts";
import { readLong } from "../core/memory.ts";
import { readBarn, readCpuSheaves, readSheaf, type Sheaf } from "../core/sheaf.ts";
import { type PageFields, slabOf } from "../core/struct_page.ts";
import { pageAddress, ramBase } from "../program/machine.ts";
import type { SlabView } from "./slab_record.ts";

export interface SheafRecord {
  /** `cpu 0 main`, `barn full 1`, `prefilled p`. */
  readonly place: string;
  readonly address: string;
  readonly size: number;
  readonly capacity: number;
  /** What is wrong with what it holds, one sentence each. */
  readonly notes: readonly string[];
}

/** A CPU's slub_percpu_sheaves. */
export interface CpuSheavesRecord {
  readonly cpu: number;
  readonly address: string;
  readonly sheaves: readonly SheafRecord[];
}

export interface SheavesRecord {
  readonly cpus: readonly CpuSheavesRecord[];
  readonly full: readonly SheafRecord[];
  /** How many empty sheaves the barn has. */
  readonly empty: number;
  readonly prefilled: readonly SheafRecord[];
}

/** A sheaf in the hands of a program, by the name of the slot that holds it. */
export interface PrefilledRecord {
  readonly slot: string;
  readonly address: bigint;
}

/** A sheaf, and where it is kept. */
interface Kept {
  readonly place: string;
  readonly sheaf: Sheaf;
}

/** The sheaves of one cache. */
export class SheavesOfCache {
  readonly record: SheavesRecord;
  /** Where a pointer waits; more than one place after a double free. */
  readonly #places = new Map<bigint, string[]>();
  readonly #view: SlabView;

  constructor(view: SlabView, prefilled: readonly PrefilledRecord[]) {
    const { heap, cache } = view;
    this.#view = view;
    const barn = readBarn(heap, cache.index);
    this.record = {
      cpus: Array.from({ length: heap.machine.cpus }, (_, cpu) => this.#cpuRecord(cpu)),
      full: barn.full.map((sheaf, i) => this.#keep({ place: `barn full ${i + 1}`, sheaf })),
      empty: barn.emptyCount,
      prefilled: prefilled
        .filter(({ address }) => isSheafOf(heap, cache.index, address))
        .map(({ slot, address }) =>
          this.#keep({ place: `prefilled ${slot}`, sheaf: readSheaf(heap, address) }),
        ),
    };
  }

  /** `cpu 0 main`; undefined for an object that is in no sheaf. */
  placeOf(object: bigint): string | undefined {
    const places = this.#places.get(object);
    if (places === undefined) return undefined;
    const once = [...new Set(places)];
    return once.map((place) => place + timesIn(places, place)).join(", ");
  }

  /** Slabs of the cache with objects in sheaves, but for those that are listed. */
  slabsBut(listed: ReadonlySet<string>): readonly PageFields[] {
    const { heap, cache } = this.#view;
    const slabs = new Map<bigint, PageFields>();
    for (const object of this.#places.keys()) {
      const slab = slabOf(heap, object);
      const isOwn = slab?.cache === cache.index && !listed.has(hex64(slab.page));
      if (slab !== undefined && isOwn) slabs.set(slab.page, slab);
    }
    return [...slabs.values()];
  }

  #cpuRecord(cpu: number): CpuSheavesRecord {
    const { heap, cache } = this.#view;
    const { main, spare, rcuFree } = readCpuSheaves(heap, cache.index, cpu);
    const block = linearOfSheaves(heap, cache.index) - heap.areas.cache;
    const sheaves = Object.entries({ main, spare, rcu: rcuFree }).flatMap(([name, sheaf]) =>
      sheaf === undefined ? [] : [this.#keep({ place: `cpu ${cpu} ${name}`, sheaf })],
    );
    const address = ramBase(heap.machine) + BigInt(block + cpu * CpuSheavesLayout.SIZE);
    return { cpu, address: hex64(address), sheaves };
  }

  #keep({ place, sheaf }: Kept): SheafRecord {
    const { cache } = this.#view;
    const notes: string[] = [];
    for (const object of sheaf.objects) {
      const places = this.#places.get(object) ?? [];
      if (places.length > 0) notes.push(`${hex64(object)} is in ${places[0]} already`);
      else if (!this.#isObject(object)) notes.push(`${hex64(object)} is no object of the cache`);
      this.#places.set(object, [...places, place]);
    }
    const isPrefilled = place.startsWith("prefilled");
    const capacity = isPrefilled ? sheaf.capacity : cache.sheafCapacity;
    return { place, address: hex64(sheaf.address), size: sheaf.size, capacity, notes };
  }

  #isObject(pointer: bigint): boolean {
    const { heap, cache } = this.#view;
    const slab = slabOf(heap, pointer);
    if (slab?.cache !== cache.index) return false;
    const offset = Number(pointer - pageAddress(heap.machine, slab.page)) - cache.redLeftPad;
    return offset >= 0 && offset % cache.size === 0;
  }
}

function timesIn(places: readonly string[], place: string): string {
  const count = places.filter((one) => one === place).length;
  return count === 1 ? "" : ` ${count} times`;
}

function isSheafOf(heap: SlabHeap, index: number, address: bigint): boolean {
  return readLong(heap, address + BigInt(SheafLayout.CACHE)) === addressOfCache(heap, index);
}
