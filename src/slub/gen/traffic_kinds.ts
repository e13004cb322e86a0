// The kinds of traffic: each function adds one piece of what a correct program does.
import type { Draft } from "./draft.ts";
import { Feature } from "./features.ts";
import { KMALLOC } from "./holdings.ts";
import { drawBytes } from "./pattern.ts";

const READ_MAX = 16;
const WRITE_MAX = 24;
const BULK_MAX = 16;
/** Programs do not hold more than this, so that memory never runs out. */
const HELD_MAX = 600;
/** Objects that a producer makes at a time. */
const BATCH_MAX = 12;

/** Sheaves that a program holds at a time, and what it asks for in one. */
const SHEAVES_MAX = 2;
const SHEAF_OBJECTS_MAX = 70;
/** kfree_rcu() needs so much room in an object, and no whole pages. */
const RCU_HEAD_BYTES = 16;
const RCU_BYTES_MAX = 8192;

const FEW = Array.from({ length: BULK_MAX + 1 }, (_, count) => new Uint16Array(count));

export function allocOne(draft: Draft): void {
  if (draft.heldTotal >= HELD_MAX) {
    freeOne(draft);
    return;
  }
  allocFrom(draft, draft.caches.pick());
}

function allocFrom(draft: Draft, cache: number): void {
  const slot = draft.alloc(cache);
  if (draft.caches.hasConstructor(cache) && draft.has(Feature.READS)) draft.image.read(slot, 0, 1);
  if (!draft.prng.oneIn(4)) draft.fill(cache, slot, draft.prng.below(256));
}

/** Zeroes are for caches without a constructor; the end of the object is where they are missing. */
export function allocZeroed(draft: Draft): void {
  const cache = draft.caches.pick();
  if (draft.caches.hasConstructor(cache) || draft.heldTotal >= HELD_MAX) return;
  readEnd(draft, draft.alloc(cache, true));
}

function readEnd(draft: Draft, slot: number): void {
  if (!draft.has(Feature.READS)) return;
  const size = draft.slotSize[slot];
  const length = Math.min(size, READ_MAX);
  draft.image.read(slot, size - length, length);
}

export function allocRow(draft: Draft): void {
  if (draft.heldTotal >= HELD_MAX) return;
  draft.allocMany(draft.caches.pick(), draft.prng.between(2, BULK_MAX), false);
}

export function allocBulk(draft: Draft): void {
  if (draft.heldTotal >= HELD_MAX) return;
  draft.allocMany(draft.caches.pick(), draft.prng.between(2, BULK_MAX), true);
}

export function freeOne(draft: Draft): void {
  const owner = draft.pickOwner();
  if (owner < 0) allocOne(draft);
  else draft.free(owner, draft.pickNext(owner));
}

export function freeRow(draft: Draft): void {
  if (!draft.freeGroup()) freeOne(draft);
}

export function freeBulk(draft: Draft): void {
  const cache = draft.caches.pick();
  const count = Math.min(draft.heldCount(cache), draft.prng.between(2, BULK_MAX));
  if (count < 2) return;
  const slots = FEW[count];
  const first = draft.prng.below(draft.heldCount(cache) - count + 1);
  for (let i = 0; i < count; i++) slots[i] = draft.heldAt(cache, first + i);
  draft.bulkFree(cache, slots);
}

/** A place of a table that is drawn at random is full as often as the table is. */
export function toggleOne(draft: Draft): void {
  const isFull = draft.prng.below(draft.places) < draft.heldTotal;
  if (isFull) freeOne(draft);
  else allocOne(draft);
}

/** One object goes, another of its kind comes. */
export function replaceOne(draft: Draft): void {
  const owner = draft.pickOwner();
  if (owner < 0 || owner === KMALLOC || draft.caches.isGone[owner] !== 0) {
    allocOne(draft);
    return;
  }
  draft.free(owner, draft.pickHeld(owner));
  allocFrom(draft, owner);
}

export function produce(draft: Draft): void {
  draft.runOn(0);
  for (let i = draft.prng.between(1, BATCH_MAX); i > 0; i--) allocOne(draft);
}

export function consume(draft: Draft): void {
  draft.runOn(draft.cpus - 1);
  for (let i = draft.prng.between(1, BATCH_MAX); i > 0 && draft.heldTotal > 0; i--) freeOne(draft);
}

export function nextCpu(draft: Draft): void {
  draft.runOn((draft.cpu + 1) % draft.cpus);
}

export function anyCpu(draft: Draft): void {
  draft.runOn(draft.prng.below(draft.cpus));
}

export function fillObject(draft: Draft): void {
  const owner = draft.pickOwner();
  if (owner >= 0) draft.fill(owner, draft.pickHeld(owner), draft.prng.below(256));
}

export function writeObject(draft: Draft): void {
  const owner = draft.pickOwner();
  if (owner < 0) return;
  const slot = draft.pickHeld(owner);
  const first = draft.caches.firstWritable(owner);
  const room = draft.slotSize[slot] - first;
  if (room <= 0) return;
  const length = draft.prng.between(1, Math.min(room, WRITE_MAX));
  const offset = first + draft.prng.below(room - length + 1);
  draft.image.write(slot, offset, drawBytes(draft.prng, length));
  draft.noteWritten(slot, offset, offset + length);
}

/** A correct program reads what it wrote before. */
export function readObject(draft: Draft): void {
  const owner = draft.pickOwner();
  if (owner >= 0) readFilled(draft, draft.pickHeld(owner));
}

function readFilled(draft: Draft, slot: number): void {
  const filled = draft.slotFilled[slot];
  if (filled === 0) return;
  const length = draft.prng.between(1, Math.min(filled, READ_MAX));
  draft.image.read(slot, draft.prng.below(filled - length + 1), length);
}

export function kmallocOne(draft: Draft): void {
  if (draft.heldTotal >= HELD_MAX) return;
  const { prng } = draft;
  const isLarge = prng.oneIn(40) && draft.has(Feature.LARGE);
  const size = isLarge ? prng.between(8193, 20000) : draft.sizes.draw(prng);
  const zero = prng.oneIn(3) && draft.has(Feature.ZEROING);
  const slot = draft.kmalloc(size, zero);
  if (zero) readEnd(draft, slot);
}

export function kfreeOne(draft: Draft): void {
  if (draft.heldCount(KMALLOC) > 0) draft.free(KMALLOC, draft.pickNext(KMALLOC));
}

export function kreallocOne(draft: Draft): void {
  if (draft.heldCount(KMALLOC) === 0) return;
  const slot = draft.krealloc(draft.pickHeld(KMALLOC), draft.sizes.draw(draft.prng));
  if (draft.has(Feature.READS)) readFilled(draft, slot);
}

export function ksizeOne(draft: Draft): void {
  if (draft.heldCount(KMALLOC) > 0) draft.image.ksize(draft.pickHeld(KMALLOC));
}

export function validateOne(draft: Draft): void {
  draft.image.validate(draft.caches.pick());
}

export function shrinkOne(draft: Draft): void {
  draft.image.shrink(draft.caches.pick());
}

export function countConstructions(draft: Draft): void {
  draft.image.ctorcalls();
}

export function getSheaf(draft: Draft): void {
  if (draft.prefilled.length === SHEAVES_MAX || draft.heldTotal >= HELD_MAX) return;
  const isLarge = draft.prng.oneIn(8);
  draft.getSheaf(
    draft.caches.pick(),
    draft.prng.between(1, isLarge ? SHEAF_OBJECTS_MAX : BATCH_MAX),
  );
}

export function allocFromSheaf(draft: Draft): void {
  const sheaf = draft.prefilled.find(({ count }) => count > 0);
  if (sheaf === undefined || draft.heldTotal >= HELD_MAX) return;
  const isConstructed = draft.caches.hasConstructor(sheaf.cache);
  const zero = !isConstructed && draft.has(Feature.ZEROING) && draft.prng.oneIn(4);
  const slot = draft.allocFromSheaf(sheaf, zero);
  if (zero) readEnd(draft, slot);
  else if (!draft.prng.oneIn(4)) draft.fill(sheaf.cache, slot, draft.prng.below(256));
}

export function refillSheaf(draft: Draft): void {
  if (draft.prefilled.length === 0) return;
  const sheaf = draft.prng.pick(draft.prefilled);
  const count = draft.prng.between(1, BATCH_MAX);
  draft.image.sheafRefill(sheaf.cache, sheaf.slot, count);
  sheaf.count = Math.max(sheaf.count, count);
}

export function putSheaf(draft: Draft): void {
  const { prefilled, prng } = draft;
  if (prefilled.length > 0) draft.putSheaf(prng.below(prefilled.length));
}

/** The CPU is there again before anything runs on it. */
export function takeCpuOff(draft: Draft): void {
  if (draft.cpus === 1) return;
  const cpu = draft.prng.between(1, draft.cpus - 1);
  draft.runOn(0);
  draft.image.cpuDownAndUp(cpu);
}

/** A constructed object would lose what its constructor made. */
export function freeRcu(draft: Draft): void {
  const owner = draft.pickOwner();
  if (owner < 0 || draft.caches.hasConstructor(owner)) return;
  const slot = draft.pickHeld(owner);
  const size = draft.slotSize[slot];
  if (size >= RCU_HEAD_BYTES && size <= RCU_BYTES_MAX) draft.freeRcu(owner, slot);
}

export function endGracePeriod(draft: Draft): void {
  draft.image.rcuBarrier(draft.prng.oneIn(2));
}
