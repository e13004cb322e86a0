// An object that is served by the cache of a smaller type. The larger type ends in a list_head,
// which lies beyond the object in whole or in part; putting the object on a global list writes a
// pointer there. In a twin the list_head lies within the object, if there is room for one.
import { Slot } from "../../../abi.ts";
import type { Draft } from "../draft.ts";

const LIST_HEAD = 16;
const WORD = 8;
const HEADS = 64;

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
    // A twin is on the list for a while only: its memory will be somebody else's.
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
