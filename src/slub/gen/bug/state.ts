// Objects and slabs that are not in the state that their user relies on: an object that goes back
// unconstructed, a bit that flipped by itself.
import { Letter } from "../../../abi.ts";
import type { Draft } from "../draft.ts";
import { oneByte } from "../pattern.ts";
import { followFreed, followLive, freedObject, objectBeside, type Scene, Side } from "./scene.ts";

/** The bytes that the test constructor writes. */
const CTOR_BYTE = 0xc7;

/** The first byte is the constructor's; the twin puts it right before it gives the object back. */
export function constructorViolation(draft: Draft): void {
  const cache = cacheWithConstructor(draft);
  const slot = draft.needHeld(cache);
  draft.image.write(slot, 0, oneByte(otherByte(draft)));
  draft.noteWritten(slot, 0, 1);
  if (draft.isTwin) draft.image.write(slot, 0, oneByte(CTOR_BYTE));
  draft.mark();
  draft.free(cache, slot);
  if (draft.prng.oneIn(2)) draft.alloc(cache);
}

function otherByte(draft: Draft): number {
  return (CTOR_BYTE + draft.prng.between(1, 255)) & 0xff;
}

function cacheWithConstructor(draft: Draft): number {
  for (let cache = 0; cache < draft.caches.count; cache++) {
    if (draft.caches.hasConstructor(cache) && draft.caches.isGone[cache] === 0) return cache;
  }
  return draft.caches.addOwn(Letter.CTOR);
}

/** One bit anywhere in the cell of a free object, or around the payload of a live one. */
export function bitFlip(draft: Draft): void {
  const isLive = draft.prng.oneIn(2);
  const scene = isLive ? objectBeside(draft, Side.RIGHT) : freedObject(draft);
  const { owner, slot } = scene;
  const bit = 1 << draft.prng.below(8);
  if (draft.isTwin) {
    flipTwoWithin(draft, scene);
    if (!isLive) draft.free(owner, slot);
  } else {
    draft.mark();
    draft.image.xor(
      slot,
      isLive ? aroundOffset(draft, scene) : cellOffset(draft, scene),
      oneByte(bit),
    );
  }
  if (isLive) followLive(draft, owner, slot);
  else followFreed(draft, owner, slot);
}

/** A program may well flip bits of its own; a single one would look like an accident. */
function flipTwoWithin(draft: Draft, { owner, slot, size }: Scene): void {
  const first = draft.caches.firstWritable(owner);
  if (size <= first) return;
  draft.fill(owner, slot, draft.prng.below(256));
  draft.image.xor(slot, draft.prng.between(first, size - 1), oneByte(3 << draft.prng.below(7)));
}

function cellOffset(draft: Draft, { owner, size }: Scene): number {
  if (owner >= draft.caches.count) return draft.prng.below(size);
  const { redLeftPad, cellEnd } = draft.caches.layout[owner];
  return draft.prng.between(-redLeftPad, cellEnd - 1);
}

/** Behind the payload or before it: guards, metadata, and a little of the neighbours. */
function aroundOffset(draft: Draft, { owner, size }: Scene): number {
  if (owner >= draft.caches.count) return size + draft.prng.below(8);
  const { redLeftPad, cellEnd } = draft.caches.layout[owner];
  if (redLeftPad > 0 && draft.prng.oneIn(4)) return -draft.prng.between(1, redLeftPad);
  return draft.prng.between(size, Math.max(size, cellEnd - 1) + 8);
}
