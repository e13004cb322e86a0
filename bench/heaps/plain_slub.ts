// The same algorithm in plain JavaScript with typed arrays: SLUB with F, Z and P as 6.1 has it, on
// one cache and one CPU. Objects lie in a byte array as they do in the core, free pointers (32 bits
// of offset, no kernel addresses) behind them; the checks are the same ones in the same order, and
// a failed one throws.
import {
  POISON_END,
  POISON_FREE,
  POISON_INUSE,
  SLUB_RED_ACTIVE,
  SLUB_RED_INACTIVE,
} from "../../src/abi.ts";
import { type Layout, slabBytes } from "../../src/slub/oracle/layout.ts";

/** Empty slabs that a cache keeps (s->min_partial). */
const MIN_PARTIAL = 5;
const NONE = -1;

/** The byte four times. */
function wordOf(byte: number): number {
  return Math.imul(byte, 0x01010101);
}

export class PlainSlub {
  readonly #layout: Layout;
  readonly #slabBytes: number;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  // By slab.
  readonly #freelist: Int32Array;
  readonly #inuse: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  #partial = NONE;
  #lastPartial = NONE;
  #partialCount = 0;
  /** Slabs that were given back, and those that were never used. */
  readonly #spare: number[] = [];
  #fresh = 0;

  constructor(layout: Layout, slabsMax: number) {
    this.#layout = layout;
    this.#slabBytes = slabBytes(layout);
    this.#bytes = new Uint8Array(slabsMax * this.#slabBytes);
    this.#words = new Int32Array(this.#bytes.buffer);
    this.#freelist = new Int32Array(slabsMax);
    this.#inuse = new Int32Array(slabsMax);
    this.#next = new Int32Array(slabsMax);
    this.#previous = new Int32Array(slabsMax);
  }

  /** Offset of a new object. */
  alloc(): number {
    const slab = this.#partial === NONE ? this.#newSlab() : this.#partial;
    const object = this.#freelist[slab];
    this.#checkSlab(slab);
    this.#checkPlace(slab, object);
    this.#checkObject(object, SLUB_RED_INACTIVE);
    this.#freelist[slab] = this.#words[(object + this.#layout.offset) >> 2];
    this.#paintObject(object, SLUB_RED_ACTIVE);
    if (++this.#inuse[slab] === this.#layout.objects) this.#unlink(slab);
    return object;
  }

  free(object: number): void {
    const slab = Math.floor(object / this.#slabBytes);
    this.#checkSlab(slab);
    this.#checkPlace(slab, object);
    this.#checkNotFree(slab, object);
    this.#checkObject(object, SLUB_RED_ACTIVE);
    this.#paintObject(object, SLUB_RED_INACTIVE);
    this.#words[(object + this.#layout.offset) >> 2] = this.#freelist[slab];
    this.#freelist[slab] = object;
    const left = --this.#inuse[slab];
    if (left === this.#layout.objects - 1) this.#linkLast(slab);
    if (left > 0 || this.#partialCount <= MIN_PARTIAL) return;
    this.#unlink(slab);
    this.#spare.push(slab);
  }

  #newSlab(): number {
    const slab = this.#spare.pop() ?? this.#fresh++;
    const { size, objects, redLeftPad, offset } = this.#layout;
    const base = slab * this.#slabBytes;
    this.#bytes.fill(POISON_INUSE, base, base + this.#slabBytes);
    for (let i = 0; i < objects; i++) {
      const object = base + redLeftPad + i * size;
      this.#paintObject(object, SLUB_RED_INACTIVE);
      this.#words[(object + offset) >> 2] = i + 1 < objects ? object + size : NONE;
    }
    this.#freelist[slab] = base + redLeftPad;
    this.#inuse[slab] = 0;
    this.#linkLast(slab);
    return slab;
  }

  #paintObject(object: number, zone: number): void {
    const { redLeftPad, objectSize, inuse } = this.#layout;
    this.#bytes.fill(zone, object - redLeftPad, object);
    this.#bytes.fill(POISON_FREE, object, object + objectSize - 1);
    this.#bytes[object + objectSize - 1] = POISON_END;
    this.#bytes.fill(zone, object + objectSize, object + inuse);
  }

  #checkObject(object: number, zone: number): void {
    const { redLeftPad, objectSize, inuse, paddingStart, size } = this.#layout;
    this.#check(object - redLeftPad, object, zone);
    this.#check(object + objectSize, object + inuse, zone);
    if (zone === SLUB_RED_INACTIVE) {
      this.#check(object, object + objectSize - 1, POISON_FREE);
      if (this.#bytes[object + objectSize - 1] !== POISON_END) throw new Error("end poison");
    }
    this.#check(object + paddingStart, object - redLeftPad + size, POISON_INUSE);
  }

  /** Whole words where there are any. */
  #check(first: number, end: number, byte: number): void {
    const word = wordOf(byte);
    let at = first;
    while ((at & 3) !== 0 && at < end) if (this.#bytes[at++] !== byte) throw new Error("damage");
    for (; at + 4 <= end; at += 4) if (this.#words[at >> 2] !== word) throw new Error("damage");
    for (; at < end; at++) if (this.#bytes[at] !== byte) throw new Error("damage");
  }

  /** The tail of the slab, and its counters. */
  #checkSlab(slab: number): void {
    const { objects, size } = this.#layout;
    if (this.#inuse[slab] > objects) throw new Error("inuse");
    const base = slab * this.#slabBytes;
    this.#check(base + objects * size, base + this.#slabBytes, POISON_INUSE);
  }

  #checkPlace(slab: number, object: number): void {
    const offset = object - this.#layout.redLeftPad - slab * this.#slabBytes;
    const { size, objects } = this.#layout;
    if (offset < 0 || offset >= objects * size || offset % size !== 0) throw new Error("pointer");
  }

  /** The kernel's on_freelist(): walks the whole chain. */
  #checkNotFree(slab: number, search: number): void {
    let count = 0;
    for (let object = this.#freelist[slab]; object !== NONE; count++) {
      if (object === search) throw new Error("already free");
      this.#checkPlace(slab, object);
      object = this.#words[(object + this.#layout.offset) >> 2];
    }
    if (count !== this.#layout.objects - this.#inuse[slab]) throw new Error("object count");
  }

  #linkLast(slab: number): void {
    this.#next[slab] = NONE;
    this.#previous[slab] = this.#lastPartial;
    if (this.#lastPartial === NONE) this.#partial = slab;
    else this.#next[this.#lastPartial] = slab;
    this.#lastPartial = slab;
    this.#partialCount++;
  }

  #unlink(slab: number): void {
    const next = this.#next[slab];
    const previous = this.#previous[slab];
    if (previous === NONE) this.#partial = next;
    else this.#next[previous] = next;
    if (next === NONE) this.#lastPartial = previous;
    else this.#previous[next] = previous;
    this.#partialCount--;
  }
}
