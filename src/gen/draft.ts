// A program in the making: writes operations into the image and keeps account of what the program
// holds, as its author would. Nothing here knows where anything lies in memory.
import { Letter, type Profile } from "../abi.ts";
import { Prng } from "../base/prng.ts";
import { Layout } from "../oracle/layout.ts";
import { ProgramImage } from "../program/image.ts";
import type { GenerateOptions } from "./options.ts";
import { type CacheShape, drawShape, usableSize } from "./shapes.ts";

/** Caches of one program. */
export const CACHES_MAX = 6;
/** Index of the kmalloc caches among the owners of objects. */
export const KMALLOC = CACHES_MAX;
const OWNERS = CACHES_MAX + 1;

const HELD_MAX = 2048;
const FREED_MAX = 16;
const GROUPS_MAX = 64;
const SLOTS_MAX = 16384;

const NAMES = Array.from({ length: CACHES_MAX }, (_, i) => `c${i}`);

/** A list of slots of one owner. */
class SlotList {
  readonly slots: Uint16Array;
  count = 0;

  constructor(size: number) {
    this.slots = new Uint16Array(size);
  }

  add(slot: number): void {
    if (this.count < this.slots.length) this.slots[this.count++] = slot;
  }

  /** Takes the entry at `index` out; the order of the rest does not matter. */
  removeAt(index: number): void {
    this.slots[index] = this.slots[--this.count];
  }

  indexOf(slot: number): number {
    for (let i = 0; i < this.count; i++) if (this.slots[i] === slot) return i;
    return -1;
  }
}

export class Draft {
  readonly prng: Prng;
  readonly image = new ProgramImage();
  readonly profile: Profile;
  /** Operations to look at closely: the mistakes. */
  readonly marks: number[] = [];
  cacheCount = 0;
  /** By cache. */
  readonly size = new Int32Array(CACHES_MAX);
  readonly letters = new Int32Array(CACHES_MAX);
  readonly layout: readonly Layout[] = NAMES.map(() => new Layout());
  /** By slot: bytes asked for. */
  readonly slotSize = new Int32Array(SLOTS_MAX);
  readonly #shapes = NAMES.map((): CacheShape => ({ size: 0, align: 0, letters: 0 }));
  readonly #options: GenerateOptions;
  readonly #held = Array.from({ length: OWNERS }, () => new SlotList(HELD_MAX));
  readonly #freed = Array.from({ length: OWNERS }, () => new SlotList(FREED_MAX));
  readonly #groupFirst = new Uint16Array(GROUPS_MAX);
  readonly #groupSize = new Uint8Array(GROUPS_MAX);
  readonly #groupOwner = new Uint8Array(GROUPS_MAX);
  #groupCount = 0;
  readonly #bootLetters = new Map<number, number>();

  constructor(options: GenerateOptions) {
    this.#options = options;
    this.profile = options.profile;
    this.prng = new Prng(options.seed);
  }

  /** Starts a new program; everything random in it comes from the case number. */
  begin(caseNumber: number): void {
    this.prng.start(this.#options.seed, caseNumber);
    this.image.clear();
    this.marks.length = 0;
    this.cacheCount = 0;
    this.#groupCount = 0;
    for (const list of this.#held) list.count = 0;
    for (const list of this.#freed) list.count = 0;
  }

  /** The next operation is a mistake. */
  mark(): void {
    this.marks.push(this.image.opCount);
  }

  addCache(): void {
    const { prng } = this;
    const earlier = this.cacheCount > 0 ? this.#shapes[prng.below(this.cacheCount)] : undefined;
    const cache = this.cacheCount++;
    const shape = this.#shapes[cache];
    drawShape(prng, shape, earlier);
    const own = shape.letters;
    const boot = this.#bootLettersOf(cache, own);
    shape.size = usableSize(this.profile, shape.size, own | boot);
    this.size[cache] = shape.size;
    this.letters[cache] = own | boot;
    const { size, align } = shape;
    const { profile, nrCpuIds } = this.#options;
    this.layout[cache].compute({ profile, size, align, letters: own | boot, nrCpuIds });
    this.image.cache(this.image.newName(NAMES[cache]), size, align, own, boot);
  }

  hasConstructor(owner: number): boolean {
    return owner !== KMALLOC && (this.letters[owner] & Letter.CTOR) !== 0;
  }

  /** Any cache. */
  pickCache(): number {
    return this.prng.below(this.cacheCount);
  }

  heldCount(owner: number): number {
    return this.#held[owner].count;
  }

  /** Objects that the program holds. */
  get heldTotal(): number {
    let total = 0;
    for (let owner = 0; owner < OWNERS; owner++) total += this.#held[owner].count;
    return total;
  }

  /** An owner with at least one object, or -1: the search starts anywhere. */
  pickOwner(): number {
    const first = this.prng.below(OWNERS);
    for (let i = 0; i < OWNERS; i++) {
      const owner = (first + i) % OWNERS;
      if (this.#held[owner].count > 0) return owner;
    }
    return -1;
  }

  /** The slot of one of the owner's objects; there must be one. */
  pickHeld(owner: number): number {
    const list = this.#held[owner];
    return list.slots[this.prng.below(list.count)];
  }

  /** The object at a place of the owner's list. */
  heldAt(owner: number, index: number): number {
    return this.#held[owner].slots[index];
  }

  /** An object of the cache, a new one if there is none. */
  needHeld(cache: number): number {
    return this.heldCount(cache) > 0 ? this.pickHeld(cache) : this.alloc(cache);
  }

  alloc(cache: number, zero = false): number {
    const slot = this.#newSlots(1, this.size[cache]);
    this.image.alloc(cache, slot, zero);
    this.#held[cache].add(slot);
    return slot;
  }

  /** Several at once, through `allocn` or `bulkalloc`. */
  allocMany(cache: number, count: number, isBulk: boolean): number {
    const first = this.#newSlots(count, this.size[cache]);
    if (isBulk) this.image.bulkAlloc(cache, first, count);
    else this.image.allocN(cache, first, count);
    for (let i = 0; i < count; i++) this.#held[cache].add(first + i);
    this.#addGroup(cache, first, count);
    return first;
  }

  kmalloc(size: number, zero: boolean): number {
    const slot = this.#newSlots(1, size);
    this.image.kmalloc(size, slot, zero);
    this.#held[KMALLOC].add(slot);
    return slot;
  }

  /** The object goes on in a new slot. */
  krealloc(slot: number, size: number): number {
    const newSlot = this.#newSlots(1, size);
    this.image.krealloc(slot, 0, size, newSlot);
    const list = this.#held[KMALLOC];
    list.removeAt(list.indexOf(slot));
    list.add(newSlot);
    return newSlot;
  }

  /** Gives an object back. */
  free(owner: number, slot: number): void {
    if (owner === KMALLOC) this.image.kfree(slot);
    else this.image.free(owner, slot);
    this.forget(owner, slot);
  }

  /** The program does not hold the object any more. */
  forget(owner: number, slot: number): void {
    const list = this.#held[owner];
    const index = list.indexOf(slot);
    if (index >= 0) list.removeAt(index);
    this.#noteFreed(owner, slot);
    this.#breakGroup(slot);
  }

  /** Gives several back through `bulkfree`. */
  bulkFree(cache: number, slots: Uint16Array): void {
    this.image.bulkFree(cache, slots);
    for (let i = 0; i < slots.length; i++) this.forget(cache, slots[i]);
  }

  /** Frees one of the groups that are still whole through `freen`; false if there is none. */
  freeGroup(): boolean {
    if (this.#groupCount === 0) return false;
    const group = this.prng.below(this.#groupCount);
    const owner = this.#groupOwner[group];
    const first = this.#groupFirst[group];
    const count = this.#groupSize[group];
    this.image.freeN(owner, first, count);
    for (let i = 0; i < count; i++) this.forget(owner, first + i);
    return true;
  }

  freedCount(owner: number): number {
    return this.#freed[owner].count;
  }

  /** One of the objects that were given back not long ago; there must be one. */
  pickFreed(owner: number): number {
    const list = this.#freed[owner];
    return list.slots[this.prng.below(list.count)];
  }

  /** The slot of an object that has just been given back. */
  freeOne(cache: number): number {
    const slot = this.needHeld(cache);
    this.free(cache, slot);
    return slot;
  }

  #newSlots(count: number, size: number): number {
    const first = this.image.newSlots(count);
    for (let slot = first; slot < first + count; slot++) this.slotSize[slot] = size;
    return first;
  }

  #noteFreed(owner: number, slot: number): void {
    const list = this.#freed[owner];
    if (list.count === FREED_MAX) list.removeAt(this.prng.below(FREED_MAX));
    list.add(slot);
  }

  #addGroup(owner: number, first: number, count: number): void {
    if (this.#groupCount === GROUPS_MAX) return;
    this.#groupFirst[this.#groupCount] = first;
    this.#groupSize[this.#groupCount] = count;
    this.#groupOwner[this.#groupCount] = owner;
    this.#groupCount++;
  }

  /** A group of which one object went is no group any more. */
  #breakGroup(slot: number): void {
    for (let i = 0; i < this.#groupCount; i++) {
      const first = this.#groupFirst[i];
      if (slot < first || slot >= first + this.#groupSize[i]) continue;
      const last = --this.#groupCount;
      this.#groupFirst[i] = this.#groupFirst[last];
      this.#groupSize[i] = this.#groupSize[last];
      this.#groupOwner[i] = this.#groupOwner[last];
      return;
    }
  }

  #bootLettersOf(cache: number, own: number): number {
    const key = own * CACHES_MAX + cache;
    const known = this.#bootLetters.get(key);
    if (known !== undefined) return known;
    const letters = this.#options.bootLetters(NAMES[cache], own);
    this.#bootLetters.set(key, letters);
    return letters;
  }
}
