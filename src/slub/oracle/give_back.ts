// Frees. One that the program may do ends the life of an object; any other is damage, whose cause
// is what the pointer was.
import { PAGE_SIZE, Profile, TARGET_SIZE } from "../../abi.ts";
import { readU16, readU32 } from "../../base/bytes.ts";
import { causeOfBadFree } from "./blame.ts";
import type { Cause } from "./cause.ts";
import { type Damage, type Segment, segmentsOf } from "./damage.ts";
import { expectAtBadFree } from "./expect.ts";
import { checksOperations } from "./layout.ts";
import { giveBackPlainly } from "./plain.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import { Source } from "./writes.ts";

/** What kmalloc(0) returns. */
const ZERO_SIZE_POINTER = 16;

/** kmem_cache_free(cache, slot + displacement). */
export function giveBack(shadow: Shadow, cache: number, slot: number, displacement: number): void {
  const object = shadow.slots.object(slot);
  if (object !== NONE && shadow.offsetOf(slot, displacement) === 0) {
    if (shadow.objects.isLive(object) && shadow.objects.cache(object) === cache) {
      shadow.release(object);
      shadow.caches.use(cache);
      return;
    }
  }
  noteBadFree(shadow, cache, slot, displacement);
}

/** `freen` and `bulkfree`: a list of targets. */
export function giveBackAll(shadow: Shadow, op: number, name: number): void {
  const { words, payload } = shadow.image;
  const cache = shadow.caches.cacheOf(name);
  const count = words[4 * op + 1] >>> 16;
  const targets = words[4 * op + 3];
  for (let i = 0; i < count; i++) {
    const at = targets + i * TARGET_SIZE;
    const slot = readU16(payload, at);
    const displacement = readU32(payload, at + 4) | 0;
    const isDone = shadow.isUndisturbed && giveBackPlainly(shadow, name, slot, displacement);
    if (!isDone) giveBack(shadow, cache, slot, displacement);
  }
}

/**
 * kfree() finds the cache by itself: any object will do, and NULL and the zero-size pointer, too.
 */
export function stepKfree(shadow: Shadow, slot: number, displacement: number): void {
  const object = shadow.slots.object(slot);
  if (object === NONE) {
    if (!isNothing(shadow, slot, displacement)) noteBadFree(shadow, NONE, slot, displacement);
    return;
  }
  if (!shadow.objects.isLive(object) || shadow.offsetOf(slot, displacement) !== 0) {
    noteBadFree(shadow, shadow.objects.cache(object), slot, displacement);
    return;
  }
  releaseAnywhere(shadow, object);
}

function isNothing(shadow: Shadow, slot: number, displacement: number): boolean {
  const { high, low } = shadow.addressOf(slot, displacement);
  return high === 0 && (low === 0 || low === ZERO_SIZE_POINTER);
}

function releaseAnywhere(shadow: Shadow, object: number): void {
  const cache = shadow.objects.cache(object);
  shadow.release(object);
  if (cache === NONE) shadow.largePages -= shadow.objects.pages(object);
  else shadow.caches.use(cache);
}

/** Pages of a large request: a whole block. */
export function pagesOf(bytes: number): number {
  let pages = 1;
  while (pages * PAGE_SIZE < bytes) pages *= 2;
  return pages;
}

/** krealloc(): the same object with another size, or a new one and the end of the old. */
export function stepKrealloc(shadow: Shadow, op: number, slot: number, displacement: number): void {
  const object = shadow.slots.object(slot);
  const size = shadow.image.words[4 * op + 3];
  const newSlot = shadow.image.words[4 * op + 1] >>> 16;
  if (object === NONE && isNothing(shadow, slot, displacement)) {
    obtainByKmalloc(shadow, newSlot, size, shadow.valueAt(op));
  } else if (object === NONE || !shadow.objects.isLive(object)) {
    noteBadFree(shadow, NONE, slot, displacement);
  } else if (size === 0) {
    releaseAnywhere(shadow, object);
    shadow.slots.hold(newSlot, shadow.valueHigh(op), shadow.valueLow(op));
  } else {
    resize(shadow, op, object, newSlot, size);
  }
}

function resize(shadow: Shadow, op: number, object: number, newSlot: number, size: number): void {
  const high = shadow.valueHigh(op);
  const low = shadow.valueLow(op);
  // It measures the object first, as ksize does.
  shadow.objects.measure(object);
  if (shadow.objects.isAt(object, shadow.ram.offsetOf(high, low), high, low)) {
    shadow.objects.resize(object, size);
    shadow.slots.point(newSlot, object, 0);
    return;
  }
  const asked = shadow.objects.asked(object);
  const id = obtainByKmalloc(shadow, newSlot, size, shadow.valueAt(op));
  if (id === NONE) return;
  shadow.objects.writes.add(id, shadow.op, Source.COPY, 0, Math.min(size, asked), object);
  releaseAnywhere(shadow, object);
}

/** A pointer from the kmalloc caches, or whole pages; returns the object, NONE for none. */
export function obtainByKmalloc(
  shadow: Shadow,
  slot: number,
  size: number,
  pointerAt: number,
): number {
  const low = shadow.record.i32[pointerAt];
  const high = shadow.record.i32[pointerAt + 1];
  if (high === 0 && low >= 0 && low <= ZERO_SIZE_POINTER) {
    shadow.slots.hold(slot, high, low);
    const expected = size === 0 ? ZERO_SIZE_POINTER : 0;
    if (low !== expected) shadow.violate("zero-size-pointer", NONE, NONE, low, expected);
    else if (size > 0 && !shadow.events.memoryShort) shadow.violate("null-pointer", NONE);
    return NONE;
  }
  const cache = shadow.caches.kmallocClass(size);
  const align = cache === NONE ? PAGE_SIZE : shadow.caches.layouts[cache].align;
  const id = shadow.obtain(cache, size, align, slot, pointerAt);
  if (cache === NONE) {
    shadow.objects.takePages(id, pagesOf(size));
    shadow.largePages += pagesOf(size);
  }
  return id;
}

function noteBadFree(shadow: Shadow, cache: number, slot: number, displacement: number): void {
  const object = shadow.slots.object(slot);
  const at = shadow.targetAt(slot, displacement);
  const cause = causeOfBadFree(shadow, cache, slot, displacement);
  const { refused } = shadow.events;
  const damage: Damage = {
    op: shadow.op,
    cause,
    kind: "free",
    object,
    at,
    slab: at === NONE ? NONE : shadow.slabs.slabAt(at),
    cache,
    segments: segmentsOfHook(shadow, cache, object, at),
    changed: true,
    isStructural: !leavesMemoryAlone(shadow, cache, cause, refused),
    refused,
  };
  shadow.damages.push(damage);
  expectAtBadFree(shadow, damage);
  if (cause === "wrong-cache-free") shadow.release(object);
}

/** From 5.4 to 6.6 a free begins by storing NULL where the object's free pointer would be. */
function segmentsOfHook(shadow: Shadow, cache: number, object: number, at: number): Segment[] {
  if (shadow.machine.profile !== Profile.V61 || at === NONE) return [];
  const owner = object === NONE ? cache : shadow.objects.cache(object);
  if (owner === NONE) return [];
  const { offset } = shadow.caches.layouts[owner];
  const request = { op: shadow.op, cause: "none", object, at: at + offset, length: 8 } as const;
  return segmentsOf(shadow, request);
}

/** 3.10 writes nothing before its checks, unless they are made with the wrong cache's layout. */
function leavesMemoryAlone(shadow: Shadow, cache: number, cause: Cause, refused: boolean): boolean {
  if (!refused || cache === NONE || cause === "wrong-cache-free") return false;
  const isOld = shadow.machine.profile === Profile.V310;
  return isOld && checksOperations(shadow.caches.layouts[cache]);
}
