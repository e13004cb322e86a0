// Sizes, alignments and flags of caches, drawn so that the odd ones come up often: tiny objects,
// powers of two and their neighbours, sizes that need filler, sizes that leave a tail in the slab.
import { Letter, Profile } from "../abi.ts";
import type { Prng } from "../base/prng.ts";

const SIZE_KINDS = [3, 5, 5, 6, 4, 2, 1];

/** Bytes of an object. */
export function drawSize(prng: Prng): number {
  switch (prng.weighted(SIZE_KINDS)) {
    case 0:
      return prng.between(1, 8);
    case 1:
      return Math.max(1, (1 << prng.between(3, 12)) + prng.between(-1, 1));
    case 2:
      return prng.between(9, 128);
    case 3:
      return 8 * prng.between(2, 64);
    case 4:
      return prng.between(129, 700);
    case 5:
      return prng.between(701, 2500);
    default:
      return prng.between(2501, 5000);
  }
}

const ALIGNS = [0, 0, 0, 0, 0, 8, 16, 32, 64, 128, 256, 24, 4, 2];

/** Alignment as it is asked for; some are no powers of two, and the kernel makes do. */
function drawAlign(prng: Prng): number {
  return prng.pick(ALIGNS);
}

/** What a program asks for when it makes a cache. */
export interface CacheShape {
  size: number;
  align: number;
  /** Its own letters. */
  letters: number;
}

/** Letters that keep a cache from merging. */
const UNMERGEABLE = Letter.NOLEAKTRACE | Letter.CTOR | Letter.R;

/** Draws a cache; some are made to measure for merging with an earlier one. */
export function drawShape(prng: Prng, shape: CacheShape, earlier: CacheShape | undefined): void {
  shape.align = drawAlign(prng);
  if (earlier !== undefined && (earlier.letters & UNMERGEABLE) === 0 && prng.oneIn(2)) {
    shape.letters = earlier.letters;
    shape.size = Math.max(1, earlier.size - prng.below(8));
    return;
  }
  shape.letters = drawLetters(prng);
  shape.size = drawSize(prng);
}

/**
 * A cache's own letters: mostly none, so that the boot parameter decides. Without NOLEAKTRACE a
 * cache may be merged; K keeps it from merging with the running kernel's own caches.
 */
function drawLetters(prng: Prng): number {
  let letters = 0;
  if (prng.oneIn(6)) letters |= Letter.H;
  if (prng.oneIn(8)) letters |= Letter.K;
  if (prng.oneIn(10)) letters |= Letter.R;
  if (prng.oneIn(8)) letters |= Letter.CTOR;
  if (prng.oneIn(3)) return letters | Letter.K;
  return letters | Letter.NOLEAKTRACE;
}

/**
 * 3.10 lays a free pointer of 8 bytes over the red zone of an object of fewer, unless poison moves
 * it: every free then makes a false report. Such caches are no use for judging anything else.
 */
export function usableSize(profile: Profile, size: number, letters: number): number {
  const clashes = profile === Profile.V310 && (letters & Letter.Z) !== 0;
  const outside = (letters & (Letter.P | Letter.R | Letter.CTOR)) !== 0;
  return clashes && !outside ? Math.max(size, 8) : size;
}
