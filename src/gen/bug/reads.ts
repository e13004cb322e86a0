// Reads of what is not the reader's: nothing is damaged, and no debug option can see it.
import type { Draft } from "../draft.ts";

const LENGTHS = Uint8Array.of(1, 2, 4, 8, 8, 16, 24, 32);

export function readOutOfBounds(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.needHeld(cache);
  const length = draft.prng.pick(LENGTHS);
  draft.mark();
  draft.image.read(slot, draft.prng.oneIn(2) ? draft.size[cache] : -length, length);
}

export function readAfterFree(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.freeOne(cache);
  draft.mark();
  draft.image.read(slot, 0, Math.min(draft.size[cache], 8));
}

export function uninitialisedRead(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.alloc(cache);
  draft.mark();
  draft.image.read(slot, 0, Math.min(draft.size[cache], 8));
}
