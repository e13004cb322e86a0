// `state` and `list`: the counters of a cache, its cpu slabs, cpu partial lists, partial list and full
// list, and in `list` every free list as object indexes from its head.
import { CacheLayout, CpuSlabLayout } from "../abi.ts";
import type { Machine } from "../program/machine.ts";
import type { KernelView, SlabView } from "./kernel_view.ts";
import type { KnownCache, Ledger, TrackedSlab } from "./ledger.ts";
import type { Places } from "./places.ts";

/** Slabs that are printed of one list. */
const LIST_MAX = 2000;
/** 3.10's recordings end a longer list with LOOP. */
const LIST_MAX_310 = 300;

export class Listing {
  readonly #view: KernelView;
  readonly #ledger: Ledger;
  readonly #places: Places;
  readonly #machine: Machine;

  constructor(view: KernelView, ledger: Ledger, places: Places, machine: Machine) {
    this.#view = view;
    this.#ledger = ledger;
    this.#places = places;
    this.#machine = machine;
  }

  /** The result of `state`, or with `chains` that of `list`. */
  text(known: KnownCache, chains: boolean): string {
    const used = BigInt.asUintN(64, BigInt(this.#used(known)));
    const signed = (field: CacheLayout): number => this.#view.cacheU32(known.index, field) | 0;
    const partial = BigInt.asUintN(64, BigInt(signed(CacheLayout.NR_PARTIAL)));
    let text = `slabs=${signed(CacheLayout.NR_SLABS)} objects=${signed(CacheLayout.TOTAL_OBJECTS)}`;
    text += ` inuse=${used} nr_partial=${partial}`;
    for (let cpu = 0; cpu < this.#machine.cpus; cpu++) text += this.#cpu(known, cpu, chains);
    text += this.#slabList(known, CacheLayout.PARTIAL, "partial", chains);
    return text + this.#slabList(known, CacheLayout.FULL, "full", chains);
  }

  /** Objects in use: what the slabs say, less those on the cpus' own free lists. */
  #used(known: KnownCache): number {
    let used = 0;
    for (const slab of known.slabs) {
      if (slab.live) used += this.#view.slabAt(slab.page)?.inuse ?? 0;
    }
    for (let cpu = 0; cpu < this.#machine.cpus; cpu++) used -= this.#locklessCount(known, cpu);
    return used;
  }

  #locklessCount(known: KnownCache, cpu: number): number {
    const page = this.#cpuField(known, cpu, CpuSlabLayout.PAGE);
    const slab = page === 0n ? undefined : this.#ledger.slabOfCache(known, page);
    return slab === undefined ? 0 : this.#lockless(known, cpu, slab).length;
  }

  #lockless(known: KnownCache, cpu: number, slab: TrackedSlab): Chain {
    const objects = this.#view.slabAt(slab.page)?.objects ?? 0;
    return this.#chain(known, slab, this.#cpuField(known, cpu, CpuSlabLayout.FREELIST), objects);
  }

  #cpuField(known: KnownCache, cpu: number, field: CpuSlabLayout): bigint {
    const at = CacheLayout.CPU_SLAB + cpu * CpuSlabLayout.SIZE + field;
    return this.#view.cacheU64(known.index, at);
  }

  #cpu(known: KnownCache, cpu: number, chains: boolean): string {
    let text = "";
    const page = this.#cpuField(known, cpu, CpuSlabLayout.PAGE);
    if (page !== 0n) {
      text += ` cpu${cpu}:${this.#slab(known, page, chains)} lockless=`;
      const slab = this.#ledger.slabOfCache(known, page);
      const chain = slab === undefined ? NO_CHAIN : this.#lockless(known, cpu, slab);
      text += chains ? chain.text : chain.length;
    }
    const partial = this.#cpuField(known, cpu, CpuSlabLayout.PARTIAL);
    return partial === 0n
      ? text
      : `${text} cpu${cpu}-partial:${this.#chained(known, partial, chains)}`;
  }

  /** A cpu partial list is linked through its first word alone. */
  #chained(known: KnownCache, first: bigint, chains: boolean): string {
    let text = "";
    let page = first;
    for (let i = 0; page !== 0n && i < LIST_MAX; i++) {
      text += this.#slab(known, page, chains);
      if (!this.#view.isStructPage(page)) break;
      page = this.#view.nextOf(page);
    }
    return text;
  }

  /** A list of the node. One that leaves the struct pages ends in BADLIST, an endless one in LOOP. */
  #slabList(known: KnownCache, field: CacheLayout, name: string, chains: boolean): string {
    const head = this.#view.cacheAddress(known.index, field);
    let next = this.#view.u64(head);
    if (next === undefined || next === head) return "";
    let text = ` ${name}:`;
    const old = this.#machine.profile === "v3.10";
    for (let i = 0; next !== undefined && next !== head; i++) {
      if (i >= (old ? LIST_MAX_310 : LIST_MAX)) return `${text}${old ? " LOOP" : ""}`;
      const page: bigint = next - this.#view.listOffset();
      if (!this.#view.isStructPage(page)) return `${text} BADLIST`;
      text += this.#slab(known, page, chains);
      next = this.#view.u64(next);
    }
    return text;
  }

  #slab(known: KnownCache, page: bigint, chains: boolean): string {
    const tracked = this.#ledger.slabOfCache(known, page);
    const slab = this.#view.slabAt(page);
    if (tracked === undefined || slab === undefined) return " s?";
    const frozen = slab.frozen ? ",frozen" : "";
    const free = chains ? ` free=${this.#freeList(known, tracked, slab)}` : "";
    return ` s${tracked.number}(${slab.inuse}/${slab.objects}${frozen}${free})`;
  }

  #freeList(known: KnownCache, tracked: TrackedSlab, slab: SlabView): string {
    return this.#chain(known, tracked, slab.freelist, slab.objects).text;
  }

  /** A free list as object indexes. It ends where it leaves the slab, and where it is too long. */
  #chain(known: KnownCache, slab: TrackedSlab, first: bigint, max: number): Chain {
    const objects = this.#view.slabAt(slab.page)?.objects ?? 0;
    const words: string[] = [];
    let length = 0;
    for (let pointer = first; pointer !== 0n; ) {
      const index = this.#objectIndex(known, slab, pointer, objects);
      if (index === undefined) {
        words.push(`BAD:${this.#places.symbol(pointer)}`);
        break;
      }
      words.push(`${index}`);
      length++;
      if (length > max) {
        words.push("LOOP");
        break;
      }
      const next = this.#view.freePointer(known.index, pointer);
      if (next === undefined) {
        words.push("FAULT");
        break;
      }
      pointer = next;
    }
    return { text: words.join(","), length };
  }

  #objectIndex(
    known: KnownCache,
    slab: TrackedSlab,
    pointer: bigint,
    objects: number,
  ): number | undefined {
    const size = this.#view.cacheU32(known.index, CacheLayout.SIZE_BYTES);
    const pad = this.#view.cacheU32(known.index, CacheLayout.RED_LEFT_PAD);
    const relative = Number(pointer - slab.base) - pad;
    if (relative < 0 || relative % size !== 0) return undefined;
    return relative / size < objects ? relative / size : undefined;
  }
}

/** A walk along a free list: its objects as text, and how many there are. */
interface Chain {
  readonly text: string;
  readonly length: number;
}

const NO_CHAIN: Chain = { text: "", length: 0 };
