// Programs for 7.3, in which every way in and out of sheaves is taken: rows that empty and fill
// many of them, bulk calls, sheaves in the hands of their users, grace periods, CPUs that come and
// go, and now and then a write over a sheaf itself.
import { CACHE_MAX, KMALLOC_CLASSES, Letter, Op, PAGE_SIZE } from "../../../abi.ts";
import { bootLettersFor } from "../../../slub/program/boot.ts";
import { addressMapOf } from "../../../slub/program/machine.ts";
import { type Author, addressSlot, LARGE_SIZES, SIZES, StressDraft } from "./draft.ts";

const SHEAF_SIZES = [8, 64, 64, 192, 256, 320, 1000, 1024, 2048, 4096, 8192];
const CAPACITIES = [1, 3, 12, 60, 61, 200, 1020, 1021];
/** 1020 pointers fill the largest kmalloc cache, and one more takes whole pages. */
const COUNTS = [0, 1, 4, 5, 12, 28, 60, 61, 80, 200, 1020, 1021, 1024];
/** No wish for a place of the free pointer. */
const NO_PLACE = 0xffff_ffff;

/** Where slabs begin, and how many pages sheaves lie in at first. */
const FIRST_SLAB_PAGE = 32;
const SHEAF_PAGES = 8;

/** A program that holds prefilled sheaves beside objects. */
class SheafDraft extends StressDraft {
  /** Sheaves that a user holds, with the cache that they are of. */
  readonly sheaves: { readonly slot: number; readonly cache: number }[] = [];

  put(code: Op, fields: { name?: number; slot?: number; slot2?: number; arg?: number } = {}): void {
    const { name = 0, slot = 0, slot2 = 0, arg = 0 } = fields;
    this.image.put({ code, aux: 0, name, slot, slot2, offset: 0, arg });
  }

  /** A cache whose creator asks for room in its sheaves, or for a place of the free pointer. */
  addCacheWithArgs(): void {
    const { image, prng } = this;
    const name = image.newName();
    const size = this.of(SHEAF_SIZES);
    const letters = this.of([0, 0, Letter.R, Letter.CTOR, Letter.F, Letter.N, Letter.R | Letter.Z]);
    const place = (letters & (Letter.R | Letter.CTOR)) !== 0 && prng.oneIn(2);
    const words = [0, this.of(CAPACITIES), place ? 8 * prng.below(size >> 2) : NO_PLACE];
    image.put({
      ...{ code: Op.CACHE_ARGS, aux: image.cacheName(name).length, name, slot: letters },
      slot2: bootLettersFor(this.machine, image.cacheName(name), letters),
      ...{ offset: size, arg: image.storeWords(words) },
    });
    this.caches.push(name);
  }

  /** So many objects at once, one by one, or in one call. */
  fill(cache: number, count: number): void {
    const { image, prng } = this;
    const slots = Array.from({ length: count }, () => image.newSlot());
    if (prng.oneIn(3)) image.bulkAllocSlots(cache, slots);
    else for (const slot of slots) image.alloc(cache, slot, prng.oneIn(20));
    for (const slot of slots) this.held.push({ slot, cache });
  }

  /** Gives many objects back, in order, in the opposite order, in one call, or after a while. */
  drain(count: number): void {
    const { image, prng } = this;
    const way = prng.below(5);
    const some = this.held.splice(prng.oneIn(2) ? -count : 0, count);
    if (way === 0) some.reverse();
    const slots = some.filter(({ cache }) => cache === some[0]?.cache).map(({ slot }) => slot);
    if (way === 1 && slots.length > 0 && some[0].cache >= 0) {
      image.bulkFree(some[0].cache, slots);
      some.splice(0, some.length, ...some.filter(({ slot }) => !slots.includes(slot)));
    }
    for (const { slot, cache } of some) {
      if (way === 2) this.put(Op.FREE_RCU, { slot });
      else if (cache >= 0) image.free(cache, slot);
      else if (prng.oneIn(3)) this.put(Op.KFREE_NOLOCK, { slot });
      else image.kfree(slot);
    }
  }

  useSheaf(): void {
    const { image, prng, sheaves } = this;
    if (this.caches.length === 0) return;
    if (sheaves.length === 0 || prng.oneIn(4)) {
      const [cache, slot] = [this.of(this.caches), image.newSlot()];
      this.put(Op.SHEAF_GET, { name: cache, slot, arg: this.of(COUNTS) });
      sheaves.push({ slot, cache });
      return;
    }
    const { slot, cache } = this.of(sheaves);
    const kind = prng.below(8);
    if (kind < 5) {
      for (let i = prng.between(1, 70); i > 0; i--) {
        const slot2 = image.newSlot();
        this.put(Op.SHEAF_ALLOC, { name: cache, slot, slot2 });
        this.held.push({ slot: slot2, cache });
      }
    } else if (kind < 7) {
      this.put(Op.SHEAF_REFILL, { name: cache, slot, arg: this.of(COUNTS) });
    } else {
      this.put(Op.SHEAF_PUT, { name: cache, slot });
      sheaves.splice(
        sheaves.findIndex((one) => one.slot === slot),
        1,
      );
    }
  }

  /** Another CPU runs, or one goes and comes again. */
  moveCpu(): void {
    const { image, prng, machine } = this;
    if (machine.cpus > 1 && prng.oneIn(3)) {
      image.cpu(0);
      this.put(Op.CPU_DOWN, { arg: prng.between(1, machine.cpus - 1) });
    }
    image.cpu(prng.below(machine.cpus));
  }

  wait(): void {
    this.image.put({
      ...{ code: Op.RCU_BARRIER, aux: this.prng.below(2), name: 0, slot: 0, slot2: 0 },
      ...{ offset: 0, arg: 0 },
    });
  }

  /** Takes nearly all memory, in blocks, and in objects of slabs. */
  takeMemory(): void {
    for (let order = 10; order > 1; order--) {
      for (let i = 0; i < 3; i++) this.kmalloc(PAGE_SIZE << order);
    }
    for (let i = this.prng.below(12); i > 0; i--) this.kmalloc(this.of([4096, 8192]));
  }

  /** Writes over a word of the slabs that sheaves lie in, as the first of a program's memory. */
  overwriteSheaf(): void {
    const { image, prng, machine } = this;
    const page = FIRST_SLAB_PAGE + prng.below(SHEAF_PAGES);
    const { directMap } = addressMapOf(machine.profile);
    const at = directMap + BigInt(machine.physBasePfn + page) * BigInt(PAGE_SIZE);
    const slot = addressSlot(this, at);
    const offset = 128 * prng.below(PAGE_SIZE / 128) + 8 * prng.below(6);
    const victim = this.held.at(-1);
    const kind = prng.below(5);
    if (kind === 0 && victim !== undefined)
      image.wptr(slot, offset, victim.slot, 8 * prng.below(2));
    else if (kind === 1) image.wptr(slot, offset, slot, 128 * prng.below(32));
    else if (kind === 2) image.write(slot, offset, [prng.below(80), 0, 0, 0]);
    else if (kind === 3) image.write(slot, offset, [0xad, 0xde, 0, 0, 0, 0, 0xad, 0xde]);
    else image.fill(slot, offset, 8, 0);
  }

  kmallocNolock(): void {
    const slot = this.image.newSlot();
    this.put(Op.KMALLOC_NOLOCK, { slot, arg: this.of([0, ...SIZES, ...LARGE_SIZES]) });
    this.held.push({ slot, cache: -1 });
  }
}

/** Every way in and out of sheaves; what is freed was allocated, and once. */
export const sheavesOfAllKinds: Author = (prng, machine) =>
  sheafProgram(new SheafDraft(prng, machine));

/** The same with writes over sheaves, double frees, and frees through the wrong cache. */
export const spoiltSheaves: Author = (prng, machine) => {
  const draft = new SheafDraft(prng, machine);
  return sheafProgram(draft, () => {
    const { image } = draft;
    const { slot: sheaf } = draft.sheaves.at(-1) ?? { slot: draft.held.at(-1)?.slot };
    const victim = draft.held.at(-1);
    if (sheaf === undefined || victim === undefined || draft.caches.length === 0) return;
    const kind = prng.below(8);
    if (kind < 4) draft.overwriteSheaf();
    else if (kind === 4) image.write(sheaf, 8 * prng.below(12), [prng.below(256), prng.below(2)]);
    else if (kind === 5) image.wptr(sheaf, 8 * prng.below(10), victim.slot, 8 * prng.below(3));
    else image.free(draft.of(draft.caches), victim.slot);
  });
};

/** The same while memory is used up, and a block comes back now and then. */
export const sheavesWithoutMemory: Author = (prng, machine) => {
  const draft = new SheafDraft(prng, machine);
  draft.addCache(draft.of(SHEAF_SIZES), 0, draft.of([0, Letter.F, Letter.U]));
  if (prng.oneIn(2)) draft.fill(draft.caches[0], prng.below(100));
  draft.takeMemory();
  return sheafProgram(draft);
};

/** Sheaves that wait for a grace period at once, and objects of one batch, and a few more. */
const WAITING = 258;

/** More sheaves than can wait for a grace period, and more objects than one batch has. */
export const waitsForLong: Author = (prng, machine) => {
  const draft = new SheafDraft(prng, machine);
  const { image } = draft;
  draft.addCache(64, 0, 0);
  draft.addCache(128, 0, Letter.N);
  const [inSheaves, inBatches] = draft.caches;
  for (let i = 0; i < WAITING; i++) {
    const [first, second] = [image.newSlot(), image.newSlot()];
    image.alloc(inSheaves, first, false);
    draft.put(Op.FREE_RCU, { slot: first });
    image.shrink(inSheaves);
    image.alloc(inBatches, second, false);
    draft.put(Op.FREE_RCU, { slot: second });
  }
  for (const cache of draft.caches) {
    image.alloc(cache, image.newSlot(), false);
    image.validate(cache);
  }
  return draft.end();
};

/** Every cache that the table has room for, each with an object in the sheaf of another CPU. */
export const cachesOnAllCpus: Author = (prng, machine) => {
  const draft = new SheafDraft(prng, machine);
  const { image } = draft;
  for (let i = KMALLOC_CLASSES; i < CACHE_MAX; i++) draft.addCache(32, 0, Letter.NOLEAKTRACE);
  image.cpu(1);
  draft.kmalloc(8);
  for (let i = 0; i < 4; i++) draft.alloc();
  draft.drain(5);
  image.cpu(0);
  draft.put(Op.CPU_DOWN, { arg: 1 });
  draft.kmalloc(8);
  return draft.end();
};

function sheafProgram(draft: SheafDraft, spoil?: () => void): SheafDraft["image"] {
  const { prng } = draft;
  draft.addCache(draft.of(SHEAF_SIZES), 0, 0);
  draft.addCacheWithArgs();
  if (prng.oneIn(2)) draft.addAnyCache(SHEAF_SIZES);
  for (let i = 0; i < 24; i++) {
    const kind = prng.below(16);
    if (kind < 5 && draft.caches.length > 0) draft.fill(draft.of(draft.caches), prng.below(150));
    else if (kind < 9) draft.drain(prng.below(180));
    else if (kind < 11) draft.useSheaf();
    else if (kind === 11) draft.wait();
    else if (kind === 12) draft.moveCpu();
    else if (kind === 13) draft.kmallocNolock();
    else if (kind === 14) draft.kmalloc(draft.of(SIZES));
    else draft.look();
    if (spoil !== undefined && i > 6 && prng.oneIn(5)) spoil();
  }
  for (const { slot, cache } of draft.sheaves) draft.put(Op.SHEAF_PUT, { name: cache, slot });
  if (prng.oneIn(2)) draft.wait();
  return draft.end();
}
