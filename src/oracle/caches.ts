// The caches that a program made: names, aliases, and the layout of each kmem_cache as it must be.
import { CACHE_MAX, KMALLOC_CLASSES, Letter, NAME_MAX, Profile } from "../abi.ts";
import { KMALLOC_SIZES } from "../program/kmalloc.ts";
import { Layout } from "./layout.ts";
import type { OracleMachine } from "./machine.ts";
import { grown, NONE } from "./slabs.ts";

const START_HANDLES = 64;

/**
 * kmalloc caches are aligned to their size if that is a power of two; since 6.11 as far as it goes.
 */
export function kmallocAlign(profile: Profile, size: number): number {
  if (profile === Profile.V310) return 8;
  const largestPower = size & -size;
  if (profile === Profile.V612 || largestPower === size) return Math.max(largestPower, 8);
  return 8;
}

/** A kmem_cache that an operation made. */
export interface CacheRequest {
  readonly index: number;
  readonly size: number;
  readonly align: number;
  readonly layout: Layout;
}

export class CacheTable {
  /** By kmem_cache index. */
  readonly layouts: readonly Layout[];
  readonly isAlive = new Uint8Array(CACHE_MAX);
  /** Names in use for it: aliases + 1. */
  readonly names = new Int32Array(CACHE_MAX);
  /** The operation that made it; indices are used again. */
  readonly bornAt = new Int32Array(CACHE_MAX);
  /** Objects that the program holds. */
  readonly live = new Int32Array(CACHE_MAX);
  /** The object that was freed into it last. */
  readonly lastFreed = new Int32Array(CACHE_MAX);
  /** The cache was shrunk, and nothing was obtained from it or given back since. */
  readonly isShrunk = new Uint8Array(CACHE_MAX);
  /** A handle is one successful `cache` operation. */
  handleCount = 0;
  handleCache = new Int32Array(START_HANDLES);
  /** Bytes asked for by that operation; an alias may be served more. */
  handleSize = new Int32Array(START_HANDLES);
  handleAlign = new Int32Array(START_HANDLES);
  /** The handle of the same name that it hides. */
  #handleOlder = new Int32Array(START_HANDLES);
  readonly #handleOfName = new Int32Array(NAME_MAX).fill(NONE);
  /** By kmem_cache index: a merge changed the layout of a cache that outlives the case. */
  readonly #tookIn = new Uint8Array(KMALLOC_CLASSES);
  readonly #machine: OracleMachine;
  readonly #scratch = new Layout();
  /** One past the largest kmem_cache index in use. */
  #end = KMALLOC_CLASSES;

  constructor(machine: OracleMachine) {
    this.#machine = machine;
    this.layouts = Array.from({ length: CACHE_MAX }, () => new Layout());
    for (let i = 0; i < KMALLOC_CLASSES; i++) this.#bootCache(i);
    this.lastFreed.fill(NONE);
  }

  /** Back to what every machine has after boot. */
  clear(nameCount: number): void {
    this.handleCount = 0;
    this.#handleOfName.fill(NONE, 0, nameCount);
    this.isAlive.fill(0, KMALLOC_CLASSES, this.#end);
    this.live.fill(0, 0, this.#end);
    this.isShrunk.fill(0, 0, this.#end);
    this.lastFreed.fill(NONE, 0, this.#end);
    for (let i = 0; i < KMALLOC_CLASSES; i++) {
      if (this.#tookIn[i] !== 0) this.#bootCache(i);
    }
    this.#end = KMALLOC_CLASSES;
  }

  /** One past the largest kmem_cache index that was ever in use. */
  get end(): number {
    return this.#end;
  }

  /** What a `cache` operation asks for; undefined where the kernel finds no order. */
  layoutFor(size: number, align: number, letters: number): Layout | undefined {
    const { profile, nrCpuIds } = this.#machine;
    const fits = this.#scratch.compute({ profile, size, align, letters, nrCpuIds });
    return fits ? this.#scratch : undefined;
  }

  /** A new kmem_cache. */
  create(op: number, name: number, request: CacheRequest): void {
    const { index, size, align, layout } = request;
    this.layouts[index].copyFrom(layout);
    this.isAlive[index] = 1;
    this.names[index] = 1;
    this.bornAt[index] = op;
    this.live[index] = 0;
    this.lastFreed[index] = NONE;
    this.#end = Math.max(this.#end, index + 1);
    this.#addHandle(name, index, size, align);
  }

  /** The name became an alias of an existing kmem_cache. */
  merge(name: number, index: number, size: number, align: number): void {
    this.layouts[index].takeIn(size);
    this.names[index]++;
    if (index < KMALLOC_CLASSES) this.#tookIn[index] = 1;
    this.#addHandle(name, index, size, align);
  }

  /** The newest living handle of a name, or NONE. */
  handleOf(name: number): number {
    return this.#handleOfName[name];
  }

  /** The kmem_cache behind a name, or NONE. */
  cacheOf(name: number): number {
    const handle = this.#handleOfName[name];
    return handle === NONE ? NONE : this.handleCache[handle];
  }

  /** The name's newest handle is gone; what it hid is visible again. */
  dropName(name: number): void {
    const handle = this.#handleOfName[name];
    if (handle === NONE) return;
    this.#handleOfName[name] = this.#handleOlder[handle];
    const index = this.handleCache[handle];
    this.names[index]--;
    if (this.names[index] === 0) this.isAlive[index] = 0;
  }

  /** The size class that serves a kmalloc request; NONE for whole pages. */
  kmallocClass(size: number): number {
    for (let i = 0; i < KMALLOC_CLASSES; i++) if (size <= KMALLOC_SIZES[i]) return i;
    return NONE;
  }

  #bootCache(index: number): void {
    const size = KMALLOC_SIZES[index];
    const { profile, nrCpuIds, kmallocLetters } = this.#machine;
    const letters = kmallocLetters[index] | Letter.KMALLOC;
    const align = kmallocAlign(profile, size);
    this.layouts[index].compute({ profile, size, align, letters, nrCpuIds });
    this.isAlive[index] = 1;
    this.names[index] = 1;
    this.#tookIn[index] = 0;
  }

  #addHandle(name: number, index: number, size: number, align: number): void {
    if (this.handleCount === this.handleCache.length) this.#growHandles();
    const handle = this.handleCount++;
    this.handleCache[handle] = index;
    this.handleSize[handle] = size;
    this.handleAlign[handle] = align;
    this.#handleOlder[handle] = this.#handleOfName[name];
    this.#handleOfName[name] = handle;
  }

  #growHandles(): void {
    const size = this.handleCache.length * 2;
    this.handleCache = grown(this.handleCache, size);
    this.handleSize = grown(this.handleSize, size);
    this.handleAlign = grown(this.handleAlign, size);
    this.#handleOlder = grown(this.#handleOlder, size);
  }
}
