// Caches come, are looked at, and go.
import { Letter, Op, Profile, Status } from "../../abi.ts";
import { readU32 } from "../../base/bytes.ts";
import { argOf, offsetOf, opOf, slot2Of, slotOf } from "../program/record.ts";
import type { CacheWishes } from "./caches.ts";
import type { Damage } from "./damage.ts";
import { expectAtDiscard, expectAtLeak, expectAtValidate } from "./expect.ts";
import { flushSheavesOf, flushSheavesOn } from "./flush.ts";
import { endGraceOf } from "./grace.ts";
import { waitsInSheaves } from "./layout.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/** Sizes up to here are never refused. */
const SURE_SIZE_MAX = 65536;
/** The creator of a cache leaves the place of the free pointer to the kernel. */
const NO_PLACE = 0xffffffff;

/** The alignment, and what only 7.3 knows of beside it. */
function argumentsOf({ image }: Shadow, op: number): { align: number; wishes?: CacheWishes } {
  const arg = argOf(image.words, op);
  if (opOf(image.words, op) !== Op.CACHE_ARGS) return { align: arg };
  const word = (i: number) => readU32(image.payload, arg + 4 * i);
  const place = word(2);
  const freePlace = place === NO_PLACE ? undefined : place;
  return { align: word(0), wishes: { sheaf: word(1), freePlace } };
}

export function stepCache(shadow: Shadow, op: number, name: number): void {
  const { words } = shadow.image;
  const size = offsetOf(words, op);
  const { align, wishes } = argumentsOf(shadow, op);
  const letters = slotOf(words, op) | slot2Of(words, op);
  const layout = shadow.caches.layoutFor(size, align, letters, wishes);
  const index = shadow.valueLow(op);
  switch (shadow.status(op)) {
    case Status.CREATED:
      if (layout === undefined) shadow.violate("failed-operation", index, NONE, size);
      else shadow.caches.create(op, name, { index, size, align, layout });
      break;
    case Status.MERGED:
      if (!shadow.caches.meet(index, layout?.size ?? 0) || size > shadow.caches.layouts[index].size)
        shadow.violate("wrong-merge", index, NONE, size);
      shadow.caches.merge(name, index, size, align);
      break;
    default:
      if (layout !== undefined && size > 0 && size <= SURE_SIZE_MAX) {
        shadow.violate("failed-operation", NONE, NONE, size);
      }
  }
}

/** Slabs of a cache that are in use in part, and those that are in use altogether. */
function countSlabs(shadow: Shadow, cache: number): { partial: number; full: number } {
  const { slabs } = shadow;
  let partial = 0;
  let full = 0;
  for (let slab = 0; slab < slabs.count; slab++) {
    if (slabs.cache(slab) !== cache || slabs.isGone(slab) || slabs.live(slab) === 0) continue;
    if (slabs.live(slab) === slabs.objects(slab)) full++;
    else partial++;
  }
  return { partial, full };
}

/**
 * validate answers with the number of slabs on the lists: those with free objects, and with U the
 * full ones, too. Empty slabs may be among them, but for a cache that was just shrunk. Objects that
 * the kernel holds may make a kmalloc slab full.
 */
export function stepValidate(shadow: Shadow, op: number, name: number): void {
  const cache = shadow.caches.cacheOf(name);
  if (cache === NONE) return;
  const { partial, full } = countSlabs(shadow, cache);
  flushSheavesOf(shadow, cache);
  const keepsFull = (shadow.caches.layouts[cache].letters & Letter.U) !== 0;
  const least = keepsFull ? partial + full : shadow.caches.isKernels(cache) ? 0 : partial;
  const found = shadow.valueLow(op);
  const isExact = shadow.caches.isShrunk(cache) && isCounted(shadow, cache);
  // Slabs whose free objects all wait in sheaves of the barn are on no list.
  const inSheaves = waitsInSheaves(shadow.caches.layouts[cache]) || hasPrefilled(shadow, cache);
  const isSure = isExact || !inSheaves;
  if ((isSure && found < least) || (isExact && found !== least)) {
    shadow.violate("wrong-slab-count", cache, NONE, found, least);
  }
  if (shadow.damages.length > 0 && !hasPrefilled(shadow, cache)) expectAtValidate(shadow, cache);
}

/** shrink answers 1 if slabs remain (3.10: always 0). */
export function stepShrink(shadow: Shadow, op: number, name: number): void {
  const cache = shadow.caches.cacheOf(name);
  if (cache === NONE) return;
  flushSheavesOf(shadow, cache);
  if (shadow.caches.isKernels(cache)) return;
  shadow.caches.shrink(cache);
  if (hasPrefilled(shadow, cache)) return;
  if (shadow.damages.length > 0) expectAtDiscard(shadow, cache);
  shadow.slabs.forgetEmpty(cache);
  const { partial, full } = countSlabs(shadow, cache);
  const remains = shadow.machine.profile !== Profile.V310 && partial + full > 0 ? 1 : 0;
  const found = shadow.valueLow(op);
  if (found !== remains) shadow.violate("wrong-shrink-answer", cache, NONE, found, remains);
}

export function stepDestroy(shadow: Shadow, op: number, name: number): void {
  const cache = shadow.caches.cacheOf(name);
  if (cache === NONE) return;
  endGraceOf(shadow, cache);
  const found = shadow.status(op);
  const isOpen = hasPrefilled(shadow, cache) && shadow.caches.names(cache) === 1;
  // A sheaf that the program holds may be empty.
  const expected = isOpen ? found : destroyStatus(shadow, cache);
  if (expected !== Status.REFCOUNT) flushSheavesOf(shadow, cache);
  if (expected === Status.BUSY) {
    if (!isLeakedByKernel(shadow, cache)) noteLeak(shadow, cache);
  } else if (found !== expected) shadow.violate("failed-operation", cache, NONE, found, expected);
  if (found === Status.BUSY) return;
  shadow.caches.dropName(name);
  if (found !== Status.DESTROYED) return;
  if (shadow.damages.length > 0) expectAtDiscard(shadow, cache);
  shadow.slabs.forgetCache(cache);
}

/** `kvalidate` flushes the CPUs, too. */
export function stepKvalidate(shadow: Shadow, slot: number, displacement: number): void {
  const at = shadow.targetAt(slot, displacement);
  const slab = at === NONE ? NONE : shadow.slabs.slabAt(at);
  if (slab !== NONE) flushSheavesOf(shadow, shadow.slabs.cache(slab));
}

/** The first CPU stays, and goes on with the program. */
export function stepCpuDown(shadow: Shadow, cpu: number): void {
  flushSheavesOn(shadow, cpu);
  shadow.cpu = 0;
}

/** Nobody but the program has objects of the cache. */
function isCounted(shadow: Shadow, cache: number): boolean {
  return !shadow.caches.isKernels(cache) && !hasPrefilled(shadow, cache);
}

/** Objects wait in sheaves that the program holds: nobody knows which. */
function hasPrefilled({ prefilled }: Shadow, cache: number): boolean {
  return prefilled.hasAnyOf(cache);
}

/** All that is left of a cache are objects that frees into another one cost it. */
function isLeakedByKernel({ caches, damages, objects }: Shadow, cache: number): boolean {
  const isLost = (one: Damage) =>
    one.cause === "wrong-cache-leak" && objects.cache(one.object) === cache;
  return damages.filter(isLost).length === caches.live(cache);
}

function destroyStatus(shadow: Shadow, cache: number): Status {
  if (shadow.caches.names(cache) > 1) return Status.REFCOUNT;
  return shadow.caches.live(cache) > 0 ? Status.BUSY : Status.DESTROYED;
}

/** Destroying a cache whose objects are still held is the program's mistake. */
function noteLeak(shadow: Shadow, cache: number): void {
  const damage: Damage = {
    op: shadow.op,
    cause: "leak-at-destroy",
    kind: "free",
    object: NONE,
    at: NONE,
    slab: NONE,
    cache,
    segments: [],
    changed: false,
    isStructural: false,
    refused: false,
  };
  shadow.damages.push(damage);
  expectAtLeak(shadow, damage);
}
