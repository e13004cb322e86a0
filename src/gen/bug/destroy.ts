// Mistakes at the end of a cache's life, and after it.
import type { Draft } from "../draft.ts";
import { drawBytes } from "../pattern.ts";

/** The object is lost now; the mistake is the destruction, at the end. */
export function leakAtDestroy(draft: Draft): void {
  const cache = draft.addOwnCache();
  draft.lose(cache, draft.alloc(cache));
}

export function useAfterDestroy(draft: Draft): void {
  const cache = draft.addOwnCache();
  const slot = draft.alloc(cache);
  draft.free(cache, slot);
  draft.destroy(cache);
  draft.mark();
  draft.image.write(slot, 0, drawBytes(draft.prng, Math.min(draft.size[cache], 8)));
}
