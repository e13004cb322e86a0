// Alignments and flags of caches, drawn so that the odd ones come up often.
import { Letter, Profile } from "../../abi.ts";
import type { Prng } from "../../base/prng.ts";
import { Feature } from "./features.ts";
import type { SizeSource } from "./sizes.ts";

const ALIGNS = Uint16Array.of(0, 0, 0, 0, 0, 8, 16, 32, 64, 128, 256, 24, 4, 2);

/** Alignment as it is asked for; some are no powers of two, and the kernel makes do. */
function drawAlign(prng: Prng): number {
  return ALIGNS[prng.below(ALIGNS.length)];
}

/** What a program asks for when it makes a cache. */
export interface CacheShape {
  size: number;
  align: number;
  /** Its own letters. */
  letters: number;
}

/** Letters that keep a cache from merging. */
export const UNMERGEABLE = Letter.NOLEAKTRACE | Letter.CTOR | Letter.R;

/** Draws a cache; some are made to measure for merging with an earlier one. */
export function drawShape(
  prng: Prng,
  features: number,
  sizes: SizeSource,
  shape: CacheShape,
  earlier: CacheShape | undefined,
): void {
  shape.align = (features & Feature.ALIGN) !== 0 ? drawAlign(prng) : 0;
  if (earlier !== undefined && (earlier.letters & UNMERGEABLE) === 0 && prng.oneIn(2)) {
    shape.letters = earlier.letters;
    shape.size = sizes.isExact ? earlier.size : Math.max(1, earlier.size - prng.below(8));
    return;
  }
  shape.letters = drawLetters(prng, features);
  shape.size = sizes.draw(prng);
}

/**
 * A cache's own letters: mostly none, so that the boot parameter decides. Without NOLEAKTRACE a
 * cache may be merged; K keeps it from merging with the running kernel's own caches.
 */
function drawLetters(prng: Prng, features: number): number {
  let letters = 0;
  if (prng.oneIn(6)) letters |= Letter.H;
  if (prng.oneIn(8)) letters |= Letter.K;
  if (prng.oneIn(10)) letters |= Letter.R;
  if (prng.oneIn(8)) letters |= Letter.CTOR;
  const merges = prng.oneIn(3);
  if ((features & Feature.HWALIGN) === 0) letters &= ~Letter.H;
  if ((features & Feature.RCU) === 0) letters &= ~Letter.R;
  if ((features & Feature.CTOR) === 0) letters &= ~Letter.CTOR;
  if (merges && (features & Feature.MERGE) !== 0) return letters | Letter.K;
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
