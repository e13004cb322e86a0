// Objects change hands: one is obtained, is found fit or unfit, and is released. A constructor runs
// once, when the slab of an object comes, and sets the first byte; each owner must give the object
// back in that state, because the next one counts on it.
import { CTOR_BYTE, Letter } from "../../abi.ts";
import { expectAtAlloc, expectAtFree } from "./expect.ts";
import { Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { Misplaced, NONE } from "./slabs.ts";
import { Source } from "./writes.ts";

/**
 * An allocation answered with a pointer: a new object of `asked` bytes. `cache`: kmem_cache index,
 * NONE for whole pages; `pointerAt`: index in the record's `i32` of the pointer.
 */
export function obtain(
  shadow: Shadow,
  cache: number,
  asked: number,
  align: number,
  slot: number,
  pointerAt: number,
): number {
  const { i32 } = shadow.record;
  const low = i32[pointerAt];
  const high = i32[pointerAt + 1];
  const at = shadow.ram.offsetOf(high, low);
  const id = shadow.objects.add(at, cache, asked, shadow.op);
  shadow.slots.point(slot, id, 0);
  if (at === NONE) {
    shadow.objects.placeElsewhere(id, high, low);
    shadow.violate("foreign-pointer", cache, id);
    return id;
  }
  if (isMisaligned(align, low)) shadow.violate("misaligned", cache, id, low >>> 0);
  if (cache !== NONE) settle(shadow, id, cache, at);
  if (shadow.damages.length > 0) expectAtAlloc(shadow, id);
  return id;
}

/** Finds the cell of a new object. */
function settle(shadow: Shadow, id: number, cache: number, at: number): void {
  const { caches, slabs } = shadow;
  caches.take(cache);
  const cell = slabs.claim(cache, caches.layouts[cache], at);
  if (cell < 0) {
    const isShared = cell === Misplaced.OTHER_SLAB;
    shadow.violate(isShared ? "shared-slab" : "misplaced-object", cache, id, at);
    return;
  }
  const slab = slabs.slabAt(at);
  const before = slabs.occupy(slab, cell, id);
  if (before !== NONE) shadow.violate("overlap", cache, id, before);
  shadow.objects.settle(id, slab, cell);
}

/** Only powers of two are promised, and no more than a page. */
export function isMisaligned(align: number, low: number): boolean {
  if (align <= 1 || align > 4096 || (align & (align - 1)) !== 0) return false;
  return (low & (align - 1)) !== 0;
}

/** An object is given back, as the program may. */
export function release(shadow: Shadow, id: number): void {
  const { caches, lists, objects, slabs } = shadow;
  const cell = objects.cell(id);
  const cache = objects.cache(id);
  if (shadow.damages.length > 0) expectAtFree(shadow, id);
  if (cell !== NONE && slabs.cellTouched[cell] !== 0) noteIfUnconstructed(shadow, id);
  if (lists.count > 0) lists.release(id);
  objects.die(id, shadow.op);
  if (cell !== NONE) slabs.vacate(objects.slab(id), cell, id);
  if (cache !== NONE) caches.giveBack(cache, id);
}

/** What a constructor wrote stays from one owner to the next, unless one of them overwrote it. */
export function noteConstructed(shadow: Shadow, object: number): void {
  const cell = shadow.objects.cell(object);
  if (cell === NONE || shadow.slabs.cellTouched[cell] !== 0) return;
  shadow.objects.writes.add(object, shadow.op, Source.CONSTRUCTED, 0, 1, CTOR_BYTE);
}

/** An object whose first byte was overwritten goes back: the next owner will find it so. */
function noteIfUnconstructed(shadow: Shadow, object: number): void {
  const cache = shadow.objects.cache(object);
  if ((shadow.caches.layouts[cache].letters & Letter.CTOR) === 0) return;
  const at = shadow.objects.at(object);
  const slab = shadow.objects.slab(object);
  const cell = shadow.objects.cell(object);
  shadow.damages.push({
    op: shadow.op,
    cause: "constructor-violation",
    kind: "write",
    object,
    at,
    slab,
    cache: NONE,
    segments: [
      {
        region: Region.PAYLOAD,
        slab,
        cell,
        object,
        isOwn: true,
        first: at,
        end: at + 1,
        changed: true,
        isOpen: false,
      },
    ],
    changed: true,
    isStructural: false,
    refused: false,
  });
}
