// Writes that run out of an object: over its end, far over it, in steps, over its beginning. What
// is written begins at the edge, or a little inside it: a copy too long, an index too large.
import { Slot } from "../../../abi.ts";
import { tailBytes } from "../../oracle/layout.ts";
import { KMALLOC_SIZES } from "../../program/kmalloc.ts";
import type { Draft } from "../draft.ts";
import { KMALLOC } from "../holdings.ts";
import { oneByte, PATTERN_MAX } from "../pattern.ts";
import { fullSlab } from "./own_slab.ts";
import { followLive, objectBeforeTwo, objectBeside, Side } from "./scene.ts";
import { store, storeBytes, storeWithin } from "./value.ts";

const LENGTHS = Uint8Array.of(2, 3, 4, 7, 8, 8, 9, 12, 16, 16, 20, 24, 32, 40, 64);
const LEFT_LENGTHS = Uint8Array.of(1, 2, 4, 7, 8, 8, 12, 16, 24, 32);
const WORD = 8;
/** Bytes that a far overflow reaches beyond the next object, at most. */
const REACH_MAX = 24;
const STEPS_MAX = 4;
/** Bytes behind the last object that are worth writing to. */
const TAIL_MIN = 8;
/** More than that, and the next smaller size class would serve. */
const SLACK_MAX = 31;
const STRIDES = Uint8Array.of(8, 16, 24, 32, 64, 128);

export function overflowRight(draft: Draft): void {
  const { owner, slot, size } = objectBeside(draft, Side.RIGHT);
  const beyond = Math.min(draft.prng.pick(LENGTHS), roomBehind(draft, owner));
  if (draft.isTwin) {
    storeWithin(draft, owner, slot, beyond);
  } else {
    const inside = draft.prng.oneIn(3) ? insideOf(draft, owner, size) : 0;
    const isWord = inside < WORD - 1 && draft.prng.oneIn(4);
    draft.mark();
    if (isWord) store(draft, owner, slot, size - inside, WORD);
    else storeBytes(draft, slot, size - inside, Math.min(beyond + inside, PATTERN_MAX));
  }
  followLive(draft, owner, slot);
}

/** Bytes that the write has in common with the object. */
function insideOf(draft: Draft, owner: number, size: number): number {
  return Math.min(size - draft.caches.firstWritable(owner), draft.prng.between(1, WORD));
}

/** As far as the end of the next object, at most. */
function roomBehind(draft: Draft, owner: number): number {
  return owner === KMALLOC ? PATTERN_MAX : Math.min(PATTERN_MAX, draft.caches.layout[owner].size);
}

export function overflowLeft(draft: Draft): void {
  const { owner, slot, size } = objectBeside(draft, Side.LEFT);
  const length = draft.prng.pick(LEFT_LENGTHS);
  if (draft.isTwin) {
    const first = draft.caches.firstWritable(owner);
    const fitting = Math.min(length, size - first);
    if (fitting > 0) storeBytes(draft, slot, first, fitting);
    draft.noteWritten(slot, first, first + fitting);
  } else {
    draft.mark();
    store(draft, owner, slot, -length, length);
  }
  followLive(draft, owner, slot);
}

/** A fill that runs over all of the next object and into the one behind it. */
export function overflowFar(draft: Draft): void {
  const { owner, slot, size } = objectBeforeTwo(draft);
  const byte = draft.prng.oneIn(4) ? draft.prng.pick(FILLS) : draft.prng.below(256);
  if (draft.isTwin) {
    draft.fill(owner, slot, byte);
  } else {
    const from = draft.prng.oneIn(2) ? draft.caches.firstWritable(owner) : size;
    const end = size + draft.caches.layout[owner].size + draft.prng.between(1, REACH_MAX);
    draft.mark();
    draft.image.fill(slot, from, end - from, byte);
  }
  followLive(draft, owner, slot);
}

const FILLS = Uint8Array.of(0, 0xff, 0x41, 0x6b, 0xa5, 0x5a, 0xcc, 0xbb);

/** Writes into the bytes that kmalloc served beyond the request. */
export function overflowSlack(draft: Draft): void {
  const served = draft.prng.pick(KMALLOC_SIZES);
  const slack = draft.prng.between(2, Math.max(2, Math.min(served >> 2, SLACK_MAX)));
  const slot = draft.kmalloc(served - slack, false);
  const length = draft.prng.between(2, slack);
  if (draft.isTwin) {
    storeWithin(draft, KMALLOC, slot, length);
  } else {
    draft.mark();
    store(draft, KMALLOC, slot, served - slack + draft.prng.below(slack - length + 1), length);
  }
  followLive(draft, KMALLOC, slot);
}

/** A loop over records that does not end with the object; its steps leave gaps. */
export function overflowStrided(draft: Draft): void {
  const { owner, slot, size } = objectBeside(draft, Side.RIGHT);
  const stride = draft.prng.pick(STRIDES);
  const length = draft.prng.between(1, WORD - 1);
  const steps = draft.prng.between(2, STEPS_MAX);
  const start = draft.prng.below(stride - length);
  for (let i = 0; i < steps; i++) {
    if (draft.isTwin) {
      storeWithin(draft, owner, slot, length);
    } else {
      draft.mark();
      storeBytes(draft, slot, size + start + 1 + i * stride, length);
    }
  }
  followLive(draft, owner, slot);
}

export function offByOne(draft: Draft): void {
  writeOneBehind(draft, draft.prng.between(1, 255));
}

/** The end of a string that filled its buffer. */
export function offByOneNul(draft: Draft): void {
  writeOneBehind(draft, 0);
}

function writeOneBehind(draft: Draft, byte: number): void {
  const { owner, slot, size } = objectBeside(draft, Side.RIGHT);
  const offset = draft.isTwin ? size - 1 : size;
  if (offset >= draft.caches.firstWritable(owner)) {
    draft.mark();
    draft.image.write(slot, offset, oneByte(byte));
    if (draft.isTwin) draft.noteWritten(slot, offset, size);
  }
  followLive(draft, owner, slot);
}

/** Behind the last object of a slab: only where something is left over. */
export function slabPadding(draft: Draft): void {
  const slab = fullSlab(draft, TAIL_MIN);
  const last = slab.at(slab.cells - 1);
  const owner = slab.cache;
  const tail = tailBytes(draft.caches.layout[owner]);
  const length = Math.min(draft.prng.pick(LENGTHS), tail);
  if (draft.isTwin) {
    storeWithin(draft, owner, last, length);
  } else {
    draft.mark();
    const at = draft.caches.layout[owner].cellEnd + draft.prng.below(tail - length + 1);
    store(draft, owner, last, at, length);
  }
  followLive(draft, owner, last);
}

const LIST_HEAD = 16;
const HEADS = 64;

/**
 * An object that is served by the cache of a smaller type. The larger type ends in a list_head,
 * which lies beyond the object in whole or in part; putting the object on a global list writes a
 * pointer there. In a twin the list_head lies within the object, if there is room for one.
 */
export function wrongSizeUse(draft: Draft): void {
  const cache = draft.caches.pick();
  const size = draft.caches.size[cache];
  const head = draft.prng.oneIn(2) ? Slot.GLOB : Slot.VGLOB;
  const headOffset = LIST_HEAD * draft.prng.below(HEADS);
  draft.image.listInit(head, headOffset);
  const slot = draft.alloc(cache);
  if (size > WORD) draft.image.fill(slot, WORD, size - WORD, 0x42);
  const offset = draft.isTwin ? offsetWithin(size) : listOffset(draft, cache);
  if (offset >= 0) {
    draft.mark();
    draft.image.listAdd(slot, offset, head, headOffset);
    // A twin is on the list for a while only: its memory gets a new owner.
    if (draft.isTwin) draft.image.listDel(slot, offset);
  }
  useNeighbours(draft, cache);
}

/** Where the list_head of a type that fits lies; -1 if none fits. */
function offsetWithin(size: number): number {
  return size < WORD + LIST_HEAD ? -1 : (size & -WORD) - LIST_HEAD;
}

/** Where the list_head of the larger type lies: across the end of the object or of its cell. */
function listOffset(draft: Draft, cache: number): number {
  const size = draft.caches.size[cache];
  const cell = draft.caches.layout[cache].cellEnd;
  switch (draft.prng.below(3)) {
    case 0:
      return Math.max(WORD, cell - WORD);
    case 1:
      return Math.max(WORD, (size & -WORD) - WORD) + (size < LIST_HEAD ? WORD : 0);
    default:
      return (size + WORD - 1) & -WORD;
  }
}

/** The objects behind it come into use, as they would. */
function useNeighbours(draft: Draft, cache: number): void {
  for (let count = draft.prng.below(4); count > 0; count--) {
    const slot = draft.alloc(cache);
    const first = draft.caches.firstWritable(cache);
    const length = Math.min(draft.caches.size[cache], LIST_HEAD) - first;
    if (length > 0) draft.image.fill(slot, first, length, 0x4a);
    draft.noteWritten(slot, first, first + length);
  }
}
