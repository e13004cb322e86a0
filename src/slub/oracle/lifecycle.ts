// Caches come, are looked at, and go.
import { KMALLOC_CLASSES, Letter, Profile, Status } from "../../abi.ts";
import { argOf, offsetOf, slot2Of, slotOf } from "../program/record.ts";
import type { Damage } from "./damage.ts";
import { expectAtDiscard, expectAtLeak, expectAtValidate } from "./expect.ts";
import { waitsInSheaves } from "./layout.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/** Sizes up to here are never refused. */
const SURE_SIZE_MAX = 65536;

export function stepCache(shadow: Shadow, op: number, name: number): void {
  const { words } = shadow.image;
  const size = offsetOf(words, op);
  const align = argOf(words, op);
  const layout = shadow.caches.layoutFor(size, align, slotOf(words, op) | slot2Of(words, op));
  const index = shadow.valueLow(op);
  switch (shadow.status(op)) {
    case Status.CREATED:
      if (layout === undefined) shadow.violate("failed-operation", index, NONE, size);
      else shadow.caches.create(op, name, { index, size, align, layout });
      break;
    case Status.MERGED:
      if (size > shadow.caches.layouts[index].size)
        shadow.violate("wrong-merge", index, NONE, size);
      shadow.caches.merge(name, index, size, align);
      break;
    default:
      if (layout !== undefined && size > 0 && size <= SURE_SIZE_MAX) {
        shadow.violate("failed-operation", NONE, NONE, size);
      }
  }
}

/** The running kernel holds objects of the kmalloc caches, which no program knows about. */
function isKernels(cache: number): boolean {
  return cache < KMALLOC_CLASSES;
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
  const keepsFull = (shadow.caches.layouts[cache].letters & Letter.U) !== 0;
  const least = keepsFull ? partial + full : isKernels(cache) ? 0 : partial;
  const found = shadow.valueLow(op);
  const isExact = shadow.caches.isShrunk(cache) && !isKernels(cache);
  // Slabs whose free objects all wait in sheaves of the barn are on no list.
  const isSure = isExact || !waitsInSheaves(shadow.caches.layouts[cache]);
  if ((isSure && found < least) || (isExact && found !== least)) {
    shadow.violate("wrong-slab-count", cache, NONE, found, least);
  }
  if (shadow.damages.length > 0) expectAtValidate(shadow, cache);
}

/** shrink answers 1 if slabs remain (3.10: always 0). */
export function stepShrink(shadow: Shadow, op: number, name: number): void {
  const cache = shadow.caches.cacheOf(name);
  if (cache === NONE || isKernels(cache)) return;
  shadow.caches.shrink(cache);
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
  const expected = destroyStatus(shadow, cache);
  const found = shadow.status(op);
  if (expected === Status.BUSY) noteLeak(shadow, cache);
  else if (found !== expected) shadow.violate("failed-operation", cache, NONE, found, expected);
  if (found === Status.BUSY) return;
  shadow.caches.dropName(name);
  if (found !== Status.DESTROYED) return;
  if (shadow.damages.length > 0) expectAtDiscard(shadow, cache);
  shadow.slabs.forgetCache(cache);
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
