// What the allocator believes, read from its own structures behind an operation: free lists, slabs
// on lists, counters. Lists that a program did not touch are not walked again.
import { Letter } from "../abi.ts";
import { hex64 } from "../base/hex.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import { type CacheState, type FreeChain, type SlabList, walkChain } from "../slub/core/inspect.ts";
import type { CacheFields } from "../slub/core/kmem_cache.ts";
import { type PageFields, readPage } from "../slub/core/struct_page.ts";
import type { Layout } from "../slub/oracle/layout.ts";
import { REGION_NAMES, regionAt } from "../slub/oracle/region.ts";
import type { Shadow } from "../slub/oracle/shadow.ts";
import { flagsOfLetters } from "../slub/program/letters.ts";
import type { ReplayStep } from "../slub/run/replay.ts";
import type { BlockTable } from "./blocks.ts";
import type { LiveSlab } from "./live_slab.ts";
import { placedSheaves, sheafListsOf } from "./sheaves.ts";
import type {
  BlockBelief,
  CacheView,
  CellPart,
  CellShape,
  ChainView,
  CpuView,
  SlabsView,
} from "./trace.ts";

/** A slab with what the allocator believes of it. */
export interface BelievedSlab {
  readonly slab: LiveSlab;
  readonly belief: BlockBelief;
  /** Cells that are on one of its free lists. */
  readonly listed: ReadonlySet<number>;
}

interface WalkedChain {
  readonly head: bigint;
  readonly view: ChainView;
}

export class Beliefs {
  readonly shapes: CellShape[] = [];
  readonly #shapeNumbers = new Map<string, number>();
  readonly #heap: SlabHeap;
  readonly #shadow: Shadow;
  readonly #blocks: BlockTable;
  /** By block and list. */
  readonly #walked = new Map<string, WalkedChain>();
  /** By block: what was believed last, and the fields that say whether it still is. */
  readonly #known = new Map<number, { readonly key: string; readonly slab: BelievedSlab }>();
  #step: ReplayStep | undefined;

  constructor(heap: SlabHeap, shadow: Shadow, blocks: BlockTable) {
    this.#heap = heap;
    this.#shadow = shadow;
    this.#blocks = blocks;
  }

  /**
   * All slabs; `changed`: blocks of which some byte changed. A slab of which nothing else is
   * believed than before is the same object as before.
   */
  slabs(step: ReplayStep, changed: ReadonlySet<number>): readonly BelievedSlab[] {
    this.#step = step;
    for (const key of this.#walked.keys()) {
      if (changed.has(Number.parseInt(key, 10))) this.#walked.delete(key);
    }
    for (const block of changed) this.#known.delete(block);
    const states = new Map(this.#blocks.caches.map((state) => [state.cache.index, state]));
    return [...this.#blocks.slabs.values()].flatMap((slab) => {
      const state = states.get(slab.cache);
      const page = readPage(this.#heap, slab.page);
      return state === undefined || page === undefined ? [] : [this.#slab(slab, page, state)];
    });
  }

  #slab(slab: LiveSlab, page: PageFields, { cache, cpus }: CacheState): BelievedSlab {
    const owner = cpus.find((cpu) => cpu.page === slab.page);
    const { freelist, inuse, frozen } = page;
    const shape = this.#shape(cache);
    const sheaves = sheafListsOf(this.#heap, cache, placedSheaves(this.#heap, cache), slab);
    const inSheaves = sheaves.flatMap(([place, cells]) => [place, ...cells]);
    const own = [shape, freelist, inuse, frozen, owner?.cpu, owner?.freelist];
    const key = [...own, ...inSheaves].join(" ");
    const known = this.#known.get(slab.block);
    if (known?.key === key) return known.slab;
    const chain = this.#chain(`${slab.block} slab`, cache, page, page.freelist);
    const cpuChain =
      owner && this.#chain(`${slab.block} cpu ${owner.cpu}`, cache, page, owner.freelist);
    const plain = { shape, inuse, frozen, chain, cpu: owner?.cpu, cpuChain };
    const belief = sheaves.length === 0 ? plain : { ...plain, sheaves };
    const waiting = sheaves.flatMap(([, cells]) => cells);
    const listed = new Set([...chain.at, ...(cpuChain?.at ?? []), ...waiting]);
    const believed = { slab, belief, listed };
    this.#known.set(slab.block, { key, slab: believed });
    return believed;
  }

  #chain(key: string, cache: CacheFields, page: PageFields, head: bigint): ChainView {
    const known = this.#walked.get(key);
    if (known !== undefined && known.head === head) return known.view;
    const view = this.#chainView(walkChain(this.#heap, cache, page, head));
    this.#walked.set(key, { head, view });
    return view;
  }

  #chainView({ indices, end, bad }: FreeChain): ChainView {
    const at = [...new Set(indices)];
    if (end === "bad") return { at, end, to: this.placeName(bad ?? 0n) };
    if (end !== "loop") return { at, end };
    const again = indices.find((one, i) => indices.indexOf(one) < i);
    return { at, end, to: `${again}` };
  }

  /** The name of an address where it has one. */
  placeName(address: bigint): string {
    return this.#step?.symbols.nameOf(address) ?? `0x${hex64(address)}`;
  }

  #shape(cache: CacheFields): number {
    const layout = this.#shadow.caches.layouts[cache.index];
    const name = this.#step?.caches.nameOf(cache.index) ?? "";
    const { size, inuse, offset, objectSize, letters } = layout;
    const key = [name, size, inuse, offset, objectSize, letters].join(" ");
    const known = this.#shapeNumbers.get(key);
    if (known !== undefined) return known;
    this.#shapeNumbers.set(key, this.shapes.length);
    return this.shapes.push(shapeOf(name, layout)) - 1;
  }

  caches(slabs: readonly BelievedSlab[], live: (index: number) => number): readonly CacheView[] {
    return this.#blocks.caches.map((state) => {
      const own = slabs.filter(({ slab }) => slab.cache === state.cache.index);
      const free = own.reduce((sum, { listed }) => sum + listed.size, 0);
      return this.#cache(state, free, live(state.cache.index));
    });
  }

  #cache({ cache, cpus, partial, full }: CacheState, free: number, live: number): CacheView {
    const letters = flagsOfLetters(cache.letters);
    return {
      name: this.#step?.caches.nameOf(cache.index) ?? "",
      about: `objects of ${cache.objectSize} bytes, ${cache.size} bytes a cell, letters ${letters}`,
      slabs: cache.nrSlabs | 0,
      objects: cache.totalObjects | 0,
      believedLive: (cache.totalObjects | 0) - free,
      live,
      isShared: this.#shadow.caches.isKernels(cache.index),
      cpus: cpus.map((cpu) => this.#cpu(cpu)),
      partial: this.#list(partial),
      full: (cache.letters & Letter.U) === 0 ? { blocks: [] } : this.#list(full),
    };
  }

  #cpu({ slab, freelist, partialSlabs }: CacheState["cpus"][number]): CpuView {
    const block = slab && this.#blocks.slabs.get(slab.page)?.block;
    const partial = this.#list(partialSlabs);
    if (block !== undefined) return { slab: block, partial };
    const stray = freelist === 0n ? undefined : this.placeName(freelist);
    return { slab: null, stray, partial };
  }

  #list({ slabs, end }: SlabList): SlabsView {
    const numbers = slabs.map(({ page }) => this.#blocks.slabs.get(page)?.block);
    const blocks = [...new Set(numbers.filter((one) => one !== undefined))];
    if (end === "bad") return { blocks, damage: "a link leads to no struct page" };
    const isRound = new Set(slabs.map(({ page }) => page)).size < slabs.length;
    return isRound ? { blocks, damage: "it runs in a circle" } : { blocks };
  }
}

function shapeOf(cache: string, layout: Layout): CellShape {
  const { size, redLeftPad, objectSize } = layout;
  const parts = (isLive: boolean) => partsOf(layout, isLive);
  return { cache, size, left: redLeftPad, objectSize, live: parts(true), free: parts(false) };
}

function partsOf(layout: Layout, isLive: boolean): readonly CellPart[] {
  const { size, redLeftPad } = layout;
  const nameAt = (at: number) => REGION_NAMES[regionAt(layout, at - redLeftPad, isLive)];
  const parts: CellPart[] = [];
  for (let at = 1; at <= size; at++) {
    const isEnd = at === size || nameAt(at) !== nameAt(at - 1);
    if (isEnd) parts.push([at, nameAt(at - 1)]);
  }
  return parts;
}
