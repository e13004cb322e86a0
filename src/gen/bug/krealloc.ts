// krealloc, misunderstood: the old pointer after the object moved, the old size after it shrank.
import type { Draft } from "../draft.ts";
import { drawBytes } from "../pattern.ts";

export function kreallocMisuse(draft: Draft): void {
  const slot = draft.kmalloc(32, true);
  draft.krealloc(slot, 300);
  draft.mark();
  draft.image.write(slot, 8, drawBytes(draft.prng, 8));
}
