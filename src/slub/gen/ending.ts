// The end game of every program: validate all caches, give everything back, shrink and destroy.
// What leaked, what is out of line, and what still sits in a list shows here.
import type { Draft } from "./draft.ts";
import { Feature } from "./features.ts";
import { KMALLOC } from "./limits.ts";

/** Adds the end game; returns the operation before which a census makes sense. */
export function addEnding(draft: Draft): number {
  const census = draft.image.opCount;
  const validates = (draft.allowed & Feature.VALIDATE) !== 0;
  const shrinks = (draft.allowed & Feature.SHRINK) !== 0;
  for (let cache = 0; validates && cache < draft.caches.count; cache++) {
    if (draft.caches.isGone[cache] === 0) draft.image.validate(cache);
  }
  for (let owner = 0; owner <= KMALLOC; owner++) freeAll(draft, owner);
  const validatesAgain = validates && draft.prng.oneIn(3);
  for (let cache = 0; cache < draft.caches.count; cache++) {
    if (draft.caches.isGone[cache] !== 0) continue;
    if (validatesAgain) draft.image.validate(cache);
    if (shrinks) draft.image.shrink(cache);
  }
  for (let cache = 0; cache < draft.caches.count; cache++) destroy(draft, cache);
  return census;
}

/** Destroys a cache; to do so while objects are held is a mistake. */
function destroy(draft: Draft, cache: number): void {
  if (draft.caches.isGone[cache] !== 0) return;
  if (draft.caches.isLeaky[cache] !== 0) draft.mark();
  draft.image.destroy(cache);
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
