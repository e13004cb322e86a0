// Programs that are about caches: which merge, how large their slabs are, how many there can be.
import { Letter } from "../../../abi.ts";
import { type Author, LARGE_SIZES, SIZES, StressDraft } from "./draft.ts";

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
