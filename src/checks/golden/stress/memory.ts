// Programs against the page allocator: memory that runs out, wanted page frames, and what new
// memory holds.
import { PAGE_SIZE } from "../../../abi.ts";
import { type Author, LARGE_SIZES, SIZES, StressDraft } from "./draft.ts";

/** Blocks of all orders until memory runs out, wanted frames, and what is left for slabs then. */
export const memoryRunsOut: Author = (prng, machine) => {
  const draft = new StressDraft(prng, machine);
  const { image } = draft;
  draft.addAnyCache(SIZES);
  draft.addAnyCache(LARGE_SIZES);
  const orders = prng.oneIn(2) ? [9, 10, 10, 8] : [0, 1, 2, 3, 5, 7, 9, 10, 11];
  for (let i = 0; i < 60; i++) {
    const kind = prng.below(16);
    if (kind < 6) draft.kmalloc(PAGE_SIZE << draft.of(orders));
    else if (kind < 9) draft.free();
    else if (kind < 11) draft.alloc();
    else if (kind === 11) image.nextPfn(machine.physBasePfn + prng.between(-2, machine.physPages));
    else if (kind === 12) image.nextPfn(machine.physBasePfn + 32 + prng.below(64));
    else if (kind === 13) draft.bulk();
    else if (kind === 14 && prng.oneIn(4)) image.scrub();
    else draft.look();
  }
  return draft.end();
};

/** Whole pages begin at this order: smaller sizes are served from slabs. */
const LEAST_ORDER = 2;

/** All memory is taken in small blocks, given back in any order, and wanted in large ones. */
export const memoryIsJoined: Author = (prng, machine) => {
  const { image } = new StressDraft(prng, machine);
  const taken: number[] = [];
  const take = (order: number): number => {
    const slot = image.newSlot();
    image.kmalloc(PAGE_SIZE << order, slot);
    return slot;
  };
  const blocks = machine.physPages >> LEAST_ORDER;
  for (let i = 0; i < blocks; i++) taken.push(take(LEAST_ORDER + (prng.oneIn(20) ? 1 : 0)));
  const kept = prng.below(4);
  while (taken.length > kept) image.kfree(taken.splice(prng.below(taken.length), 1)[0]);
  for (let i = 0; i < 8; i++) {
    const slot = take(prng.between(LEAST_ORDER, 10));
    if (prng.oneIn(3)) image.kfree(slot);
  }
  return image;
};

const BLOCK_ORDERS = [2, 2, 2, 3, 3, 4, 5, 6];
/** Frames near the beginning of the memory that programs get, where all blocks lie. */
const NEAR_PAGES = 96;

/** Blocks that are filled, given back, and taken again: whole, in parts, joined, scrubbed. */
export const blocksComeAndGo: Author = (prng, machine) => {
  const draft = new StressDraft(prng, machine);
  const { image } = draft;
  const blocks: { slot: number; bytes: number }[] = [];
  const first = machine.physBasePfn + 32;
  const take = (): void => {
    const bytes = PAGE_SIZE << draft.of(BLOCK_ORDERS);
    const slot = image.newSlot();
    image.kmalloc(bytes, slot, prng.oneIn(3));
    // What memory holds shows at both ends of each of its pages.
    for (let at = 0; at < bytes; at += PAGE_SIZE * (1 + prng.below(4))) image.read(slot, at, 8);
    image.read(slot, bytes - 8, 8);
    image.ksize(slot);
    image.fill(slot, 0, 64, 0x40 + prng.below(26));
    image.fill(slot, bytes - 64, 64, 0x40 + prng.below(26));
    blocks.push({ slot, bytes });
  };
  draft.addCache(draft.of(SIZES), 0, 0);
  for (let i = 0; i < 50; i++) {
    const kind = prng.below(12);
    if (kind < 4) take();
    else if (kind < 8 && blocks.length > 0) {
      const [{ slot }] = blocks.splice(prng.below(blocks.length), 1);
      image.kfree(slot);
    } else if (kind === 8) {
      image.nextPfn(first + prng.below(NEAR_PAGES));
      if (prng.oneIn(2)) take();
      else draft.alloc();
    } else if (kind === 9) {
      image.nextPfn(first + 4 * prng.below(NEAR_PAGES / 4));
      take();
    } else if (kind === 10 && prng.oneIn(3)) image.scrub();
    else if (prng.oneIn(8)) draft.look();
    else {
      draft.alloc();
      for (const { slot } of draft.held.slice(-1)) image.read(slot, 0, 16);
    }
  }
  return draft.end();
};
