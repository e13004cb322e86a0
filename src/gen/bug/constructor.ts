// An object of a cache with a constructor that goes back in another state than it came.
import { Letter } from "../../abi.ts";
import type { Draft } from "../draft.ts";
import { oneByte } from "../pattern.ts";

export function constructorViolation(draft: Draft): void {
  const cache = draft.addOwnCache(Letter.CTOR);
  const slot = draft.alloc(cache);
  draft.image.write(slot, 0, oneByte(0));
  draft.mark();
  draft.free(cache, slot);
}
