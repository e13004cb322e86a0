// Reads of what is not the reader's, or was never written: nothing is damaged, and no debug option
// can see it. (Reads of freed objects are in stale.ts.)
import { Letter } from "../../../abi.ts";
import type { Draft } from "../draft.ts";
import { KMALLOC } from "../holdings.ts";
import { objectBeside, Side } from "./scene.ts";

const LENGTHS = Uint8Array.of(1, 2, 4, 8, 8, 16, 24, 32);
const READ_MAX = 16;

/** Over the end, beyond it, or before the beginning. */
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

/** A new object holds what its memory held before: zeroes, poison, or somebody's secrets. */
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
