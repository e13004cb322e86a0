// The traffic of a clean program: allocations, frees, and uses of objects, in proportions that are
// drawn anew for each program. Some kinds are switched off altogether, so that different programs
// go to different places.
import type { Prng } from "../base/prng.ts";
import { type Draft, KMALLOC } from "./draft.ts";
import { drawBytes } from "./pattern.ts";
import { drawSize } from "./shapes.ts";

/** Kinds of traffic, with their usual weights. */
const KINDS: readonly (readonly [(draft: Draft) => void, number])[] = [
  [allocOne, 90],
  [freeOne, 66],
  [fillObject, 30],
  [writeObject, 24],
  [readObject, 30],
  [allocZeroed, 9],
  [allocSeveral, 6],
  [freeGroup, 3],
  [freeSeveral, 3],
  [kmallocOne, 9],
  [kfreeOne, 6],
  [kreallocOne, 3],
  [ksizeOne, 3],
  [validateOne, 3],
  [shrinkOne, 3],
  [countConstructions, 1],
];

/** Kinds without which a program would hold nothing, or everything. */
const ALWAYS = 2;
const READ_MAX = 16;
const WRITE_MAX = 24;
const BULK_MAX = 16;
/** Programs do not hold more than this, so that memory never runs out. */
const HELD_MAX = 600;

const FEW = Array.from({ length: BULK_MAX + 1 }, (_, count) => new Uint16Array(count));

/** Weights are drawn between half of the usual one and two and a half times as much. */
const WEIGHT_UNIT = 128;
const WEIGHT_SPREAD = 256;

export class Traffic {
  /** For each kind the sum of its weight and those before it. */
  readonly #sums = new Uint32Array(KINDS.length);

  /** Draws the proportions of one program. */
  tune(prng: Prng): void {
    let sum = 0;
    for (let i = 0; i < KINDS.length; i++) {
      const isOff = i >= ALWAYS && prng.oneIn(4);
      if (!isOff) sum += KINDS[i][1] * (WEIGHT_UNIT / 2 + prng.below(WEIGHT_SPREAD));
      this.#sums[i] = sum;
    }
  }

  /** Adds one piece of traffic: an operation or a few. */
  add(draft: Draft): void {
    const drawn = draft.prng.below(this.#sums[KINDS.length - 1]);
    let kind = 0;
    while (drawn >= this.#sums[kind]) kind++;
    KINDS[kind][0](draft);
  }
}

function allocOne(draft: Draft): void {
  if (draft.heldTotal >= HELD_MAX) {
    freeOne(draft);
    return;
  }
  const cache = draft.pickCache();
  const slot = draft.alloc(cache);
  if (draft.hasConstructor(cache)) draft.image.read(slot, 0, 1);
  if (!draft.prng.oneIn(4)) fill(draft, cache, slot);
}

/** Zeroes are for caches without a constructor; the end of the object is where they are missing. */
function allocZeroed(draft: Draft): void {
  const cache = draft.pickCache();
  if (draft.hasConstructor(cache) || draft.heldTotal >= HELD_MAX) return;
  const slot = draft.alloc(cache, true);
  readEnd(draft, slot, draft.size[cache]);
}

function readEnd(draft: Draft, slot: number, size: number): void {
  const length = Math.min(size, READ_MAX);
  draft.image.read(slot, size - length, length);
}

function allocSeveral(draft: Draft): void {
  if (draft.heldTotal >= HELD_MAX) return;
  const count = draft.prng.between(2, BULK_MAX);
  draft.allocMany(draft.pickCache(), count, draft.prng.oneIn(2));
}

function freeOne(draft: Draft): void {
  const owner = draft.pickOwner();
  if (owner < 0) {
    allocOne(draft);
    return;
  }
  draft.free(owner, draft.pickHeld(owner));
}

function freeGroup(draft: Draft): void {
  if (!draft.freeGroup()) freeOne(draft);
}

function freeSeveral(draft: Draft): void {
  const cache = draft.pickCache();
  const count = Math.min(draft.heldCount(cache), draft.prng.between(2, BULK_MAX));
  if (count < 2) return;
  const slots = FEW[count];
  const first = draft.prng.below(draft.heldCount(cache) - count + 1);
  for (let i = 0; i < count; i++) slots[i] = draft.heldAt(cache, first + i);
  draft.bulkFree(cache, slots);
}

function fillObject(draft: Draft): void {
  const owner = draft.pickOwner();
  if (owner >= 0) fill(draft, owner, draft.pickHeld(owner));
}

/** A constructed object stays constructed: its first byte is left alone. */
function fill(draft: Draft, owner: number, slot: number): void {
  const first = draft.hasConstructor(owner) ? 1 : 0;
  const length = draft.slotSize[slot] - first;
  if (length > 0) draft.image.fill(slot, first, length, draft.prng.below(256));
}

function writeObject(draft: Draft): void {
  const owner = draft.pickOwner();
  if (owner < 0) return;
  const slot = draft.pickHeld(owner);
  const first = draft.hasConstructor(owner) ? 1 : 0;
  const room = draft.slotSize[slot] - first;
  if (room <= 0) return;
  const length = draft.prng.between(1, Math.min(room, WRITE_MAX));
  const offset = first + draft.prng.below(room - length + 1);
  draft.image.write(slot, offset, drawBytes(draft.prng, length));
}

function readObject(draft: Draft): void {
  const owner = draft.pickOwner();
  if (owner < 0) return;
  const slot = draft.pickHeld(owner);
  const size = draft.slotSize[slot];
  const length = draft.prng.between(1, Math.min(size, READ_MAX));
  draft.image.read(slot, draft.prng.below(size - length + 1), length);
}

function kmallocOne(draft: Draft): void {
  if (draft.heldTotal >= HELD_MAX) return;
  const size = draft.prng.oneIn(40) ? draft.prng.between(8193, 20000) : drawSize(draft.prng);
  const zero = draft.prng.oneIn(3);
  const slot = draft.kmalloc(size, zero);
  if (zero) readEnd(draft, slot, size);
}

function kfreeOne(draft: Draft): void {
  if (draft.heldCount(KMALLOC) > 0) draft.free(KMALLOC, draft.pickHeld(KMALLOC));
}

function kreallocOne(draft: Draft): void {
  if (draft.heldCount(KMALLOC) === 0) return;
  const slot = draft.pickHeld(KMALLOC);
  const newSlot = draft.krealloc(slot, drawSize(draft.prng));
  draft.image.read(newSlot, 0, Math.min(draft.slotSize[newSlot], READ_MAX));
}

function ksizeOne(draft: Draft): void {
  if (draft.heldCount(KMALLOC) > 0) draft.image.ksize(draft.pickHeld(KMALLOC));
}

function validateOne(draft: Draft): void {
  draft.image.validate(draft.pickCache());
}

function shrinkOne(draft: Draft): void {
  draft.image.shrink(draft.pickCache());
}

function countConstructions(draft: Draft): void {
  draft.image.ctorcalls();
}
