// The end game of every program: validate all caches, give everything back, shrink and destroy.
// What leaked, what is out of line, and what still sits in a list shows here.
import { type Draft, KMALLOC } from "./draft.ts";

/** Adds the end game; returns the operation before which a census makes sense. */
export function addEnding(draft: Draft): number {
  const census = draft.image.opCount;
  for (let cache = 0; cache < draft.cacheCount; cache++) draft.image.validate(cache);
  for (let owner = 0; owner <= KMALLOC; owner++) freeAll(draft, owner);
  const validatesAgain = draft.prng.oneIn(3);
  for (let cache = 0; cache < draft.cacheCount; cache++) {
    if (validatesAgain) draft.image.validate(cache);
    draft.image.shrink(cache);
  }
  for (let cache = 0; cache < draft.cacheCount; cache++) draft.image.destroy(cache);
  return census;
}

/** Newest first, oldest first, or in any order. */
function freeAll(draft: Draft, owner: number): void {
  const order = draft.prng.below(3);
  while (draft.heldCount(owner) > 0) {
    const last = draft.heldCount(owner) - 1;
    const index = order === 0 ? last : order === 1 ? 0 : draft.prng.below(last + 1);
    draft.free(owner, draft.heldAt(owner, index));
  }
}
