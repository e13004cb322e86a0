// What a mistake writes: bytes that mean nothing, bytes that look like the allocator's own marks,
// text, and pointers of every kind, because what an overflow carries decides what comes of it.
import { Slot } from "../../../abi.ts";
import type { Draft } from "../draft.ts";
import { drawBytes } from "../pattern.ts";

/** Sources of values, by name; docs/fuzzing.md explains them. */
export const VALUE_SOURCES = [
  "zero",
  "ones",
  "random",
  "ascii",
  "mark",
  "null-pointer",
  "same-slab-pointer",
  "other-slab-pointer",
  "foreign-pointer",
  "own-pointer",
  "inside-pointer",
  "kernel-text",
  "non-canonical",
] as const;

const POINTER_BYTES = 8;
const GLOBAL_WORDS = 500;

/** A place that a pointer points to. */
export class PointerValue {
  slot = 0;
  offset = 0;

  set(slot: number, offset = 0): this {
    this.slot = slot;
    this.offset = offset;
    return this;
  }
}

const value = new PointerValue();

/** A place, for as long as no other one is named. */
export function pointerTo(slot: number, offset = 0): PointerValue {
  return value.set(slot, offset);
}

/** Pointer kinds: null, same cache, other cache, glob, vglob, own, inside, text, non-canonical. */
const KINDS = 9;

/** A pointer to write into, or by way of, an object of a cache. */
function drawPointer(draft: Draft, owner: number, slot: number): PointerValue {
  switch (draft.prng.below(KINDS)) {
    case 0:
      return pointerTo(Slot.NULL);
    case 1:
      return pointerTo(someObject(draft, owner, slot));
    case 2:
      return pointerTo(someObject(draft, draft.pickOwner(), slot));
    case 3:
      return pointerTo(Slot.GLOB, 8 * draft.prng.below(GLOBAL_WORDS));
    case 4:
      return pointerTo(Slot.VGLOB, 8 * draft.prng.below(GLOBAL_WORDS));
    case 5:
      return pointerTo(slot);
    default:
      return drawWildPointer(draft, slot);
  }
}

/** One that no free list may hold: inside an object, kernel text, no address at all. */
export function drawWildPointer(draft: Draft, slot: number): PointerValue {
  switch (draft.prng.below(3)) {
    case 0:
      return pointerTo(slot, draft.prng.between(1, 7));
    case 1:
      return pointerTo(draft.image.newAddressSlot("0xffffffff81234560", 0xffffffff, 0x81234560));
    default:
      return pointerTo(draft.image.newAddressSlot("0x4141414141414141", 0x41414141, 0x41414141));
  }
}

function someObject(draft: Draft, owner: number, slot: number): number {
  return owner >= 0 && draft.heldCount(owner) > 0 ? draft.pickHeld(owner) : slot;
}

/** Writes `length` bytes, drawn from any source, through an object of the owner. */
export function storeBytes(draft: Draft, slot: number, offset: number, length: number): void {
  draft.image.write(slot, offset, drawBytes(draft.prng, length));
}

/** The same; eight bytes are often a pointer. */
export function store(
  draft: Draft,
  owner: number,
  slot: number,
  offset: number,
  length: number,
): void {
  if (length !== POINTER_BYTES || draft.prng.oneIn(3)) {
    storeBytes(draft, slot, offset, length);
    return;
  }
  const pointer = drawPointer(draft, owner, slot);
  draft.image.wptr(slot, offset, pointer.slot, pointer.offset);
}

/** A benign twin writes as many bytes at the end of its own object instead. */
export function storeWithin(draft: Draft, owner: number, slot: number, length: number): void {
  const first = draft.caches.firstWritable(owner);
  const size = draft.slotSize[slot];
  const fitting = Math.min(length, size - first);
  if (fitting <= 0) return;
  store(draft, owner, slot, size - fitting, fitting);
  draft.noteWritten(slot, size - fitting, size);
}
