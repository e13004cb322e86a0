// Mistakes that only a kernel with sheaves (7.3) can make something of: what is freed waits in an
// array of pointers, where nothing of the object is looked at. Caches with debug options have no
// sheaves: under those the same programs show what the options see.
import { Letter, SheafLayout } from "../../../abi.ts";
import { sheafCapacityOf } from "../../oracle/layout.ts";
import type { Draft } from "../draft.ts";
import { Feature } from "../features.ts";
import { KMALLOC } from "../holdings.ts";
import { freeAgain, interiorOffset } from "./bad_free.ts";
import { ownSlab } from "./own_slab.ts";
import { followFreed } from "./scene.ts";
import { store } from "./value.ts";

const BETWEEN_MAX = 2;
const LATER_MAX = 12;
const RCU_HEAD_BYTES = 16;
const POINTER_BYTES = 8;

/** Twice in one sheaf; then all that was freed is handed out again, the object to two owners. */
export function doubleFreeInSheaf(draft: Draft): void {
  const { cache, first, count } = ownSlab(draft);
  const between = Math.min(draft.prng.between(0, BETWEEN_MAX), count - 1);
  draft.free(cache, first);
  for (let i = 1; i <= between; i++) draft.free(cache, first + i);
  freeAgain(draft, cache, first);
  for (let i = 0; i < between + 2; i++) draft.alloc(cache);
}

/** Its slab has the object back when it comes again; another object keeps the slab. */
export function doubleFreeSheafAndSlab(draft: Draft): void {
  const cache = draft.caches.addOwn();
  const slot = draft.alloc(cache);
  draft.alloc(cache);
  draft.free(cache, slot);
  draft.image.shrink(cache);
  freeAgain(draft, cache, slot);
  followFreed(draft, cache, slot);
}

/** Nothing is allocated from the cache until its sheaves are flushed, some operations later. */
export function badFreeFlushed(draft: Draft): void {
  const cache = draft.caches.addOwn(0, 0, RCU_HEAD_BYTES);
  const slot = draft.alloc(cache);
  draft.alloc(cache);
  if (draft.prng.oneIn(2)) {
    draft.free(cache, slot);
    freeAgain(draft, cache, slot);
  } else {
    const offset = interiorOffset(draft, draft.caches.size[cache]);
    draft.mark();
    if (draft.isTwin) draft.free(cache, slot);
    else draft.image.free(cache, slot, offset);
  }
  passTime(draft, cache);
  draft.image.shrink(cache);
  draft.image.validate(cache);
}

/** Operations that have nothing to do with a cache. */
function passTime(draft: Draft, cache: number): void {
  const other = draft.caches.addOwn();
  for (let i = draft.prng.between(1, LATER_MAX); i > 0; i--) {
    if (draft.heldCount(other) > 0 && draft.prng.oneIn(2)) draft.freeOne(other);
    else draft.fill(other, draft.alloc(other), draft.prng.below(256));
  }
  if (draft.has(Feature.VALIDATE) && draft.prng.oneIn(3) && other !== cache) {
    draft.image.validate(other);
  }
}

/** Two kmalloc objects become the first two sheaves of a new cache. */
export function sheafOverwrite(draft: Draft): void {
  const cache = draft.caches.addOwn();
  const capacity = sheafCapacityOf(draft.caches.layout[cache]);
  const bytes = SheafLayout.OBJECTS + POINTER_BYTES * capacity;
  const stale = draft.kmalloc(bytes, false);
  const other = draft.kmalloc(bytes, false);
  if (draft.isTwin) storeIntoSheaf(draft, stale, capacity);
  draft.free(KMALLOC, stale);
  draft.free(KMALLOC, other);
  draft.alloc(cache);
  if (!draft.isTwin) {
    draft.mark();
    storeIntoSheaf(draft, stale, capacity);
  }
  for (let i = draft.prng.between(0, BETWEEN_MAX); i > 0; i--) draft.alloc(cache);
  followFreed(draft, KMALLOC, stale);
}

/** Over the number of its pointers, or over one of the pointers. */
function storeIntoSheaf(draft: Draft, slot: number, capacity: number): void {
  const isSize = draft.prng.oneIn(3);
  const pointer = draft.prng.below(capacity - 1);
  const offset = isSize ? SheafLayout.SIZE : SheafLayout.OBJECTS + POINTER_BYTES * pointer;
  store(draft, KMALLOC, slot, offset, isSize ? 4 : POINTER_BYTES);
  draft.noteWritten(slot, offset, offset + POINTER_BYTES);
}

/** kfree_rcu() of an object that was given to it before; or a plain free. */
export function doubleFreeRcu(draft: Draft): void {
  const cache = draft.caches.addOwn(0, Letter.CTOR, RCU_HEAD_BYTES);
  const slot = draft.alloc(cache);
  draft.alloc(cache);
  draft.freeRcu(cache, slot);
  if (!draft.isTwin) {
    draft.mark();
    if (draft.prng.oneIn(3)) draft.image.free(cache, slot);
    else draft.image.freeRcu(slot);
  }
  draft.image.rcuBarrier(draft.prng.oneIn(2));
  followFreed(draft, cache, slot);
}

/** F makes the other cache look; what it does not take, nobody has. */
export function wrongCacheLeak(draft: Draft): void {
  const owner = draft.caches.addOwn();
  const other = draft.caches.addOwn(Letter.F);
  const slot = draft.alloc(owner);
  draft.mark();
  draft.image.free(draft.isTwin ? owner : other, slot);
  draft.forget(owner, slot);
  if (draft.prng.oneIn(2)) draft.destroy(owner);
}
