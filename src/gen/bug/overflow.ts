// Writes that run out of an object, to either side. The bytes written begin at the edge, or a
// little inside it: a copy that was too long, an index that was too large.
import type { Draft } from "../draft.ts";
import { drawBytes, oneByte, PATTERN_MAX } from "../pattern.ts";

const LENGTHS = [2, 3, 4, 7, 8, 8, 9, 12, 16, 16, 20, 24, 32, 40, 64];
const LEFT_LENGTHS = [1, 2, 4, 7, 8, 8, 12, 16, 24, 32];

export function overflowRight(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.needHeld(cache);
  const size = draft.size[cache];
  const beyond = draft.prng.pick(LENGTHS);
  const inside = draft.prng.oneIn(3) ? Math.min(size, PATTERN_MAX - beyond, 8) : 0;
  draft.mark();
  draft.image.write(slot, size - inside, drawBytes(draft.prng, beyond + inside));
  follow(draft, cache, slot);
}

export function overflowLeft(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.needHeld(cache);
  const length = draft.prng.pick(LEFT_LENGTHS);
  draft.mark();
  draft.image.write(slot, -length, drawBytes(draft.prng, length));
  follow(draft, cache, slot);
}

export function offByOne(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.needHeld(cache);
  draft.mark();
  draft.image.write(slot, draft.size[cache], oneByte(draft.prng.between(1, 255)));
  follow(draft, cache, slot);
}

/** The end of a string that filled its buffer. */
export function offByOneNul(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.needHeld(cache);
  draft.mark();
  draft.image.write(slot, draft.size[cache], oneByte(0));
  follow(draft, cache, slot);
}

export function overflowFar(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.needHeld(cache);
  const size = draft.size[cache];
  draft.mark();
  draft.image.fill(slot, size, draft.layout[cache].size + 8, draft.prng.below(256));
}

export function overflowSlack(draft: Draft): void {
  const slot = draft.kmalloc(33, true);
  draft.mark();
  draft.image.write(slot, 33, drawBytes(draft.prng, 8));
}

export function overflowStrided(draft: Draft): void {
  const cache = draft.pickCache();
  const slot = draft.needHeld(cache);
  const size = draft.size[cache];
  for (let i = 1; i <= 3; i++) {
    draft.mark();
    draft.image.write(slot, size + 16 * i, drawBytes(draft.prng, 4));
  }
}

export function slabPadding(draft: Draft): void {
  const cache = draft.addOwnCache();
  const { objects, cellEnd } = draft.layout[cache];
  const last = draft.allocMany(cache, objects, false) + objects - 1;
  draft.mark();
  draft.image.write(last, cellEnd, drawBytes(draft.prng, 8));
}

/** Sometimes the damaged object is looked at, or given back, at once. */
function follow(draft: Draft, cache: number, slot: number): void {
  switch (draft.prng.below(4)) {
    case 0:
      draft.free(cache, slot);
      return;
    case 1:
      draft.image.validate(cache);
      return;
    default:
      return;
  }
}
