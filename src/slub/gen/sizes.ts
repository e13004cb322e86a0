// Sizes of objects: mixes by name, or the numbers themselves.
import type { Prng } from "../../base/prng.ts";

export const SIZE_MIX_ABOUT = {
  mixed: "tiny ones, powers of two and their neighbours, odd ones, up to 5000 bytes",
  small: "1 to 128 bytes",
  powers: "powers of two from 8 to 4096",
  kernel: "sizes of types that a kernel really has",
} as const;

export type SizeMixName = keyof typeof SIZE_MIX_ABOUT;

/** Objects of a program: a mix, or these sizes, each as often. */
export type Sizes = SizeMixName | readonly number[];

export const SIZE_MIX_NAMES = Object.keys(SIZE_MIX_ABOUT) as readonly SizeMixName[];

/** The largest object that a cache may be asked for by number. */
export const OBJECT_SIZE_MAX = 8192;

export function isSizeMixName(name: string): name is SizeMixName {
  return Object.hasOwn(SIZE_MIX_ABOUT, name);
}

const SIZE_KINDS = [3, 5, 5, 6, 4, 2, 1];

/** Object sizes of kernel caches, from small structures up to task_struct's kin. */
const KERNEL_SIZES = Uint16Array.of(
  ...[16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 136, 144, 152, 160, 176],
  ...[184, 192, 200, 208, 216, 232, 248, 256, 264, 280, 312, 320, 328, 352, 384, 432, 448, 512],
  ...[568, 576, 600, 640, 680, 704, 760, 816, 832, 920, 1000, 1024, 1056, 1088, 1152, 1216, 1480],
  ...[1728, 2048, 2112, 2240, 2368, 3072, 4096],
);

/** Draws sizes of one mix. */
export class SizeSource {
  /** Only the sizes that were asked for, none near them. */
  readonly isExact: boolean;
  readonly #draw: (prng: Prng) => number;

  constructor(sizes: Sizes) {
    this.isExact = typeof sizes !== "string";
    this.#draw = typeof sizes === "string" ? DRAW[sizes] : drawOneOf(Uint16Array.from(sizes));
  }

  /** Bytes of an object. */
  draw(prng: Prng): number {
    return this.#draw(prng);
  }
}

const DRAW: Readonly<Record<SizeMixName, (prng: Prng) => number>> = {
  mixed: drawMixed,
  small: (prng) => prng.between(1, 128),
  powers: (prng) => 1 << prng.between(3, 12),
  kernel: drawOneOf(KERNEL_SIZES),
};

function drawOneOf(sizes: Uint16Array): (prng: Prng) => number {
  return (prng) => sizes[prng.below(sizes.length)];
}

function drawMixed(prng: Prng): number {
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
