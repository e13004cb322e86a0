// Use of an object that was given back: reads, writes, and pointers that land on the link to the
// next free object.
import type { Draft } from "../draft.ts";
import { followFreed } from "./follow.ts";
import { freedInFullSlab, freedObject } from "./scene.ts";
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
