// Use of an object that was given back: reads, writes, and pointers that land on the link to the
// next free object.
import { Letter } from "../../../abi.ts";
import type { Draft } from "../draft.ts";
import { KMALLOC } from "../holdings.ts";
import { followFreed, freedInFullSlab, freedObject, objectBeside, Side } from "./scene.ts";
import { store, storeWithin } from "./value.ts";

const WRITE_MAX = 16;
const READ_MAX = 16;

export function writeAfterFree(draft: Draft): void {
  const { owner, slot, size } = freedObject(draft);
  const length = lengthOf(draft, size, WRITE_MAX);
  if (draft.isTwin) {
    storeWithin(draft, owner, slot, length);
    draft.free(owner, slot);
  } else {
    const offset = drawOffset(draft, size - length);
    draft.mark();
    store(draft, owner, slot, offset, length);
  }
  followFreed(draft, owner, slot);
}

/** Eight bytes come up often: they may be a pointer. */
function lengthOf(draft: Draft, size: number, most: number): number {
  const length = draft.prng.oneIn(3) ? 8 : draft.prng.between(1, most);
  return Math.min(size, length);
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

export function readAfterFree(draft: Draft): void {
  const { owner, slot, size } = freedObject(draft);
  const length = lengthOf(draft, size, READ_MAX);
  if (draft.isTwin) {
    draft.fill(owner, slot, draft.prng.below(256));
    draft.image.read(slot, size - length, length);
    draft.free(owner, slot);
  } else {
    draft.mark();
    draft.image.read(slot, drawOffset(draft, size - length), length);
  }
  followFreed(draft, owner, slot);
}

/** The object that is obtained next is the one that was given back last. */
export function writeAfterReuse(draft: Draft): void {
  const { owner, slot, size } = freedInFullSlab(draft);
  const again = draft.alloc(owner);
  if (draft.prng.oneIn(2)) draft.fill(owner, again, draft.prng.below(256));
  const length = lengthOf(draft, size, WRITE_MAX);
  if (draft.isTwin) {
    storeWithin(draft, owner, again, length);
    return;
  }
  const offset = drawOffset(draft, size - length);
  draft.mark();
  store(draft, owner, slot, offset, length);
}

const LENGTHS = Uint8Array.of(1, 2, 4, 8, 8, 16, 24, 32);

/** Over the end, beyond it, or before the beginning: reads damage nothing. */
export function readOutOfBounds(draft: Draft): void {
  const isLeft = draft.prng.oneIn(4);
  const { owner, slot, size } = objectBeside(draft, isLeft ? Side.LEFT : Side.RIGHT);
  const length = draft.prng.pick(LENGTHS);
  draft.fill(owner, slot, draft.prng.below(256));
  const inside = draft.prng.oneIn(2) ? 0 : draft.prng.below(Math.min(length, size));
  if (draft.isTwin) {
    const fitting = Math.min(length, size);
    draft.image.read(slot, isLeft ? 0 : size - fitting, fitting);
    return;
  }
  draft.mark();
  draft.image.read(slot, isLeft ? inside - length : size - inside, length);
}

/** A new object holds what its memory held before: zeroes, poison, or old data. */
export function uninitialisedRead(draft: Draft): void {
  const owner = ownerOfEmpties(draft);
  if (draft.prng.oneIn(2)) leaveSecrets(draft, owner);
  const slot = obtain(draft, owner);
  const size = draft.slotSize[slot];
  const length = draft.prng.between(1, Math.min(size, READ_MAX));
  const offset = draft.prng.below(size - length + 1);
  if (draft.isTwin) draft.fill(owner, slot, draft.prng.below(256));
  draft.mark();
  draft.image.read(slot, offset, length);
}

/** With a constructor, or R, an object keeps what was in it from one owner to the next. */
function ownerOfEmpties(draft: Draft): number {
  const cache = draft.caches.pick();
  const keeps = (draft.caches.letters[cache] & (Letter.CTOR | Letter.R)) !== 0;
  return keeps || draft.prng.oneIn(5) ? KMALLOC : cache;
}

function obtain(draft: Draft, owner: number): number {
  if (owner !== KMALLOC) return draft.alloc(owner);
  return draft.kmalloc(draft.sizes.draw(draft.prng), false);
}

function leaveSecrets(draft: Draft, owner: number): void {
  const slot = obtain(draft, owner);
  draft.fill(owner, slot, 0x53);
  draft.free(owner, slot);
}
