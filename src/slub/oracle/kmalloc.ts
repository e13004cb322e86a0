// The kmalloc family: the size class decides which cache an object comes from, and kfree finds the
// cache of an object by itself.
import { Letter, MAX_ORDER, Op, PAGE_SIZE, Status } from "../../abi.ts";
import { argOf, opOf, slot2Of } from "../program/record.ts";
import { noteBadFree } from "./give_back.ts";
import type { Layout } from "./layout.ts";
import { obtain, release } from "./ownership.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import { Source } from "./writes.ts";

/** The largest block that the page allocator has. */
const BLOCK_PAGES_MAX = 1 << (MAX_ORDER - 1);
/** What kmalloc(0) returns. */
const ZERO_SIZE_POINTER = 16;

export function stepKmalloc(shadow: Shadow, op: number, slot: number, zero: boolean): void {
  const size = argOf(shadow.image.words, op);
  const object = obtainByKmalloc(shadow, slot, size, shadow.valueAt(op));
  if (object === NONE) return;
  const cache = shadow.objects.cache(object);
  if ((cache === NONE) !== (shadow.status(op) === Status.PAGES)) {
    shadow.violate("wrong-size-class", cache, object, shadow.status(op));
  }
  if (zero) shadow.objects.writes.add(object, op, Source.ZERO, 0, size, 0);
}

/** slab_ksize(): how much of an object its owner may use. */
function usableBytes(layout: Layout): number {
  if ((layout.letters & (Letter.Z | Letter.P)) !== 0) return layout.objectSize;
  return (layout.letters & (Letter.R | Letter.U)) !== 0 ? layout.inuse : layout.size;
}

export function stepKsize(shadow: Shadow, op: number, slot: number, displacement: number): void {
  const object = shadow.slots.object(slot);
  if (object === NONE || !shadow.objects.isLive(object)) return;
  const cache = shadow.objects.cache(object);
  if (cache === NONE || shadow.offsetOf(slot, displacement) !== 0) return;
  shadow.objects.measure(object);
  const expected = usableBytes(shadow.caches.layouts[cache]);
  const found = shadow.valueLow(op);
  if (found !== expected) shadow.violate("wrong-ksize", cache, object, found, expected);
}

/**
 * kfree() finds the cache by itself: any object will do, and NULL and the zero-size pointer, too.
 * `giveUp`: what becomes of an object that the program may free.
 */
export function stepKfree(
  shadow: Shadow,
  slot: number,
  displacement: number,
  giveUp: (shadow: Shadow, object: number) => void = releaseAnywhere,
): void {
  const object = shadow.slots.object(slot);
  if (object === NONE) {
    if (!isNothing(shadow, slot, displacement)) noteBadFree(shadow, NONE, slot, displacement);
    return;
  }
  if (!shadow.objects.isLive(object) || shadow.offsetOf(slot, displacement) !== 0) {
    noteBadFree(shadow, shadow.objects.cache(object), slot, displacement);
    return;
  }
  giveUp(shadow, object);
}

function isNothing(shadow: Shadow, slot: number, displacement: number): boolean {
  const { high, low } = shadow.addressOf(slot, displacement);
  return high === 0 && (low === 0 || low === ZERO_SIZE_POINTER);
}

/** Gives back an object of any cache, or whole pages. */
export function releaseAnywhere(shadow: Shadow, object: number): void {
  const cache = shadow.objects.cache(object);
  release(shadow, object);
  if (cache === NONE) shadow.largePages -= shadow.objects.pages(object);
  else shadow.caches.use(cache);
}

/** Pages of a large request: a whole block. */
function pagesOf(bytes: number): number {
  let pages = 1;
  while (pages * PAGE_SIZE < bytes) pages *= 2;
  return pages;
}

/** krealloc(): the same object with another size, or a new one and the end of the old. */
export function stepKrealloc(shadow: Shadow, op: number, slot: number, displacement: number): void {
  const object = shadow.slots.object(slot);
  const size = argOf(shadow.image.words, op);
  const newSlot = slot2Of(shadow.image.words, op);
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
    noteClearedSpare(shadow, op, object, size);
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

/** With init_on_alloc what lies behind a smaller size is cleared, and may be in use again later. */
function noteClearedSpare(shadow: Shadow, op: number, object: number, size: number): void {
  const asked = shadow.objects.asked(object);
  if (!shadow.machine.initOnAlloc || size >= asked) return;
  shadow.objects.writes.add(object, op, Source.UNKNOWN, size, asked, 0);
}

/** Memory ran out. Of whole pages no report says so: no block is as large, or too few are left. */
function mayBeRefused(
  { caches, events, image, largePages, machine, op }: Shadow,
  size: number,
): boolean {
  if (caches.kmallocClass(size) !== NONE) return events.memoryShort;
  // kmalloc_nolock() does not ask the page allocator.
  if (opOf(image.words, op) === Op.KMALLOC_NOLOCK) return true;
  const pages = pagesOf(size);
  return pages > BLOCK_PAGES_MAX || 2 * (largePages + pages) > machine.ramPages;
}

/** A pointer from the kmalloc caches, or whole pages; returns the object, NONE for none. */
function obtainByKmalloc(shadow: Shadow, slot: number, size: number, pointerAt: number): number {
  const low = shadow.record.i32[pointerAt];
  const high = shadow.record.i32[pointerAt + 1];
  if (high === 0 && low >= 0 && low <= ZERO_SIZE_POINTER) {
    shadow.slots.hold(slot, high, low);
    const expected = size === 0 ? ZERO_SIZE_POINTER : 0;
    if (low !== expected) shadow.violate("zero-size-pointer", NONE, NONE, low, expected);
    else if (size > 0 && !mayBeRefused(shadow, size)) shadow.violate("null-pointer", NONE);
    return NONE;
  }
  const cache = shadow.caches.kmallocClass(size);
  const align = cache === NONE ? PAGE_SIZE : shadow.caches.layouts[cache].align;
  const id = obtain(shadow, cache, size, align, slot, pointerAt);
  if (cache === NONE) {
    shadow.objects.takePages(id, pagesOf(size));
    shadow.largePages += pagesOf(size);
  }
  return id;
}
