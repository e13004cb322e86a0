// Links of free objects, stored anew: to somewhere else (a forged free pointer), or back to where
// the chain came from (a cycle).
import { Slot } from "../../../abi.ts";
import type { Draft } from "../draft.ts";
import { Feature } from "../features.ts";
import { followFreed } from "./scene.ts";
import { drawWildPointer, type PointerValue, pointerTo } from "./value.ts";

/** A free object whose link is stored anew; with another free object behind it in the chain. */
export function freePointerForge(draft: Draft): void {
  const cache = cacheOfLinks(draft);
  const behind = draft.alloc(cache);
  const slot = draft.alloc(cache);
  if (draft.isTwin) {
    link(draft, cache, slot, forgedValue(draft, cache, slot, behind));
    freePair(draft, cache, behind, slot);
    return;
  }
  const value = forgedValue(draft, cache, slot, behind);
  freePair(draft, cache, behind, slot);
  draft.mark();
  link(draft, cache, slot, value);
  followFreed(draft, cache, slot);
}

/** Any cache, or one whose slabs are its own. */
function cacheOfLinks(draft: Draft): number {
  const isOwn = (draft.allowed & Feature.CACHES) !== 0 && draft.prng.oneIn(3);
  return isOwn ? draft.caches.addOwn() : draft.caches.pick();
}

/** Without a free object behind it a NULL would change nothing. */
function freePair(draft: Draft, cache: number, behind: number, slot: number): void {
  draft.free(cache, behind);
  draft.free(cache, slot);
}

/** Stores a link: as the allocator encodes it, or as it is. A twin stores it in its own object. */
function link(draft: Draft, cache: number, slot: number, value: PointerValue): void {
  const isEncoded = draft.prng.oneIn(2);
  const { offset } = draft.caches.layout[cache];
  if (draft.isTwin) {
    storePointerWithin(draft, cache, slot, value);
  } else if (isEncoded) {
    draft.image.wfp(cache, slot, 0, value.slot, value.offset);
  } else {
    draft.image.wptr(slot, offset, value.slot, value.offset);
  }
}

function storePointerWithin(draft: Draft, cache: number, slot: number, value: PointerValue): void {
  const first = draft.caches.firstWritable(cache);
  const at = Math.max(first, draft.caches.size[cache] - 8);
  if (at + 8 <= draft.caches.size[cache]) draft.image.wptr(slot, at, value.slot, value.offset);
}

/** What attackers and accidents leave there; own pointers make cycles, and are another class. */
function forgedValue(draft: Draft, cache: number, slot: number, behind: number): PointerValue {
  const { prng } = draft;
  switch (prng.below(8)) {
    case 0:
      return pointerTo(Slot.NULL);
    case 1:
    case 2:
      return pointerTo(heldBut(draft, cache, behind, slot));
    case 3:
      return pointerTo(heldBut(draft, draft.caches.pick(), behind, slot));
    case 4:
      return pointerTo(Slot.GLOB, 8 * prng.below(500));
    case 5:
      return pointerTo(Slot.VGLOB, 8 * prng.below(500));
    default:
      return drawWildPointer(draft, slot);
  }
}

/** A live object; those that are about to be freed will not do. */
function heldBut(draft: Draft, cache: number, one: number, other: number): number {
  const slot = draft.needHeld(cache);
  return slot === one || slot === other ? draft.alloc(cache) : slot;
}

/** Objects are freed in a row; then the link of one leads to itself, or to one freed later. */
export function freelistCycle(draft: Draft): void {
  const isOwn = (draft.allowed & Feature.CACHES) !== 0;
  const cache = isOwn ? draft.caches.addOwn() : draft.caches.pick();
  const count = draft.prng.between(1, 4);
  const first = draft.allocMany(cache, count, false);
  const from = first + draft.prng.below(count);
  const to = draft.prng.between(from, first + count - 1);
  const value = pointerTo(to);
  if (draft.isTwin) link(draft, cache, from, value);
  for (let i = 0; i < count; i++) draft.free(cache, first + i);
  if (draft.isTwin) return;
  draft.mark();
  link(draft, cache, from, value);
  followFreed(draft, cache, from);
}
