// Programs that no fair program is like, against caches that merge and sizes of slabs, against bulk
// frees and kmalloc with pointers from anywhere and sizes at every edge, and against the page
// allocator: memory that runs out, wanted page frames, and what new memory holds.
import { KMALLOC_MAX_CACHE_SIZE, Letter, PAGE_SIZE } from "../../../abi.ts";
import { type Author, addressSlot, LARGE_SIZES, SIZES, StressDraft } from "./draft.ts";

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

/** Many caches of all kinds, which merge or do not, come and go. */
export const cachesOfAllKinds: Author = (prng, machine) => {
  const draft = new StressDraft(prng, machine);
  for (let i = 0; i < 70; i++) {
    const kind = prng.below(16);
    if (kind < 6) draft.addAnyCache(prng.oneIn(4) ? LARGE_SIZES : SIZES);
    else if (kind < 10) draft.alloc();
    else if (kind < 12) draft.free();
    else if (kind === 12) draft.bulk();
    else if (kind === 13) draft.kmalloc(draft.of([0, ...SIZES, ...LARGE_SIZES]));
    else if (kind === 14) draft.krealloc();
    else draft.look();
    if (prng.oneIn(20)) draft.image.cpu(prng.below(machine.cpus));
    if (prng.oneIn(20)) draft.image.ctorcalls();
  }
  return draft.end();
};

/** No size is larger: 2^23 bytes fit no block. */
const SIZE_BITS = 23;
const MORE_CACHES_THAN_THERE_CAN_BE = 140;
/** One that merges with no other. */
const ALONE = Letter.NOLEAKTRACE;

/** More caches than there can be, of sizes from one byte to more than there can be. */
export const slabsOfAllSizes: Author = (prng, machine) => {
  const draft = new StressDraft(prng, machine);
  const anySize = (): number => {
    const bits = prng.oneIn(3) ? prng.below(SIZE_BITS + 1) : prng.below(14);
    const size = prng.oneIn(3) ? 2 ** bits + prng.below(3) - 1 : prng.below(2 ** bits) + 1;
    return Math.max(1, size);
  };
  // The largest that there can be, and what makes them too large.
  for (let i = 0; i < 6; i++) {
    const letters = draft.of([0, Letter.Z, Letter.P, Letter.U, Letter.Z | Letter.P]);
    draft.addCache(2 ** 22 - 8 * prng.below(10), 0, ALONE | letters);
  }
  for (let i = 0; i < MORE_CACHES_THAN_THERE_CAN_BE; i++) {
    if (prng.oneIn(4)) draft.addAnyCache([anySize()]);
    else draft.addCache(anySize(), prng.oneIn(4) ? 1 << prng.below(13) : 0, ALONE);
    if (prng.oneIn(8)) draft.alloc();
    if (prng.oneIn(16)) draft.look();
  }
  return draft.end();
};

/** Lists of objects of several slabs and caches, of none, twice the same, and of no object. */
export const bulksOfAnything: Author = (prng, machine) => {
  const draft = new StressDraft(prng, machine);
  const { image } = draft;
  draft.addAnyCache(SIZES);
  draft.addCache(draft.of(SIZES), 0, 0);
  const strange = [
    ...[0n, 16n, machine.vglob, 0x4141414141414141n].map((address) => addressSlot(draft, address)),
    image.newSlot(), // nothing ever fills it
  ];
  for (let i = 0; i < 40; i++) {
    const kind = prng.below(10);
    if (kind < 4) draft.alloc();
    else if (kind < 6) draft.bulk();
    else if (kind === 6) draft.kmalloc(draft.of(SIZES));
    else if (kind === 7) draft.look();
    else if (draft.held.length > 0 && draft.caches.length > 0) {
      const taken = draft.held.splice(prng.below(draft.held.length), prng.between(1, 12));
      const slots = taken.map(({ slot }) => slot);
      // Most lists have nothing wrong: a machine that died shows nothing more.
      if (prng.oneIn(3)) slots.splice(prng.below(slots.length + 1), 0, draft.of(strange.slice(-1)));
      if (prng.oneIn(12)) slots.splice(prng.below(slots.length + 1), 0, draft.of(strange));
      if (prng.oneIn(12)) slots.push(slots[0]);
      const own = taken[0].cache;
      const cache = own >= 0 && !prng.oneIn(8) ? own : draft.of(draft.caches);
      image.bulkFree(cache, slots);
    }
    if (prng.oneIn(20)) image.cpu(prng.below(machine.cpus));
  }
  return draft.end();
};

/** Sizes and pointers at every edge of kmalloc, kfree, ksize and krealloc. */
export const kmallocAtItsEdges: Author = (prng, machine) => {
  const draft = new StressDraft(prng, machine);
  const { image } = draft;
  const edges = [0, 1, 8, 64, 96, 128, 192, 256, 1024, 2048, 4096, KMALLOC_MAX_CACHE_SIZE, 1 << 22];
  const anySize = (): number => Math.max(0, draft.of(edges) + draft.of([-1, 0, 0, 1, 2]));
  const strange = [0n, 1n, 8n, 15n, 16n, 17n, 18n].map((address) => addressSlot(draft, address));
  for (let i = 0; i < 60; i++) {
    const kind = prng.below(12);
    const any = draft.held.length === 0 || prng.oneIn(8) ? strange : draft.held.map((h) => h.slot);
    const slot = draft.of(any);
    if (kind < 4) draft.kmalloc(anySize());
    else if (kind === 4) draft.free();
    else if (kind < 7) image.ksize(slot, prng.oneIn(6) ? prng.below(9000) : 0);
    else if (kind < 10) image.krealloc(slot, 0, anySize(), prng.oneIn(2) ? slot : image.newSlot());
    else if (kind === 10) image.kvalidate(slot);
    else image.read(slot, draft.of([0, 8, 4096]), 8);
    if (prng.oneIn(30)) image.kfree(draft.of(strange));
  }
  return draft.end();
};
