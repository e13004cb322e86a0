// The caches that a program made: names, aliases, and the layout of each kmem_cache as it must be.
import { CACHE_MAX, KMALLOC_CLASSES, Letter, NAME_MAX, Profile } from "../../abi.ts";
import { KMALLOC_SIZES } from "../program/kmalloc.ts";
import { Layout } from "./layout.ts";
import type { OracleMachine } from "./machine.ts";
import { grown, NONE } from "./slabs.ts";

const START_HANDLES = 64;

/** Words of a row, one row a kmem_cache: what is asked for together lies together. */
const ALIVE = 0;
const NAMES = 1;
const BORN = 2;
const LIVE = 3;
const LAST_FREED = 4;
const SHRUNK = 5;
const KERNELS = 6;
const ROW = 8;

/** Words of a row, one row a handle. */
const CACHE = 0;
const SIZE = 1;
const ALIGN = 2;
const OLDER = 3;
const HANDLE_ROW = 4;

/**
 * kmalloc caches are aligned to their size if that is a power of two; since 6.11 as far as it goes.
 */
function kmallocAlign(profile: Profile, size: number): number {
  if (profile === Profile.V310) return 8;
  const largestPower = size & -size;
  if (profile >= Profile.V612 || largestPower === size) return Math.max(largestPower, 8);
  return 8;
}

/** What else the creator of a cache may ask for (7.3). */
export interface CacheWishes {
  readonly sheaf: number;
  readonly freePlace: number | undefined;
}

/** A kmem_cache that an operation made. */
interface CacheRequest {
  readonly index: number;
  readonly size: number;
  readonly align: number;
  readonly layout: Layout;
}

export class CacheTable {
  /** By kmem_cache index. */
  readonly layouts: readonly Layout[];
  readonly #rows = new Int32Array(CACHE_MAX * ROW);
  /** A handle is one successful `cache` operation. */
  #handleCount = 0;
  #handles = new Int32Array(START_HANDLES * HANDLE_ROW);
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
  }

  /** Back to what every machine has after boot. */
  clear(nameCount: number): void {
    this.#handleCount = 0;
    this.#handleOfName.fill(NONE, 0, nameCount);
    this.#rows.fill(0, KMALLOC_CLASSES * ROW, this.#end * ROW);
    for (let i = 0; i < KMALLOC_CLASSES; i++) {
      if (this.#tookIn[i] !== 0) this.#bootCache(i);
      else this.#beginKernels(i);
    }
    this.#end = KMALLOC_CLASSES;
  }

  /** One past the largest kmem_cache index that was ever in use. */
  get end(): number {
    return this.#end;
  }

  /** What a `cache` operation asks for; undefined where the kernel finds no order. */
  layoutFor(
    size: number,
    align: number,
    letters: number,
    wishes?: CacheWishes,
  ): Layout | undefined {
    const { profile, nrCpuIds } = this.#machine;
    const fits = this.#scratch.compute({ profile, size, align, letters, nrCpuIds, ...wishes });
    return fits ? this.#scratch : undefined;
  }

  /** A new kmem_cache. */
  create(op: number, name: number, request: CacheRequest): void {
    const { index, size, align, layout } = request;
    this.layouts[index].copyFrom(layout);
    this.#begin(index, op);
    this.#end = Math.max(this.#end, index + 1);
    this.#addHandle(name, index, size, align);
  }

  /**
   * A kmem_cache that a name is about to become an alias of. A program sees those behind the second
   * kind of kmalloc memory then for the first time. False: there is none for slots of that size.
   */
  meet(index: number, slotSize: number): boolean {
    if (this.isAlive(index)) return true;
    const sizeClass = KMALLOC_SIZES.indexOf(slotSize);
    const letters = this.#machine.secondKmallocLetters[sizeClass];
    if (letters === undefined) return false;
    this.#kmallocCache(index, sizeClass, letters);
    this.#end = Math.max(this.#end, index + 1);
    return true;
  }

  /** The name became an alias of an existing kmem_cache. */
  merge(name: number, index: number, size: number, align: number): void {
    this.layouts[index].takeIn(size);
    this.#rows[index * ROW + NAMES]++;
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
    return handle === NONE ? NONE : this.cacheOfHandle(handle);
  }

  /** The kmem_cache behind a handle. */
  cacheOfHandle(handle: number): number {
    return this.#handles[handle * HANDLE_ROW + CACHE];
  }

  /** Bytes that the handle's operation asked for; an alias may be served more. */
  sizeOfHandle(handle: number): number {
    return this.#handles[handle * HANDLE_ROW + SIZE];
  }

  alignOfHandle(handle: number): number {
    return this.#handles[handle * HANDLE_ROW + ALIGN];
  }

  /** The running kernel has the cache, too, and objects of it that no program knows about. */
  isKernels(index: number): boolean {
    return this.#rows[index * ROW + KERNELS] !== 0;
  }

  isAlive(index: number): boolean {
    return this.#rows[index * ROW + ALIVE] !== 0;
  }

  /** Names in use for a kmem_cache: aliases + 1. */
  names(index: number): number {
    return this.#rows[index * ROW + NAMES];
  }

  /** The operation that made it; indices are used again. */
  bornAt(index: number): number {
    return this.#rows[index * ROW + BORN];
  }

  /** Objects of it that the program holds. */
  live(index: number): number {
    return this.#rows[index * ROW + LIVE];
  }

  /** The object that was freed into it last. */
  lastFreed(index: number): number {
    return this.#rows[index * ROW + LAST_FREED];
  }

  /** The program has one more object of it. */
  take(index: number): void {
    this.#rows[index * ROW + LIVE]++;
  }

  /** The program has one less. */
  giveBack(index: number, object: number): void {
    this.#rows[index * ROW + LIVE]--;
    this.#rows[index * ROW + LAST_FREED] = object;
  }

  /** It was shrunk, and nothing was obtained from it or given back since. */
  isShrunk(index: number): boolean {
    return this.#rows[index * ROW + SHRUNK] !== 0;
  }

  shrink(index: number): void {
    this.#rows[index * ROW + SHRUNK] = 1;
  }

  /** Something was obtained from it, or given back. */
  use(index: number): void {
    this.#rows[index * ROW + SHRUNK] = 0;
  }

  /** The name's newest handle is gone; what it hid is visible again. */
  dropName(name: number): void {
    const handle = this.#handleOfName[name];
    if (handle === NONE) return;
    this.#handleOfName[name] = this.#handles[handle * HANDLE_ROW + OLDER];
    const row = this.cacheOfHandle(handle) * ROW;
    this.#rows[row + NAMES]--;
    if (this.#rows[row + NAMES] === 0) this.#rows[row + ALIVE] = 0;
  }

  /** The size class that serves a kmalloc request; NONE for whole pages. */
  kmallocClass(size: number): number {
    for (let i = 0; i < KMALLOC_CLASSES; i++) if (size <= KMALLOC_SIZES[i]) return i;
    return NONE;
  }

  #bootCache(index: number): void {
    this.#kmallocCache(index, index, this.#machine.kmallocLetters[index]);
    this.#tookIn[index] = 0;
  }

  #kmallocCache(index: number, sizeClass: number, bootLetters: number): void {
    const size = KMALLOC_SIZES[sizeClass];
    const { profile, nrCpuIds } = this.#machine;
    const letters = bootLetters | Letter.KMALLOC;
    const align = kmallocAlign(profile, size);
    this.layouts[index].compute({ profile, size, align, letters, nrCpuIds });
    this.#beginKernels(index);
  }

  #beginKernels(index: number): void {
    this.#begin(index, 0);
    this.#rows[index * ROW + KERNELS] = 1;
  }

  #begin(index: number, op: number): void {
    const row = index * ROW;
    this.#rows[row + ALIVE] = 1;
    this.#rows[row + NAMES] = 1;
    this.#rows[row + BORN] = op;
    this.#rows[row + LIVE] = 0;
    this.#rows[row + LAST_FREED] = NONE;
    this.#rows[row + SHRUNK] = 0;
    this.#rows[row + KERNELS] = 0;
  }

  #addHandle(name: number, index: number, size: number, align: number): void {
    const handle = this.#handleCount++;
    const row = handle * HANDLE_ROW;
    if (row === this.#handles.length) this.#handles = grown(this.#handles, row * 2);
    this.#handles[row + CACHE] = index;
    this.#handles[row + SIZE] = size;
    this.#handles[row + ALIGN] = align;
    this.#handles[row + OLDER] = this.#handleOfName[name];
    this.#handleOfName[name] = handle;
  }
}
