// A program in the making: writes operations into the image and keeps account of what the program
// holds, as its author would. Nothing here knows where anything lies in memory.
import type { Profile } from "../../abi.ts";
import { Prng } from "../../base/prng.ts";
import { ProgramImage } from "../program/image.ts";
import { DraftCaches } from "./draft_caches.ts";
import { Feature, featuresWithout } from "./features.ts";
import { Groups, Holdings, KMALLOC, OWNERS, SLOTS_MAX } from "./holdings.ts";
import type { GenerateOptions } from "./options.ts";
import { SizeSource } from "./sizes.ts";

/** From so many frees of an owner on, each draws a number: the later draws of cases rest on it. */
const FREED_MAX = 16;
const PLACES_MIN = 8;
const PLACES_MAX = 96;

/** A sheaf that the program got, and how many objects it surely has. */
interface PrefilledSheaf {
  readonly cache: number;
  readonly slot: number;
  count: number;
}

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
  readonly caches: DraftCaches;
  /** Sheaves that the program holds (7.3). */
  readonly prefilled: PrefilledSheaf[] = [];
  /** By slot: bytes asked for. */
  readonly slotSize = new Int32Array(SLOTS_MAX);
  /** By slot: so many bytes from its beginning on have been written. */
  readonly slotFilled = new Int32Array(SLOTS_MAX);
  readonly #options: GenerateOptions;
  readonly #held = new Holdings();
  readonly #freedCounts = new Uint8Array(OWNERS);
  readonly #groups = new Groups();

  constructor(options: GenerateOptions) {
    this.#options = options;
    this.profile = options.profile;
    this.isTwin = options.twins;
    this.sizes = new SizeSource(options.sizes);
    this.allowed = featuresWithout(options.without, options.profile);
    this.cpus = (this.allowed & Feature.CPUS) !== 0 ? options.cpus : 1;
    this.prng = new Prng(options.seed);
    this.caches = new DraftCaches(this, options);
  }

  /** Starts a new program; everything random in it comes from the case number. */
  begin(caseNumber: number): void {
    this.prng.start(this.#options.seed, caseNumber);
    this.#groups.clear(this.image.slotCount);
    this.#held.clear();
    this.caches.clear();
    this.image.clear();
    if (this.prefilled.length > 0) this.prefilled.length = 0;
    if (this.marks.length > 0) this.marks.length = 0;
    this.features = this.allowed;
    this.order = "any";
    this.places = this.prng.between(PLACES_MIN, PLACES_MAX);
    this.cpu = 0;
    this.#freedCounts.fill(0);
  }

  /** The next operation is a mistake, unless this is a benign twin. */
  mark(): void {
    if (!this.isTwin) this.marks.push(this.image.opCount);
  }

  has(feature: Feature): boolean {
    return (this.features & feature) !== 0;
  }

  /** Operations run on this CPU from here on. */
  runOn(cpu: number): void {
    if (cpu === this.cpu) return;
    this.cpu = cpu;
    this.image.cpu(cpu);
  }

  heldCount(owner: number): number {
    return this.#held.count(owner);
  }

  /** Objects that the program holds. */
  get heldTotal(): number {
    return this.#held.total;
  }

  /** An owner with at least one object, or -1: the search starts anywhere. */
  pickOwner(): number {
    return this.#held.ownerFrom(this.prng.below(OWNERS));
  }

  /** The slot of one of the owner's objects; there must be one. */
  pickHeld(owner: number): number {
    return this.#held.at(owner, this.prng.below(this.#held.count(owner)));
  }

  /** The slot of the object that the workload frees next; there must be one. */
  pickNext(owner: number): number {
    if (this.order === "any") return this.pickHeld(owner);
    return this.#held.at(owner, this.order === "newest" ? this.#held.count(owner) - 1 : 0);
  }

  /** The object at a place of the owner's list. */
  heldAt(owner: number, index: number): number {
    return this.#held.at(owner, index);
  }

  /** An object of the cache, a new one if there is none. */
  needHeld(cache: number): number {
    return this.heldCount(cache) > 0 ? this.pickHeld(cache) : this.alloc(cache);
  }

  alloc(cache: number, zero = false): number {
    const slot = this.#newSlots(1, this.caches.size[cache], this.#constructedBytes(cache, zero));
    this.image.alloc(cache, slot, zero);
    this.#held.add(cache, slot);
    return slot;
  }

  /** Several at once, through `allocn` or `bulkalloc`. */
  allocMany(cache: number, count: number, isBulk: boolean): number {
    const first = this.#newSlots(
      count,
      this.caches.size[cache],
      this.#constructedBytes(cache, false),
    );
    if (isBulk) this.image.bulkAlloc(cache, first, count);
    else this.image.allocN(cache, first, count);
    for (let i = 0; i < count; i++) this.#held.add(cache, first + i);
    this.#groups.add(cache, first, count);
    return first;
  }

  kmalloc(size: number, zero: boolean): number {
    const slot = this.#newSlots(1, size, zero ? size : 0);
    this.image.kmalloc(size, slot, zero);
    this.#held.add(KMALLOC, slot);
    return slot;
  }

  /** The object goes on in a new slot. */
  krealloc(slot: number, size: number): number {
    const newSlot = this.#newSlots(1, size, Math.min(size, this.slotFilled[slot]));
    this.image.krealloc(slot, 0, size, newSlot);
    this.#takeOut(KMALLOC, slot);
    this.#held.add(KMALLOC, newSlot);
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
    this.#noteFreed(owner);
    this.#groups.breakUp(slot);
  }

  /** Gives several back through `bulkfree`. */
  bulkFree(cache: number, slots: Uint16Array): void {
    this.image.bulkFree(cache, slots);
    for (let i = 0; i < slots.length; i++) this.forget(cache, slots[i]);
  }

  /** Frees one of the groups that are still whole through `freen`; false if there is none. */
  freeGroup(): boolean {
    if (this.#groups.count === 0) return false;
    const group = this.prng.below(this.#groups.count);
    const owner = this.#groups.owner(group);
    const first = this.#groups.first(group);
    const count = this.#groups.size(group);
    this.image.freeN(owner, first, count);
    for (let i = 0; i < count; i++) this.forget(owner, first + i);
    return true;
  }

  /** The program loses its pointer to an object that it holds. */
  lose(owner: number, slot: number): void {
    this.#takeOut(owner, slot);
    this.#groups.breakUp(slot);
    this.caches.isLeaky[owner] = 1;
  }

  /** Gets a sheaf that holds so many objects. */
  getSheaf(cache: number, count: number): void {
    const slot = this.image.newSlots(1);
    this.image.sheafGet(cache, count, slot);
    this.prefilled.push({ cache, slot, count });
  }

  /** An object out of a sheaf that has one. */
  allocFromSheaf(sheaf: PrefilledSheaf, zero: boolean): number {
    const { cache } = sheaf;
    const filled = this.#constructedBytes(cache, zero);
    const slot = this.#newSlots(1, this.caches.size[cache], filled);
    this.image.sheafAlloc(cache, sheaf.slot, slot, zero);
    sheaf.count--;
    this.#held.add(cache, slot);
    return slot;
  }

  /** Gives a sheaf back, with what is left in it. */
  putSheaf(index: number): void {
    const [{ cache, slot }] = this.prefilled.splice(index, 1);
    this.image.sheafPut(cache, slot);
  }

  putSheavesOf(cache: number): void {
    for (let i = this.prefilled.length - 1; i >= 0; i--) {
      if (this.prefilled[i].cache === cache) this.putSheaf(i);
    }
  }

  /** Gives an object back when a grace period has ended. */
  freeRcu(owner: number, slot: number): void {
    this.image.freeRcu(slot);
    this.forget(owner, slot);
  }

  /** Destroys a cache; whatever the program still held of it is out of reach. */
  destroy(cache: number): void {
    this.putSheavesOf(cache);
    this.image.destroy(cache);
    this.caches.isGone[cache] = 1;
    this.#held.drop(cache);
    this.#freedCounts[cache] = 0;
    this.#groups.dropAllOf(cache);
  }

  /** The slot of an object that has just been given back. */
  freeOne(cache: number): number {
    const slot = this.needHeld(cache);
    this.free(cache, slot);
    return slot;
  }

  /** Fills all that the owner of an object may write, with one byte. */
  fill(owner: number, slot: number, byte: number): void {
    const first = this.caches.firstWritable(owner);
    const length = this.slotSize[slot] - first;
    if (length <= 0) return;
    this.image.fill(slot, first, length, byte);
    this.slotFilled[slot] = first + length;
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
    if (zero) return this.caches.size[cache];
    return this.caches.hasConstructor(cache) ? 1 : 0;
  }

  #takeOut(owner: number, slot: number): void {
    this.#held.takeOut(owner, slot, this.order !== "any");
  }

  #noteFreed(owner: number): void {
    if (this.#freedCounts[owner] === FREED_MAX) this.prng.below(FREED_MAX);
    else this.#freedCounts[owner]++;
  }
}
