// Reads what the allocator painted, in every object of every slab that the shadow is sure of.
//
// Sees: a red zone, a poisoned payload or padding that is wrong though no operation wrote it.
// Does not see: free pointers, tracks, objects of caches that the running kernel uses, too, and
// slabs that may have been given back.
import {
  Letter,
  POISON_END,
  POISON_FREE,
  POISON_INUSE,
  SLUB_RED_ACTIVE,
  SLUB_RED_INACTIVE,
  Window,
} from "../../abi.ts";
import type { SlabHeap } from "../core/heap.ts";
import { linearOfWindow } from "../core/memory.ts";
import { isDebugCache, type Layout } from "../oracle/layout.ts";
import type { Shadow } from "../oracle/shadow.ts";
import { NONE } from "../oracle/slabs.ts";
import type { Invariant } from "../oracle/violation.ts";

const RULES: readonly Invariant[] = ["red-zone", "poison", "padding"];

/** Looks at all painted bytes; costs a nanosecond for each. */
export function comparePaint(heap: SlabHeap, shadow: Shadow): void {
  if (!shadow.checked.includesAny(RULES)) return;
  if (shadow.damages.length > 0 || shadow.violations.length > 0) return;
  const ram = linearOfWindow(heap, Window.RAM);
  const painter = new PaintReader(shadow, heap.views.u8, ram);
  for (let slab = 0; slab < shadow.slabs.count; slab++) painter.read(slab);
}

class PaintReader {
  readonly #shadow: Shadow;
  readonly #u8: Uint8Array;
  readonly #ram: number;

  constructor(shadow: Shadow, u8: Uint8Array, ram: number) {
    this.#shadow = shadow;
    this.#u8 = u8;
    this.#ram = ram;
  }

  read(slab: number): void {
    const { slabs, caches } = this.#shadow;
    const cache = slabs.cache(slab);
    if (this.#shadow.prefilled.hasAnyOf(cache)) return; // some of the free objects are in use
    if (caches.isKernels(cache) || slabs.isGone(slab) || slabs.live(slab) === 0) return;
    const layout = caches.layouts[cache];
    if (!isDebugCache(layout)) return;
    for (let index = 0; index < slabs.objects(slab); index++) {
      const isLive = slabs.cellObject[slabs.firstCell(slab) + index] !== NONE;
      this.#readObject(cache, layout, this.#ram + slabs.objectAt(slab, layout, index), isLive);
    }
  }

  #readObject(cache: number, layout: Layout, at: number, isLive: boolean): void {
    const { letters, objectSize, inuse, redLeftPad, paddingStart, cellEnd } = layout;
    if ((letters & Letter.Z) !== 0) {
      const byte = isLive ? SLUB_RED_ACTIVE : SLUB_RED_INACTIVE;
      this.#expect("red-zone", cache, at - redLeftPad, at, byte);
      this.#expect("red-zone", cache, at + objectSize, at + inuse, byte);
    }
    if ((letters & Letter.P) === 0) return;
    this.#expect("padding", cache, at + paddingStart, at + cellEnd, POISON_INUSE);
    if (isLive || !layout.poisonsObject) return;
    this.#expect("poison", cache, at, at + objectSize - 1, POISON_FREE);
    this.#expect("poison", cache, at + objectSize - 1, at + objectSize, POISON_END);
  }

  #expect(rule: Invariant, cache: number, first: number, end: number, byte: number): void {
    for (let i = first; i < end; i++) {
      if (this.#u8[i] === byte) continue;
      this.#shadow.violate(rule, cache, NONE, this.#u8[i], byte);
      return;
    }
  }
}
