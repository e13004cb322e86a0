// How large the objects of a cache are whose slabs a log describes: our kernel is asked what it
// makes of each size.

import { measureCache } from "../../slub/core/geometry.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import type { CacheFields } from "../../slub/core/kmem_cache.ts";
import { resolveMachine } from "../../slub/program/boot.ts";
import { bootOf, type Setting } from "./setting.ts";

const SIZE_MAX = 8192;
const WORD = 8;

/** The CPUs of usual machines. */
const CPU_COUNTS = [1, 2, 4, 8, 16, 32, 64, 128];

/** A kernel on which a slab holds as many objects of a size as the log says, if there is one. */
export function replayKernelFor(
  setting: Setting,
  size: number | undefined,
  objects: number | undefined,
) {
  const own = new ReplayKernel(setting);
  if (size === undefined || objects === undefined || own.fits(size, objects)) return own;
  // The more CPUs a machine has, the more objects it keeps in a slab.
  const kernels = CPU_COUNTS.map((cpus) => new ReplayKernel(withCpus(setting, cpus)));
  return kernels.find((kernel) => kernel.fits(size, objects)) ?? own;
}

/** A kernel for one CPU runs on no machine that has more. */
function withCpus(setting: Setting, cpus: number): Setting {
  const variant = setting.variant === "up" && cpus > 1 ? "smp" : setting.variant;
  return { ...setting, variant, cpus };
}

export const CACHE_LINE = 64;

export class ReplayKernel {
  readonly setting: Setting;
  #heap: SlabHeap | undefined;
  readonly #measured = new Map<number, CacheFields | undefined>();

  constructor(setting: Setting) {
    this.setting = setting;
  }

  /** What the kernel makes of a size; undefined if it refuses it. */
  measure(size: number, align = 0): CacheFields | undefined {
    if (align !== 0) return this.#measureNow(size, align);
    if (!this.#measured.has(size)) this.#measured.set(size, this.#measureNow(size, align));
    return this.#measured.get(size);
  }

  #measureNow(size: number, align: number): CacheFields | undefined {
    const form = { size, align, flags: "-", ctor: false, name: "c" };
    return measureCache(this.#ready(), form);
  }

  /** Whether a slab holds so many objects of a size, with or without alignment. */
  fits(size: number, objects: number): boolean {
    return [0, CACHE_LINE].some((align) => this.measure(size, align)?.objects === objects);
  }

  /** The largest size of whole words, from `most` down, whose cache is as wanted. */
  sizeWith(isWanted: (fields: CacheFields) => boolean, most = SIZE_MAX): number | undefined {
    for (let size = most - (most % WORD); size >= WORD; size -= WORD) {
      const fields = this.measure(size);
      if (fields !== undefined && isWanted(fields)) return size;
    }
    return undefined;
  }

  /** The kernel of the setting, with its options for the cache that is measured. */
  #ready(): SlabHeap {
    if (this.#heap !== undefined) return this.#heap;
    const { profile, cpus } = this.setting;
    const boot = bootOf(this.setting, "c");
    const heap = new SlabHeap();
    heap.configure({ ...resolveMachine({ boot, profile, cpus, comments: [] }), nomerge: true });
    this.#heap = heap;
    return heap;
  }
}
