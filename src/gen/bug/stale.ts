// Use of an object that was given back: a plain write, and a pointer that lands on the link to the
// next free object.
import { Slot } from "../../abi.ts";
import type { Draft } from "../draft.ts";
import { drawBytes, oneByte } from "../pattern.ts";

const WRITE_MAX = 16;

export function writeAfterFree(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = staleSlot(draft, cache);
  const size = draft.size[cache];
  const length = draft.prng.between(1, Math.min(size, WRITE_MAX));
  const offset = drawOffset(draft, size - length);
  draft.mark();
  draft.image.write(slot, offset, drawBytes(draft.prng, length));
  follow(draft, cache);
}

/** The first byte, the last, or any. */
function drawOffset(draft: Draft, last: number): number {
  switch (draft.prng.below(4)) {
    case 0:
      return 0;
    case 1:
      return last;
    default:
      return draft.prng.below(last + 1);
  }
}

/** Mostly an object that has just been freed: nobody else got it yet. */
function staleSlot(draft: Draft, cache: number): number {
  const isRecent = draft.freedCount(cache) === 0 || !draft.prng.oneIn(4);
  return isRecent ? draft.freeOne(cache) : draft.pickFreed(cache);
}

export function freePointerForge(draft: Draft): void {
  const cache = draft.pickCache();
  const behind = draft.alloc(cache);
  const slot = draft.alloc(cache);
  const value = forgedValue(draft, cache, slot, behind);
  // With another free object behind it in the chain: without one a NULL would change nothing.
  draft.free(cache, behind);
  draft.free(cache, slot);
  const isEncoded = draft.prng.oneIn(2);
  draft.mark();
  if (isEncoded) draft.image.wfp(cache, slot, 0, value.slot, value.offset);
  else draft.image.wptr(slot, draft.layout[cache].offset, value.slot, value.offset);
  follow(draft, cache);
}

interface ForgedValue {
  readonly slot: number;
  readonly offset: number;
}

/** What attackers and accidents leave there. */
function forgedValue(draft: Draft, cache: number, slot: number, behind: number): ForgedValue {
  const { prng } = draft;
  switch (prng.below(8)) {
    case 0:
      return { slot: Slot.NULL, offset: 0 };
    case 1:
      return { slot: draft.freedCount(cache) > 0 ? draft.pickFreed(cache) : slot, offset: 0 };
    case 2:
      return { slot: heldBut(draft, cache, behind), offset: 0 };
    case 3:
      return { slot: heldBut(draft, draft.pickCache(), behind), offset: 0 };
    case 4:
      return { slot: Slot.GLOB, offset: 8 * prng.below(500) };
    case 5:
      return { slot: Slot.VGLOB, offset: 8 * prng.below(500) };
    case 6:
      return { slot, offset: prng.between(1, 7) };
    default:
      return { slot: nonCanonical(draft), offset: 0 };
  }
}

/** A live object; the one that is about to be freed will not do. */
function heldBut(draft: Draft, cache: number, behind: number): number {
  const slot = draft.needHeld(cache);
  return slot === behind ? draft.alloc(cache) : slot;
}

function nonCanonical(draft: Draft): number {
  return draft.image.newAddressSlot("0x4141414141414141", 0x41414141, 0x41414141);
}

export function writeAfterReuse(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.freeOne(cache);
  draft.alloc(cache);
  draft.mark();
  draft.image.write(slot, 0, drawBytes(draft.prng, Math.min(draft.size[cache], 8)));
}

export function freelistCycle(draft: Draft): void {
  const cache = draft.pickCache();
  const behind = draft.alloc(cache);
  const slot = draft.alloc(cache);
  draft.free(cache, slot);
  draft.free(cache, behind);
  draft.mark();
  draft.image.wfp(cache, slot, 0, behind);
}

export function crossCacheReuse(draft: Draft): void {
  const cache = draft.addOwnCache();
  const slot = draft.alloc(cache);
  draft.free(cache, slot);
  draft.image.shrink(cache);
  const other = draft.addOwnCache();
  draft.alloc(other);
  draft.mark();
  draft.image.write(slot, 0, drawBytes(draft.prng, Math.min(draft.size[cache], 8)));
}

export function bitFlip(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.needHeld(cache);
  draft.mark();
  draft.image.xor(slot, draft.size[cache], oneByte(1 << draft.prng.below(8)));
}

/** Sometimes the victim is handed out, or looked at, at once. */
function follow(draft: Draft, cache: number): void {
  switch (draft.prng.below(4)) {
    case 0:
      draft.alloc(cache);
      draft.alloc(cache);
      return;
    case 1:
      draft.image.validate(cache);
      return;
    default:
      return;
  }
}
