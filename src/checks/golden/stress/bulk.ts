// Programs of bulk frees and of kmalloc that no fair program makes: pointers from anywhere, sizes
// at every edge.
import { KMALLOC_MAX_CACHE_SIZE } from "../../../abi.ts";
import { type Author, addressSlot, SIZES, StressDraft } from "./draft.ts";

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
