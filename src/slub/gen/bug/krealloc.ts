// krealloc, misunderstood: the old pointer after the object moved, the old size after it shrank, an
// object that is not there any more.
import { KMALLOC_SIZES } from "../../program/kmalloc.ts";
import type { Draft } from "../draft.ts";
import { KMALLOC } from "../holdings.ts";
import { followLive } from "./scene.ts";
import { store, storeWithin } from "./value.ts";

const WRITE_MAX = 16;
/** The largest request here: what it grows into is still a cache's. */
const CLASSES = KMALLOC_SIZES.length - 2;

export function kreallocMisuse(draft: Draft): void {
  switch (draft.prng.below(4)) {
    case 0:
      shrinkAndWriteTail(draft);
      return;
    case 1:
      reallocateFreed(draft);
      return;
    default:
      moveAndUseOld(draft);
  }
}

/** It outgrows its cache, and therefore moves. */
function moveAndUseOld(draft: Draft): void {
  const { prng } = draft;
  const size = KMALLOC_SIZES[prng.below(CLASSES)];
  const old = draft.kmalloc(size, false);
  const moved = draft.krealloc(old, size + prng.between(1, size));
  const length = prng.between(1, Math.min(size, WRITE_MAX));
  const isFree = prng.oneIn(3);
  if (draft.isTwin) {
    if (isFree) draft.free(KMALLOC, moved);
    else storeWithin(draft, KMALLOC, moved, length);
    return;
  }
  draft.mark();
  if (isFree) draft.image.kfree(old);
  else store(draft, KMALLOC, old, prng.below(size - length + 1), length);
}

/** It stays in place, but no longer owns its end. */
function shrinkAndWriteTail(draft: Draft): void {
  const { prng } = draft;
  const size = KMALLOC_SIZES[prng.below(CLASSES)];
  const old = draft.kmalloc(size, false);
  const less = prng.between((size >> 1) + 1, size - 1);
  const shrunk = draft.krealloc(old, less);
  const length = prng.between(1, Math.min(size - less, WRITE_MAX));
  if (draft.isTwin) {
    storeWithin(draft, KMALLOC, shrunk, length);
  } else {
    draft.mark();
    store(draft, KMALLOC, shrunk, size - length, length);
  }
  followLive(draft, KMALLOC, shrunk);
}

/** The twin gives the object back after it was made larger. */
function reallocateFreed(draft: Draft): void {
  const { prng } = draft;
  const size = KMALLOC_SIZES[prng.below(CLASSES)];
  const slot = draft.kmalloc(size, false);
  const more = size + prng.between(1, size);
  if (draft.isTwin) {
    draft.free(KMALLOC, draft.krealloc(slot, more));
    return;
  }
  draft.free(KMALLOC, slot);
  draft.mark();
  draft.krealloc(slot, more);
}
