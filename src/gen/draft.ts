// A program in the making: writes operations into the image and keeps account of what the program
// holds, as its author would. Nothing here knows where anything lies in memory.
import { Letter, type Profile } from "../abi.ts";
import { Prng } from "../base/prng.ts";
import { Layout, tailBytes } from "../oracle/layout.ts";
import { ProgramImage } from "../program/image.ts";
import { Feature, featuresWithout } from "./features.ts";
import type { GenerateOptions } from "./options.ts";
import { type CacheShape, drawShape, UNMERGEABLE, usableSize } from "./shapes.ts";
import { SizeSource } from "./sizes.ts";
import { SlotList } from "./slot_list.ts";

/** Caches of one program. */
export const CACHES_MAX = 8;
/** Index of the kmalloc caches among the owners of objects. */
export const KMALLOC = CACHES_MAX;
const OWNERS = CACHES_MAX + 1;

const HELD_MAX = 2048;
const FREED_MAX = 16;
const GROUPS_MAX = 64;
const SLOTS_MAX = 16384;
/** Shapes drawn for a cache that has to meet wishes, and the sizes of the last of them. */
const SHAPE_TRIES = 8;
const FALLBACK_SIZES = new SizeSource([168, 200, 312, 328, 344, 408, 424, 584]);
const PLACES_MIN = 8;
const PLACES_MAX = 96;

const NAMES = Array.from({ length: CACHES_MAX }, (_, i) => `c${i}`);

export class Draft {
  readonly prng: Prng;
  readonly image = new ProgramImage();
  readonly profile: Profile;
  /** CPUs that operations may run on. */
  readonly cpus: number;
  /** The mistake at hand is replaced by what is right. */
  readonly isTwin: boolean;
  readonly sizes: SizeSource;
  /** Features that the options leave, as bits. */
  readonly allowed: number;
  /** Those of them that the program at hand makes use of. */
  features = 0;
  /** Which of an owner's objects is freed. */
  order: "any" | "newest" | "oldest" = "any";
  /** Objects that a program of the toggle kind holds at most. */
  places = 0;
  /** The CPU that operations run on. */
  cpu = 0;
  /** Operations to look at closely: the mistakes. */
  readonly marks: number[] = [];
  cacheCount = 0;
  /** By cache. */
  readonly size = new Int32Array(CACHES_MAX);
  readonly letters = new Int32Array(CACHES_MAX);
  readonly layout: readonly Layout[] = NAMES.map(() => new Layout());
  /** By cache: destroyed, or about to be: the program does not touch it any more. */
  readonly isGone = new Uint8Array(CACHES_MAX);
  /** By cache: objects of it were lost, and will be held when it is destroyed. */
  readonly isLeaky = new Uint8Array(CACHES_MAX);
  /** By slot: bytes asked for. */
  readonly slotSize = new Int32Array(SLOTS_MAX);
  /** By slot: so many bytes from its beginning on have been written. */
  readonly slotFilled = new Int32Array(SLOTS_MAX);
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
    this.isTwin = options.twins;
    this.sizes = new SizeSource(options.sizes);
    this.allowed = featuresWithout(options.without);
    this.cpus = (this.allowed & Feature.CPUS) !== 0 ? options.cpus : 1;
    this.prng = new Prng(options.seed);
  }

  /** Starts a new program; everything random in it comes from the case number. */
  begin(caseNumber: number): void {
    this.prng.start(this.#options.seed, caseNumber);
    this.image.clear();
    this.marks.length = 0;
    this.cacheCount = 0;
    this.features = this.allowed;
    this.order = "any";
    this.places = this.prng.between(PLACES_MIN, PLACES_MAX);
    this.cpu = 0;
    this.isGone.fill(0);
    this.isLeaky.fill(0);
    this.#groupCount = 0;
    for (const list of this.#held) list.count = 0;
    for (const list of this.#freed) list.count = 0;
  }

  /** The next operation is a mistake, unless this is a benign twin. */
  mark(): void {
    if (!this.isTwin) this.marks.push(this.image.opCount);
  }

  has(feature: Feature): boolean {
    return (this.features & feature) !== 0;
  }

  /** A new cache as it comes. */
  addCache(): number {
    const { prng } = this;
    const earlier = this.cacheCount > 0 ? this.#shapes[prng.below(this.cacheCount)] : undefined;
    drawShape(prng, this.features, this.sizes, this.#shapes[this.cacheCount], earlier);
    return this.#create();
  }

  /** A new cache that shares its slabs with no other one; letters may be added and kept away. */
  addOwnCache(letters = 0, lettersAway = 0): number {
    this.#drawOwnShape(letters, lettersAway, this.sizes);
    return this.#create();
  }

  /** The same, with few enough objects in a slab, and so many bytes left over behind them. */
  addFullCache(objectsMax: number, tailMin: number, lettersAway = 0): number {
    const { layout } = this;
    for (let tries = 0; tries < SHAPE_TRIES; tries++) {
      const sizes = 2 * tries < SHAPE_TRIES ? this.sizes : FALLBACK_SIZES;
      this.#drawOwnShape(0, lettersAway, sizes);
      this.#layOut();
      const next = layout[this.cacheCount];
      if (next.objects <= objectsMax && tailBytes(next) >= tailMin) break;
    }
    return this.#create();
  }

  /** The same, with slabs of an order. */
  addCacheOfOrder(order: number): number {
    for (let tries = 0; tries < SHAPE_TRIES; tries++) {
      this.#drawOwnShape(0, Letter.R, this.sizes);
      this.#layOut();
      if (this.layout[this.cacheCount].order === order) break;
    }
    return this.#create();
  }

  /** Whether two caches may be one: only those that may merge. */
  mayShare(one: number, other: number): boolean {
    return ((this.letters[one] | this.letters[other]) & UNMERGEABLE) === 0;
  }

  #drawOwnShape(letters: number, lettersAway: number, sizes: SizeSource): void {
    const shape = this.#shapes[this.cacheCount];
    drawShape(this.prng, this.features & ~Feature.MERGE, sizes, shape, undefined);
    shape.letters = (shape.letters & ~lettersAway) | letters;
  }

  /** Works out the next cache. */
  #layOut(): void {
    const cache = this.cacheCount;
    const shape = this.#shapes[cache];
    const letters = shape.letters | this.#bootLettersOf(cache, shape.letters);
    shape.size = usableSize(this.profile, shape.size, letters);
    const { size, align } = shape;
    const { profile, nrCpuIds } = this.#options;
    this.layout[cache].compute({ profile, size, align, letters, nrCpuIds });
  }

  /** Makes the next cache. */
  #create(): number {
    this.#layOut();
    const cache = this.cacheCount++;
    const { size, align, letters } = this.#shapes[cache];
    const boot = this.#bootLettersOf(cache, letters);
    this.size[cache] = size;
    this.letters[cache] = letters | boot;
    this.image.cache(this.image.newName(NAMES[cache]), size, align, letters, boot);
    return cache;
  }

  /** Operations run on this CPU from here on. */
  runOn(cpu: number): void {
    if (cpu === this.cpu) return;
    this.cpu = cpu;
    this.image.cpu(cpu);
  }

  hasConstructor(owner: number): boolean {
    return owner !== KMALLOC && (this.letters[owner] & Letter.CTOR) !== 0;
  }

  /** Any cache that is in use; there must be one. */
  pickCache(): number {
    let cache = this.prng.below(this.cacheCount);
    while (this.isGone[cache] !== 0) cache = cache === 0 ? this.cacheCount - 1 : cache - 1;
    return cache;
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

  /** The slot of the object that the workload frees next; there must be one. */
  pickNext(owner: number): number {
    const list = this.#held[owner];
    if (this.order === "any") return list.slots[this.prng.below(list.count)];
    return list.slots[this.order === "newest" ? list.count - 1 : 0];
  }

  /** The object at a place of the owner's list. */
  heldAt(owner: number, index: number): number {
    return this.#held[owner].slots[index];
  }

  isHeld(owner: number, slot: number): boolean {
    return this.#held[owner].indexOf(slot) >= 0;
  }

  /** An object of the cache, a new one if there is none. */
  needHeld(cache: number): number {
    return this.heldCount(cache) > 0 ? this.pickHeld(cache) : this.alloc(cache);
  }

  alloc(cache: number, zero = false): number {
    const slot = this.#newSlots(1, this.size[cache], this.#constructedBytes(cache, zero));
    this.image.alloc(cache, slot, zero);
    this.#held[cache].add(slot);
    return slot;
  }

  /** Several at once, through `allocn` or `bulkalloc`. */
  allocMany(cache: number, count: number, isBulk: boolean): number {
    const first = this.#newSlots(count, this.size[cache], this.#constructedBytes(cache, false));
    if (isBulk) this.image.bulkAlloc(cache, first, count);
    else this.image.allocN(cache, first, count);
    for (let i = 0; i < count; i++) this.#held[cache].add(first + i);
    this.#addGroup(cache, first, count);
    return first;
  }

  kmalloc(size: number, zero: boolean): number {
    const slot = this.#newSlots(1, size, zero ? size : 0);
    this.image.kmalloc(size, slot, zero);
    this.#held[KMALLOC].add(slot);
    return slot;
  }

  /** The object goes on in a new slot. */
  krealloc(slot: number, size: number): number {
    const newSlot = this.#newSlots(1, size, Math.min(size, this.slotFilled[slot]));
    this.image.krealloc(slot, 0, size, newSlot);
    this.#takeOut(KMALLOC, slot);
    this.#held[KMALLOC].add(newSlot);
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
    this.#takeOut(owner, slot);
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

  /** The program loses its pointer to an object that it holds. */
  lose(owner: number, slot: number): void {
    this.#takeOut(owner, slot);
    this.#breakGroup(slot);
    this.isLeaky[owner] = 1;
  }

  /** Destroys a cache; whatever the program still held of it is out of reach. */
  destroy(cache: number): void {
    this.image.destroy(cache);
    this.isGone[cache] = 1;
    this.#held[cache].count = 0;
    this.#freed[cache].count = 0;
    this.#dropGroupsOf(cache);
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

  /** Fills all that the owner of an object may write, with one byte. */
  fill(owner: number, slot: number, byte: number): void {
    const first = this.firstWritable(owner);
    const length = this.slotSize[slot] - first;
    if (length <= 0) return;
    this.image.fill(slot, first, length, byte);
    this.slotFilled[slot] = first + length;
  }

  /** A constructed object stays constructed: its first byte is left alone. */
  firstWritable(owner: number): number {
    return this.hasConstructor(owner) ? 1 : 0;
  }

  /** The program wrote these bytes of its object. */
  noteWritten(slot: number, first: number, end: number): void {
    const filled = this.slotFilled[slot];
    if (first <= filled && end > filled) this.slotFilled[slot] = end;
  }

  #newSlots(count: number, size: number, filled: number): number {
    const first = this.image.newSlots(count);
    for (let slot = first; slot < first + count; slot++) {
      this.slotSize[slot] = size;
      this.slotFilled[slot] = filled;
    }
    return first;
  }

  /** Bytes of a new object that are not what the memory happened to hold. */
  #constructedBytes(cache: number, zero: boolean): number {
    if (zero) return this.size[cache];
    return this.hasConstructor(cache) ? 1 : 0;
  }

  #takeOut(owner: number, slot: number): void {
    const list = this.#held[owner];
    const index = list.indexOf(slot);
    if (index < 0) return;
    if (this.order === "any") list.removeAt(index);
    else list.closeUp(index);
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
      this.#dropGroup(i);
      return;
    }
  }

  #dropGroupsOf(owner: number): void {
    for (let i = this.#groupCount - 1; i >= 0; i--) {
      if (this.#groupOwner[i] === owner) this.#dropGroup(i);
    }
  }

  #dropGroup(index: number): void {
    const last = --this.#groupCount;
    this.#groupFirst[index] = this.#groupFirst[last];
    this.#groupSize[index] = this.#groupSize[last];
    this.#groupOwner[index] = this.#groupOwner[last];
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
